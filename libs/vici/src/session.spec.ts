import { describe, expect, it } from 'vitest';
import type { ByteStream } from '@bordergate/kernel';
import { assertSuccess, Charon, encodePacket, PacketSplitter, ViciClosedError, ViciCommandError, ViciDecodeError, type ViciMessage, type ViciPacket, ViciSession, ViciUnknownCommandError } from './index.js';

/** A charon of our own: what it was sent, and a way to answer. */
function fakeCharon(answer?: (packet: ViciPacket) => ViciPacket[]) {
  let onData: (bytes: Uint8Array) => void = () => {};
  let onClose: (error?: Error) => void = () => {};
  const splitter = new PacketSplitter();
  const received: ViciPacket[] = [];
  const says = (...packets: ViciPacket[]) => { for (const packet of packets) onData(encodePacket(packet)); };
  const stream: ByteStream & { closed: boolean } = {
    closed: false,
    write: bytes => {
      for (const packet of splitter.feed(bytes)) {
        received.push(packet);
        const answers = answer?.(packet);
        if (answers) queueMicrotask(() => says(...answers));
      }
    },
    onData: listener => { onData = listener; },
    onClose: listener => { onClose = listener; },
    close() { this.closed = true; },
  };
  return { stream, received, says, saysBytes: (bytes: Uint8Array) => onData(bytes), hangsUp: (error?: Error) => onClose(error) };
}

const response = (message: ViciMessage): ViciPacket => ({ type: 'command-response', message });
const names = (packets: ViciPacket[]) => packets.map(packet => `${packet.type} ${'name' in packet ? packet.name : ''}`.trim());
const turns = () => new Promise(resolve => setImmediate(resolve));

describe('ViciSession', () => {
  it('has one command in flight and keeps the order', async () => {
    const charon = fakeCharon();
    const session = new ViciSession(charon.stream);
    const first = session.request('version');
    const second = session.request('stats', { a: 'b' });
    expect(names(charon.received)).toEqual(['command-request version']);
    charon.says(response({ n: '1' }));
    expect(names(charon.received)).toEqual(['command-request version', 'command-request stats']);
    charon.says(response({ n: '2' }));
    expect(await first).toEqual({ n: '1' });
    expect(await second).toEqual({ n: '2' });
  });

  it('tells an unknown command and goes on', async () => {
    const charon = fakeCharon(packet => ('name' in packet && packet.name === 'nonsense' ? [{ type: 'command-unknown' }] : [response({})]));
    const session = new ViciSession(charon.stream);
    await expect(session.request('nonsense')).rejects.toEqual(expect.objectContaining({ command: 'nonsense' }));
    await expect(session.request('version')).resolves.toEqual({});
  });

  it('streams: registers, collects until the response, unregisters', async () => {
    const charon = fakeCharon((packet): ViciPacket[] => packet.type === 'command-request'
      ? [{ type: 'event', name: 'list-sa', message: { a: {} } }, { type: 'event', name: 'log', message: {} }, { type: 'event', name: 'list-sa', message: { b: {} } }, response({ ok: 'yes' })]
      : [{ type: 'event-confirm' }]);
    const session = new ViciSession(charon.stream);
    const both = await Promise.all([session.stream('list-sas', 'list-sa'), session.stream('list-sas', 'list-sa')]);
    for (const one of both) expect(one).toEqual({ response: { ok: 'yes' }, events: [{ a: {} }, { b: {} }] });
    const once = ['event-register list-sa', 'command-request list-sas', 'event-unregister list-sa'];
    expect(names(charon.received)).toEqual([...once, ...once]);
  });

  it('unregisters after a stream that failed', async () => {
    const charon = fakeCharon(packet => (packet.type === 'command-request' ? [{ type: 'command-unknown' }] : [{ type: 'event-confirm' }]));
    const session = new ViciSession(charon.stream);
    await expect(session.stream('list-sas', 'list-sa')).rejects.toBeInstanceOf(ViciUnknownCommandError);
    expect(names(charon.received).at(-1)).toBe('event-unregister list-sa');
  });

  it('registers an event once for all its listeners, and keeps it for the last', async () => {
    const charon = fakeCharon(packet => (packet.type === 'command-request' ? [response({})] : [{ type: 'event-confirm' }]));
    const session = new ViciSession(charon.stream);
    const heard: string[] = [];
    await session.subscribe(['list-sa', 'log'], (name, message) => heard.push(`${name} ${JSON.stringify(message)}`));
    await session.stream('list-sas', 'list-sa');
    expect(names(charon.received)).toEqual(['event-register list-sa', 'event-register log', 'command-request list-sas']);
    charon.says({ type: 'event', name: 'log', message: { msg: 'x' } }, { type: 'event', name: 'other', message: {} });
    expect(heard).toEqual(['log {"msg":"x"}']);
  });

  it('tells an unknown event', async () => {
    const charon = fakeCharon(() => [{ type: 'event-unknown' }]);
    await expect(new ViciSession(charon.stream).subscribe(['nonsense'], () => {})).rejects.toBeInstanceOf(ViciUnknownCommandError);
  });

  it('fails everything that waits when the socket closes', async () => {
    const charon = fakeCharon();
    const session = new ViciSession(charon.stream);
    const waiting = [session.request('a'), session.request('b'), session.stream('c', 'd'), session.subscribe(['e'], () => {})];
    const settled = Promise.allSettled(waiting);
    await turns();
    charon.hangsUp(new Error('ECONNRESET'));
    for (const one of await settled) expect(one).toMatchObject({ status: 'rejected', reason: { name: 'ViciClosedError', cause: { message: 'ECONNRESET' } } });
    await expect(session.request('f')).rejects.toBeInstanceOf(ViciClosedError);
    await expect(session.stream('f', 'g')).rejects.toBeInstanceOf(ViciClosedError);
  });

  it('rejects what waits on its own close', async () => {
    const charon = fakeCharon();
    const session = new ViciSession(charon.stream);
    const waiting = session.request('a');
    session.close();
    expect(charon.stream.closed).toBe(true);
    await expect(waiting).rejects.toBeInstanceOf(ViciClosedError);
  });

  it('closes on bytes that are no packet, and on an answer nobody asked for', async () => {
    for (const bytes of [Uint8Array.from([0xff, 0xff, 0xff, 0xff]), encodePacket(response({}))]) {
      const charon = fakeCharon();
      const session = new ViciSession(charon.stream);
      charon.saysBytes(bytes);
      expect(charon.stream.closed).toBe(true);
      await expect(session.request('a')).rejects.toMatchObject({ cause: expect.any(ViciDecodeError) });
    }
  });
});

describe('assertSuccess', () => {
  it('passes success and silence, throws the reason', () => {
    expect(assertSuccess({ success: 'yes' })).toEqual({ success: 'yes' });
    expect(assertSuccess({})).toEqual({});
    expect(() => assertSuccess({ success: 'no', errmsg: "establishing CHILD_SA 'net' failed" })).toThrow(ViciCommandError);
  });
});

describe('Charon', () => {
  it('says the commands in charon’s words', async () => {
    const charon = fakeCharon(() => [response({ success: 'yes', conns: ['a'], keys: ['k'], daemon: 'charon-systemd', version: '5.9.8' })]);
    const client = new Charon(new ViciSession(charon.stream));
    expect(await client.version()).toEqual({ daemon: 'charon-systemd', version: '5.9.8' });
    expect(await client.getConns()).toEqual(['a']);
    expect(await client.getShared()).toEqual(['k']);
    await client.loadConn('tun-1', { version: '2' });
    await client.loadShared({ id: 'psk-1', type: 'IKE', data: 's', owners: ['x', 'y'] });
    await client.initiate({ ike: 'tun-1', child: 'net', timeoutMs: -1 });
    await client.initiate({ ike: 'tun-1', child: 'net', timeoutMs: 0 });
    await client.terminate({ ike: 'tun-1', timeoutMs: 2000 });
    await client.terminate({ ikeId: 7, timeoutMs: -1, force: true });
    await client.unloadConn('tun-1');
    await client.unloadShared('psk-1');
    expect(charon.received.slice(3).map(packet => ('message' in packet ? packet.message : undefined))).toEqual([
      { 'tun-1': { version: '2' } },
      { id: 'psk-1', type: 'IKE', data: 's', owners: ['x', 'y'] },
      { ike: 'tun-1', child: 'net', timeout: '-1', 'init-limits': 'no' },
      { ike: 'tun-1', child: 'net', timeout: '1', 'init-limits': 'no' },
      { ike: 'tun-1', timeout: '2000', force: 'no' },
      { 'ike-id': '7', timeout: '-1', force: 'yes' },
      { name: 'tun-1' },
      { id: 'psk-1' },
    ]);
  });
});
