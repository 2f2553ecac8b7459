import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressGuard, isPrefix } from './address-guard.js';
import * as webhook from './webhook.js';

const { signatureOf } = webhook;
const deliver = async (...asked: Parameters<typeof webhook.deliver>) => (await webhook.deliver(...asked)).failure;

const open: (() => void)[] = [];
afterEach(() => { for (const close of open.splice(0)) close(); });
async function portOf(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${await portOf(server, '127.0.0.1')}/hook`;
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
    expect(await deliver(delivery(await receiver((request) => request.socket.destroy())), local)).toBe('the connection ended before an answer');
  });

  it('does not say what is at a port that speaks no HTTP, nor what a name leads to', async () => {
    const speaks = async (words: string) => {
      const server = createTcpServer((socket) => { socket.on('error', () => {}).end(words); });
      open.push(() => server.close());
      return deliver(delivery(`http://127.0.0.1:${await portOf(server, '127.0.0.1')}/`), local);
    };
    for (const words of ['SSH-2.0-OpenSSH_9.2\r\n', '220 mail ESMTP\r\n', '']) expect(await speaks(words)).toBe('the connection ended before an answer');
    const server = createTcpServer();
    const port = await portOf(server, '127.0.0.1');
    await new Promise((resolve) => server.close(resolve));
    expect(await deliver(delivery(`http://127.0.0.1:${port}/`), local)).toBe('the connection is refused');
    expect(await deliver(delivery(`http://localhost:${port}/`), new AddressGuard(['127.0.0.0/8', '::1']))).toBe('the connection is refused');
    expect(await deliver(delivery('http://hooks.invalid/'), local)).toBe('the name is not found');
  });

  it('is over when an answer does not end', async () => {
    const url = await receiver((_, response) => { response.writeHead(200).write('x'.repeat(200_000)); });
    expect(await deliver(delivery(url), local)).toBeUndefined();
  });

  it('to this machine is not even begun: by address or by name', async () => {
    let asked = 0;
    const url = await receiver((_, response) => { asked++; response.end(); });
    for (const host of ['127.0.0.1', 'localhost']) expect(await deliver(delivery(url.replace('127.0.0.1', host)), new AddressGuard())).toBe(`webhooks may not lead to ${host}: it is this machine's or its segment's`);
    expect(asked).toBe(0);
  });

  it('to any address that an interface of this machine has is not begun either, unless it is allowed', async () => {
    let asked = 0;
    const server = createServer((_, response) => { asked++; response.end(); });
    open.push(() => { server.closeAllConnections(); server.close(); });
    const port = await portOf(server, '::');
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses).filter(({ address }) => !address.startsWith('fe80:')).map(({ address }) => address);
    expect(own).toContain('127.0.0.1');
    const at = (address: string) => delivery(`http://${address.includes(':') ? `[${address}]` : address}:${port}/`);
    for (const address of own) expect(await deliver(at(address), new AddressGuard()), address).toMatch(/^webhooks may not lead to /);
    expect(asked).toBe(0);
    for (const address of own) expect(await deliver(at(address), new AddressGuard([address])), address).toBeUndefined();
    expect(asked).toBe(own.length);
  });
});

describe('an address', () => {
  const eth0 = (address: string, cidr: string | null) => ({ address, cidr }) as NetworkInterfaceInfo;
  const guard = new AddressGuard([], () => ({ eth0: [eth0('10.1.2.3', '10.1.2.3/24'), eth0('2001:db8:1::3', '2001:db8:1::3/64'), eth0('10.7.7.7', null)] }));
  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '100.100.100.200', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '::ffff:169.254.169.254', '::ffff:127.0.0.1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::',
    '64:ff9b:1::7f00:1', '::ffff:0:127.0.0.1', '2001::1', 'fec0::1', '168.63.129.16', '10.1.2.3', '10.1.2.254', '2001:db8:1::3', '2001:db8:1::ffff', '10.7.7.7'])('%s is not allowed', (address) => expect(guard.allows(address)).toBe(false));
  it.each(['10.0.0.1', '192.168.1.1', '203.0.113.9', '2001:db8::1', 'fd00::1', '10.1.3.1', '2001:db8:1:1::3', '10.7.7.8'])('%s is', (address) => expect(guard.allows(address)).toBe(true));
  it('can be allowed', () => expect(new AddressGuard(['169.254.10.0/24', '::1'])).toSatisfy((some: AddressGuard) => some.allows('169.254.10.5') && !some.allows('169.254.11.5') && some.allows('::1')));
  it.each([['10.0.0.0/8', true], ['10.0.0.1', true], ['::1/128', true], ['10.0.0.0/33', false], ['10.0.0/8', false], ['10.0.0.0/8/8', false], ['', false], ['host', false]])('%s is a prefix: %s', (text, is) => expect(isPrefix(text)).toBe(is));
});
