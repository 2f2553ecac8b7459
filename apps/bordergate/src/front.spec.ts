import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import type { Handler } from '@bordergate/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Front } from './front.js';

let front: Front;
const says = (name: string): Handler => (request, response) => response.end(`${name} ${request.url}`);
const fetchText = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${front.port}${path}`);
  return { status: response.status, text: await response.text() };
};

beforeEach(async () => {
  front = await Front.listen('127.0.0.1', 0);
});
afterEach(() => front.close());

const serve = () => front.serve({ resources: says('resources'), routing: says('routing'), telemetry: says('telemetry') }, { '/': async (_, response) => void response.end('first page') });

it('says "come again" until it serves', async () => {
  expect((await fetchText('/v1/regions/r/vpcs')).status).toBe(503);
  serve();
  expect((await fetchText('/v1/regions/r/vpcs')).text).toBe('resources /v1/regions/r/vpcs');
});

it.each([
  ['/', 'first page'],
  ['/v1/regions/r/borderGateways/b/routes?table=static', 'routing /v1/regions/r/borderGateways/b/routes?table=static'],
  ['/services/telemetry/metrics', 'telemetry /metrics'],
  // not a service, though every object has such a member
  ['/services/constructor/metrics', 'resources /services/constructor/metrics'],
  ['/services/nope/metrics', 'resources /services/nope/metrics'],
  ['/constructor', 'resources /constructor'],
])('%s is answered by "%s"', async (path, text) => {
  serve();
  expect((await fetchText(path)).text).toBe(text);
});

/** What comes back for bytes that no client library would send. */
async function raw(bytes: string): Promise<{ head: string; body: string }> {
  const socket = connect(front.port, '127.0.0.1');
  socket.end(bytes);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { head, body };
}

it('takes the absolute form of a proxy, whose host counts', async () => {
  serve();
  expect((await raw('GET http://127.0.0.1:1/v1/regions/r/vpnTunnels/t/state?x=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).body).toContain('telemetry /v1/regions/r/vpnTunnels/t/state?x=1');
  expect((await raw('GET http://127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).body).toContain('first page');
  expect((await raw('GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).head).toContain('421');
});

it.each([
  ['what is not HTTP', 'HELO there\r\n\r\n', 400, 'malformed-request'],
  ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
  ['an expectation that nobody knows', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: tea\r\nConnection: close\r\n\r\n', 417, 'expectation-failed'],
  ['a foreign Host', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421, 'misdirected-request'],
  ['a write of a foreign page', 'DELETE /v1/x HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n', 403, 'cross-site-request'],
  ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`, 431, 'headers-too-large'],
])('refuses %s with a problem document', async (_, bytes, status, code) => {
  serve();
  const { head, body } = await raw(bytes);
  expect([head.split('\r\n')[0]!.split(' ')[1], /^content-type: (.*)$/im.exec(head)?.[1]]).toEqual([String(status), 'application/problem+json']);
  expect(JSON.parse(body.replace(/^[0-9a-f]+\r\n/, '').split('\r\n')[0]!)).toMatchObject({ status, code });
});

it('answers HEAD where it answers GET', async () => {
  serve();
  expect((await fetch(`http://127.0.0.1:${front.port}/`, { method: 'HEAD' })).status).toBe(200);
});

it('closes though somebody watches a stream that never ends', async () => {
  front.serve({ resources: (_, response) => void response.write('for ever') }, {});
  const [stream] = await once(get(`http://127.0.0.1:${front.port}/v1/x`), 'response');
  stream.on('error', () => {}); // it is cut, as intended
  await front.close();
});

it('refuses a port that is taken', async () => {
  await expect(Front.listen('127.0.0.1', front.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
