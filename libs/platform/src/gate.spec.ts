import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gate } from './gate.js';

let gate: Gate;
const ask = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${gate.port}${path}`);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: (await response.json()) as unknown };
};

beforeEach(async () => { gate = await Gate.listen('127.0.0.1', 0); });
afterEach(() => gate.close());

it('is alive before there is anything to serve, and says what it waits for', async () => {
  gate.waitFor('connect ECONNREFUSED 127.0.0.1:5432');
  expect(await ask('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await ask('/health/ready?verbose')).toMatchObject({ status: 503, body: { status: 'not-ready', checks: { start: 'connect ECONNREFUSED 127.0.0.1:5432' } } });
  expect(await ask('/v1/regions/r/vpcs')).toMatchObject({ status: 503, retryAfter: '1', body: { status: 503, code: 'starting' } });
});

it('hands everything over from then on', async () => {
  gate.serve(({ url }, response) => response.end(JSON.stringify({ url })));
  expect((await ask('/health/ready')).body).toEqual({ url: '/health/ready' });
});

it('refuses a port that is taken', () => expect(Gate.listen('127.0.0.1', gate.port)).rejects.toMatchObject({ code: 'EADDRINUSE' }));

it('closes at once what nobody has asked anything over, and lets requests under way end', async () => {
  let entered!: () => void;
  const asked = new Promise<void>((resolve) => { entered = resolve; });
  let go!: () => void;
  gate.serve((_, response) => {
    go = () => response.end('{}');
    entered();
  });
  const unused = connect(gate.port, '127.0.0.1');
  await once(unused, 'connect');
  const answer = ask('/');
  await asked;
  const closed = gate.close();
  await once(unused, 'close');
  go();
  expect((await answer).status).toBe(200);
  await closed;
  gate = await Gate.listen('127.0.0.1', 0); // for what comes after each test
});
