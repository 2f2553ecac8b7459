import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressGuard, isPrefix } from './address-guard.js';
import { deliver, signatureOf } from './webhook.js';

const open: (() => void)[] = [];
afterEach(() => { for (const close of open.splice(0)) close(); });
async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  open.push(() => { server.closeAllConnections(); server.close(); });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
const local = new AddressGuard(['127.0.0.0/8', '::1']);
const delivery = (url: string) => ({ url, secret: 'a secret of a receiver', id: 'id-1', body: '{"é":1}', at: 1_614_265_330_500 });

describe('a signature', () => {
  it('is what Standard Webhooks has as its example', () =>
    expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='));
  it('of any other secret is keyed with its characters', () =>
    expect(signatureOf('a secret of a receiver', 'a', 1, 'b')).not.toBe(signatureOf('another secret', 'a', 1, 'b')));
});

describe('a delivery', () => {
  it('is a POST with id, time and signature', async () => {
    let seen: unknown;
    const url = await receiver((request, response) => {
      const { headers, method } = request;
      request.setEncoding('utf8').on('data', (body) => { seen = { method, body, id: headers['webhook-id'], at: headers['webhook-timestamp'], signature: headers['webhook-signature'], type: headers['content-type'] }; }).on('end', () => response.writeHead(204).end());
    });
    expect(await deliver(delivery(url), local)).toBeUndefined();
    expect(seen).toEqual({ method: 'POST', body: '{"é":1}', id: 'id-1', at: '1614265330', type: 'application/cloudevents+json; charset=utf-8', signature: signatureOf('a secret of a receiver', 'id-1', 1_614_265_330, '{"é":1}') });
  });

  it('does not follow a redirect', async () => {
    let asked = 0;
    const url = await receiver((_, response) => { asked++; response.writeHead(307, { location: '/elsewhere' }).end(); });
    expect(await deliver(delivery(url), local)).toBe('answered 307, and redirects are not followed');
    expect(asked).toBe(1);
  });

  it('that is refused, or not answered, says so', async () => {
    expect(await deliver(delivery(await receiver((_, response) => response.writeHead(503).end('busy'))), local)).toBe('answered 503');
    expect(await deliver(delivery(await receiver(() => {})), local, 200)).toBe('no answer in 200 ms');
    expect(await deliver(delivery(await receiver((request) => request.socket.destroy())), local)).toBe('socket hang up');
  });

  it('is over when an answer does not end', async () => {
    const url = await receiver((_, response) => { response.writeHead(200).write('x'.repeat(200_000)); });
    expect(await deliver(delivery(url), local)).toBeUndefined();
  });

  it('to this machine is not even begun: by address or by name', async () => {
    let asked = 0;
    const url = await receiver((_, response) => { asked++; response.end(); });
    expect(await deliver(delivery(url), new AddressGuard())).toBe('webhooks may not lead to 127.0.0.1');
    expect(await deliver(delivery(url.replace('127.0.0.1', 'localhost')), new AddressGuard())).toMatch(/^webhooks may not lead to (127\.0\.0\.1|::1)$/);
    expect(asked).toBe(0);
  });
});

describe('an address', () => {
  const guard = new AddressGuard();
  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '100.100.100.200', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '::ffff:169.254.169.254', '::ffff:127.0.0.1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::'])('%s is not allowed', (address) => expect(guard.allows(address)).toBe(false));
  it.each(['10.0.0.1', '192.168.1.1', '203.0.113.9', '2001:db8::1', 'fd00::1'])('%s is', (address) => expect(guard.allows(address)).toBe(true));
  it('can be allowed', () => expect(new AddressGuard(['169.254.10.0/24', '::1'])).toSatisfy((some: AddressGuard) => some.allows('169.254.10.5') && !some.allows('169.254.11.5') && some.allows('::1')));
  it.each([['10.0.0.0/8', true], ['10.0.0.1', true], ['::1/128', true], ['10.0.0.0/33', false], ['10.0.0/8', false], ['10.0.0.0/8/8', false], ['', false], ['host', false]])('%s is a prefix: %s', (text, is) => expect(isPrefix(text)).toBe(is));
});
