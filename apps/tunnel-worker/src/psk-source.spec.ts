import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pskSource } from './psk-source.js';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const known = request.url === '/internal/v1/psks/psk-1' && request.headers.authorization === 'Bearer token';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { pskRef: 'psk-1', psk: 'a secret' } : { detail: 'a secret in an error' }));
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => { server.close(); });

describe('pskSource', () => {
  it('fetches a key by its reference with the worker\'s credential', async () => expect(await pskSource(url, 'token')('psk-1')).toBe('a secret'));

  it('says what was refused, without what was answered', async () => {
    await expect(pskSource(url, 'wrong')('psk-1')).rejects.toThrow(/^psk-1 was not handed out: GET \/internal\/v1\/psks\/psk-1 answered 404$/);
  });

  it('keeps a reference inside of its path', async () => {
    await expect(pskSource(url, 'token')('../psks/psk-1')).rejects.toThrow('answered 404');
  });
});
