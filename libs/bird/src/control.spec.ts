import { describe, expect, it } from 'vitest';
import type { ByteStream } from '@bordergate/kernel';
import { BirdClosedError, BirdCommandError, BirdControl, BirdProtocolError } from './index.js';

function fakeStream() {
  let onData: (bytes: Uint8Array) => void = () => {};
  let onClose: (error?: Error) => void = () => {};
  const written: string[] = [];
  let closed = false;
  const stream: ByteStream = {
    write: bytes => { written.push(new TextDecoder().decode(bytes)); },
    onData: listener => { onData = listener; },
    onClose: listener => { onClose = listener; },
    close: () => { closed = true; },
  };
  return {
    stream, written,
    get closed() { return closed; },
    says: (text: string) => onData(new TextEncoder().encode(text)),
    hangsUp: (error?: Error) => onClose(error),
  };
}

describe('BirdControl', () => {
  it('waits for the welcome, then sends one command at a time', async () => {
    const bird = fakeStream();
    const control = new BirdControl(bird.stream);
    const first = control.command('show status');
    const second = control.command('configure');
    expect(bird.written).toEqual([]);
    bird.says('0001 BIRD 2.0.12 ready.\n');
    expect(bird.written).toEqual(['show status\n']);
    bird.says('1000-BIRD 2.0.12\n0013 Daemon is up and running\n');
    expect(bird.written).toEqual(['show status\n', 'configure\n']);
    bird.says('0002-Reading configuration from /x\n0003 Recon');
    bird.says('figured\n');
    await expect(first).resolves.toMatchObject({ code: 13 });
    await expect(second).resolves.toMatchObject({ code: 3, text: 'Reconfigured' });
  });

  it('rejects what BIRD refuses and goes on', async () => {
    const bird = fakeStream();
    const control = new BirdControl(bird.stream);
    bird.says('0001 BIRD 2.0.12 ready.\n');
    const bad = control.command('configure');
    const good = control.command('show status');
    bird.says('0002-Reading configuration from /x\n8002 /x:3:1 syntax error\n0013 up\n');
    await expect(bad).rejects.toEqual(expect.objectContaining({ code: 8002, text: '/x:3:1 syntax error' }));
    await expect(bad).rejects.toBeInstanceOf(BirdCommandError);
    await expect(good).resolves.toMatchObject({ code: 13 });
  });

  it('fails everything that waits when the socket closes', async () => {
    const bird = fakeStream();
    const control = new BirdControl(bird.stream);
    bird.says('0001 BIRD 2.0.12 ready.\n');
    const waiting = [control.command('a'), control.command('b')];
    bird.hangsUp(new Error('EPIPE'));
    for (const one of waiting) await expect(one).rejects.toBeInstanceOf(BirdClosedError);
    await expect(control.command('c')).rejects.toMatchObject({ cause: { message: 'EPIPE' } });
  });

  it('closes on bytes that are no reply, and on a reply nobody asked for', async () => {
    for (const text of ['HTTP/1.1 400\n', '0001 BIRD\n0000 \n']) {
      const bird = fakeStream();
      const control = new BirdControl(bird.stream);
      bird.says(text);
      expect(bird.closed).toBe(true);
      await expect(control.command('a')).rejects.toMatchObject({ cause: expect.any(BirdProtocolError) });
    }
  });

  it('takes one line only', async () => {
    const control = new BirdControl(fakeStream().stream);
    await expect(control.command('show status\ndown')).rejects.toBeInstanceOf(BirdProtocolError);
  });
});
