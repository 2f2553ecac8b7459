import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Front, type Handler } from './front.js';

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

it('closes though somebody watches a stream that never ends', async () => {
  front.serve({ resources: (_, response) => void response.write('for ever') }, {});
  const [stream] = await once(get(`http://127.0.0.1:${front.port}/v1/x`), 'response');
  stream.on('error', () => {}); // it is cut, as intended
  await front.close();
});

it('refuses a port that is taken', async () => {
  await expect(Front.listen('127.0.0.1', front.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
