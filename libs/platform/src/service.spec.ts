import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { http } from '@bordergate/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from './log.js';
import { mergeOpenApi } from './openapi.js';
import { Readiness } from './readiness.js';
import { createService } from './service.js';
import { slowModule, ThingsModule } from './testing/things.module.js';

let app: NestFastifyApplication;
const lines: any[] = [];
const readiness = new Readiness();

beforeAll(async () => {
  app = await createService('things', ThingsModule, { registry: new Registry(), readiness, bodyLimit: 1_000, log: createLog('things', { write: (line) => lines.push(JSON.parse(line)) }) });
});
afterAll(() => app.close());

const post = (payload: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  app.inject({ method: 'POST', url: '/v1/things', payload: (typeof payload === 'string' ? payload : JSON.stringify(payload)) as string, headers });
const problem = (response: Awaited<ReturnType<typeof post>>) => {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  const body = http.Problem.parse(response.json());
  expect(body.status).toBe(response.statusCode);
  expect(body.instance).toBe(`urn:bordergate:request:${response.headers['x-request-id']}`);
  return body;
};

describe('validation', () => {
  it('hands on what the schema makes of the input', async () => {
    expect((await post({ name: 'ab' })).json()).toEqual({ name: 'ab', size: 1, parts: [] });
    expect((await app.inject('/v1/things?limit=7')).json()).toEqual({ limit: 7 });
  });

  it('names every field and its rule', async () => {
    const body = problem(await post({ name: 'a', size: 1.5, color: 'red', parts: [{ psk: 'x' }, { other: 1 }] }));
    expect(body).toMatchObject({ status: 400, code: 'invalid-request', type: 'urn:bordergate:problem:invalid-request', title: 'Invalid request' });
    expect(body.errors).toEqual(expect.arrayContaining([
      { field: 'name', code: 'too-small', rule: 'at least 2 characters' },
      { field: 'size', code: 'invalid-type', rule: expect.stringContaining('expected int') },
      { field: 'color', code: 'unknown-field', rule: 'there is no such field' },
      { field: 'parts[1].psk', code: 'required', rule: 'is required' },
      { field: 'parts[1].other', code: 'unknown-field', rule: 'there is no such field' },
    ]));
    expect(body.errors).toHaveLength(5);
  });

  it('says where JSON is broken, and repeats nothing of it', async () => {
    const body = problem(await post('{"name":"ab","psk":"s3cret"x}'));
    expect(body.errors).toEqual([{ field: '', code: 'malformed-json', rule: expect.stringContaining('character 27') }]);
    expect(JSON.stringify(body)).not.toContain('s3cret');
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])('refuses a field called %s by name', async (name) => {
    expect(problem(await post(`{"name":"ab","${name}":{"size":1}}`)).errors).toEqual([{ field: name, code: 'unknown-field', rule: 'there is no such field' }]);
  });

  it('refuses query parameters that nobody reads, and those given twice', async () => {
    expect(problem(await app.inject('/v1/things/t-1?x=1&y=2')).errors).toEqual(['x', 'y'].map((field) => ({ field, code: 'unknown-field', rule: 'there is no such query parameter' })));
    expect(problem(await app.inject({ method: 'POST', url: '/v1/things/t-1:enable?now=1' }))).toMatchObject({ status: 400, field: 'now' });
    expect(problem(await app.inject('/v1/things?limit=7&limit=8')).errors).toEqual([{ field: 'limit', code: 'repeated', rule: 'may be given once' }]);
    expect((await app.inject('/metrics?name[]=up')).statusCode).toBe(200);
  });

  it('refuses a body that nobody reads', async () => {
    const enable = (payload: string) => app.inject({ method: 'POST', url: '/v1/things/t-1:enable', payload, headers: { 'content-type': 'application/json' } });
    expect(problem(await enable('{"force":true,"after":1}')).errors).toEqual(['force', 'after'].map((field) => ({ field, code: 'unknown-field', rule: 'there is no such field' })));
    expect(problem(await enable('["now"]')).errors).toEqual([{ field: '', code: 'unexpected-body', rule: 'this request takes no body' }]);
    for (const nothing of ['', '{}', 'null']) expect((await enable(nothing)).json()).toEqual({ enabled: 't-1' });
  });

  it('looks at the region of every path', async () => {
    expect((await app.inject('/v1/regions/cn-north-1/things')).json()).toEqual({ region: 'cn-north-1' });
    expect(problem(await app.inject('/v1/regions/CN/things'))).toMatchObject({ status: 400, field: 'region' });
  });

  it('puts a single error on the problem itself, also of query and path', async () => {
    expect(problem(await app.inject('/v1/things?limit=0'))).toMatchObject({ status: 400, field: 'limit' });
    expect(problem(await app.inject('/v1/things/x'))).toMatchObject({ status: 400, field: 'id', rule: 'an id such as t-1' });
  });

  it.each([
    ['malformed JSON', '{"name":', 'application/json', 400, 'malformed-json'],
    ['no body', '', 'application/json', 400, 'invalid-request'],
    ['a prototype key', '{"__proto__":{"name":"ab"}}', 'application/json', 400, 'invalid-request'],
    ['text', 'name=ab', 'text/plain', 415, 'unsupported-media-type'],
    ['a form', 'name=ab', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['another character set', '{"name":"ab"}', 'application/json; charset=iso-8859-1', 415, 'unsupported-media-type'],
    ['too much', JSON.stringify({ name: 'x'.repeat(2_000) }), 'application/json', 413, 'body-too-large'],
  ])('refuses %s', async (_, payload, type, status, code) => {
    expect(problem(await post(payload, { 'content-type': type }))).toMatchObject({ status, code });
  });
});

describe('a body', () => {
  const send = (payload: string | Buffer, headers: Record<string, string> = {}) => app.inject({ method: 'POST', url: '/v1/things', payload, headers: { 'content-type': 'application/json', ...headers } });

  it('is UTF-8, named or not, with a byte order mark or without', async () => {
    expect((await send('{"name":"é北"}', { 'content-type': 'application/json; charset="UTF-8"' })).json()).toMatchObject({ name: 'é北' });
    expect((await send('\ufeff{"name":"ab"}', { 'content-encoding': 'identity' })).json()).toMatchObject({ name: 'ab' });
  });

  it('in other bytes is refused, and not stored as something else', async () => {
    expect(problem(await send(Buffer.from('{"name":"é北"}', 'latin1')))).toMatchObject({ status: 400, code: 'malformed-json', detail: 'the body is not JSON (RFC 8259): its text is not UTF-8' });
  });

  it('that is compressed is not called broken', async () => {
    expect(problem(await send(gzipSync('{"name":"ab"}'), { 'content-encoding': 'gzip' }))).toMatchObject({ status: 415, code: 'unsupported-media-type', detail: expect.stringContaining('not compressed') });
  });
});

describe('problems', () => {
  it('answers a rejection with its code, field and rule', async () => {
    expect(problem(await app.inject('/v1/things/t-0'))).toMatchObject({ status: 404, code: 'not-found', detail: 'there is no such thing' });
    expect(problem(await app.inject('/v1/things/t-busy'))).toMatchObject({ status: 409, code: 'thing-in-use', field: 'id', rule: 'detach it first' });
  });

  it('tells an unknown route from an unknown method', async () => {
    expect(problem(await app.inject('/v1/nothings'))).toMatchObject({ status: 404, code: 'no-such-route' });
    const wrong = await app.inject({ method: 'DELETE', url: '/v1/things/t-1?x=1' });
    expect(problem(wrong)).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect(wrong.headers.allow).toBe('GET, HEAD');
    expect((await app.inject({ method: 'PUT', url: '/v1/things/t-1:enable' })).headers.allow).toBe('POST');
    expect((await app.inject({ method: 'PUT', url: '/v1/things/t-1:explode' })).headers.allow).toBe('GET, HEAD');
    expect(problem(await app.inject({ method: 'QUERY' as 'GET', url: '/v1/things' }))).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect(problem(await app.inject({ method: 'POST', url: '/v1/nothings', payload: 'a=b', headers: { 'content-type': 'text/csv' } })).status).toBe(404);
  });

  it('survives a malformed url', async () => {
    expect(problem(await app.inject('/v1/things/%zz'))).toMatchObject({ status: 400, code: 'malformed-path' });
    expect(problem(await app.inject(`/v1/things/${'x'.repeat(300)}`))).toMatchObject({ status: 414, code: 'uri-too-long' });
  });

  it('asks to try again when the database goes away in the middle', async () => {
    const response = await app.inject('/v1/things/t-cut');
    expect(problem(response)).toMatchObject({ status: 503, code: 'service-unavailable', detail: expect.stringContaining('Idempotency-Key') });
    expect(response.headers['retry-after']).toBe('1');
  });

  it('says nothing about an unexpected error and logs all of it', async () => {
    const response = await app.inject({ url: '/v1/things/t-bug', headers: { 'x-request-id': 'find-me' } });
    expect(problem(response)).toMatchObject({ status: 500, code: 'internal-error' });
    expect(response.body).not.toContain('secrets');
    expect(lines.find((l) => l.level === 'error' && l.requestId === 'find-me').error.message).toContain('secrets');
  });
});

describe('requests', () => {
  it('may use custom verbs, with or without a body', async () => {
    expect((await app.inject({ method: 'POST', url: '/v1/things/t-1:enable' })).json()).toEqual({ enabled: 't-1' });
    expect((await app.inject({ method: 'POST', url: '/v1/things/t-1:enable', headers: { 'content-type': 'application/json' } })).json()).toEqual({ enabled: 't-1' });
    expect((await app.inject({ method: 'POST', url: '/v1/things/t-1:addParts' })).json()).toEqual({ id: 't-1', n: 3 });
    expect((await app.inject({ method: 'POST', url: '/v1/things/t-1:addParts', payload: { n: 5 } })).json()).toEqual({ id: 't-1', n: 5 });
  });

  it('carry an id in and out, a new one when theirs could not be logged', async () => {
    expect((await app.inject({ url: '/v1/things', headers: { 'x-request-id': 'abc-1' } })).headers['x-request-id']).toBe('abc-1');
    expect((await app.inject({ url: '/v1/things', headers: { 'x-request-id': 'a\tb' } })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leave one line each, without secrets', async () => {
    await app.inject({ method: 'POST', url: '/v1/things', payload: { name: 'ab' }, headers: { 'x-request-id': 'line' } });
    expect(lines.filter((l) => l.requestId === 'line')).toEqual([expect.objectContaining({
      level: 'info', service: 'things', message: 'request', method: 'POST', path: '/v1/things', route: '/v1/things', status: 201, ms: expect.any(Number),
    })]);
    await app.inject({ url: '/v1/things?limit=7', headers: { 'x-request-id': 'read' } });
    await app.inject({ url: '/v1/things?limit=x', headers: { 'x-request-id': 'misread' } });
    expect(lines.filter((l) => ['read', 'misread'].includes(l.requestId)).map(({ requestId, status }) => [requestId, status])).toEqual([['misread', 400]]);
    expect(lines.findLast((l) => l.message === 'made')).toMatchObject({ psk: '[redacted]', readiness: true });
  });

  it('are served without listening', async () => {
    const instance = app.getHttpAdapter().getInstance();
    const front = createServer((request, response) => instance.routing(request, response)).listen(0, '127.0.0.1');
    await new Promise((resolve) => front.once('listening', resolve));
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1/things`;
    const response = await fetch(url, { method: 'POST', body: '{"name":"ab"}', headers: { 'content-type': 'application/json' } });
    expect([response.status, response.headers.get('x-request-id')?.length]).toEqual([201, 36]);
    await response.text();
    await new Promise((resolve) => front.close(resolve));
  });
});

describe('operations', () => {
  it('measures by route pattern', async () => {
    await app.inject('/v1/things/t-1');
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/v1\/things\/:id"[^}]*\}/);
    expect(body).toContain('service="things"');
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).not.toContain('t-1');
  });

  it('is live, and ready when its checks are', async () => {
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
    readiness.watch('journal', async () => { throw new Error('away since then'); });
    const degraded = await app.inject('/health/ready');
    expect([degraded.statusCode, degraded.json()]).toEqual([200, { status: 'degraded', checks: { journal: 'away since then' } }]);
    readiness.add('postgres', async () => { throw new Error('no answer'); });
    const response = await app.inject('/health/ready');
    expect([response.statusCode, response.json()]).toEqual([503, { status: 'not-ready', checks: { journal: 'away since then', postgres: 'no answer' } }]);
  });

  it('describes itself, and serves the page and its assets from disk', async () => {
    const document = (await app.inject('/openapi.json')).json();
    expect(document.components.schemas.Thing.properties.size.type).toBe('integer');
    expect(document.paths['/v1/things'].post.responses['201'].content['application/json'].schema.$ref).toBe('#/components/schemas/Thing');
    expect(document.paths['/v1/things'].post.responses.default.content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    expect(document.components.schemas.Problem.required).toContain('code');
    expect(['/v1/things', '/v1/things/{id}:addParts'].map((path) => document.paths[path].post.requestBody.required)).toEqual([true, false]);
    expect(Object.keys(document.paths)).toEqual(expect.not.arrayContaining(['/metrics']));
    expect(Object.keys(document.paths)).toContain('/v1/things/{id}:enable');
    const page = await app.inject('/docs');
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('swagger-ui-bundle.js')]);
    expect(page.body).not.toMatch(/(src|href)="https?:/);
    expect((await app.inject('/docs/swagger-ui-bundle.js')).statusCode).toBe(200);
  });

  it('merges documents, and refuses two meanings', async () => {
    const document = (await app.inject('/openapi.json')).json();
    const other = { ...document, paths: { '/v1/things': { delete: { responses: {} } }, '/v1/others': { get: { responses: {} } } } };
    const merged = mergeOpenApi([document, other]);
    expect(Object.keys(merged.paths['/v1/things']!).sort()).toEqual(['delete', 'get', 'post']);
    expect(merged.info.description).toContain('problem+json');
    expect(() => mergeOpenApi([document, document])).toThrow('/v1/things');
    expect(() => mergeOpenApi([document, { ...other, components: { schemas: { Thing: {} } } }])).toThrow('Thing');
  });
});

it('closes gracefully: what is under way is answered', async () => {
  const { module, entered, go } = slowModule();
  const slow = await createService('slow', module, { quiet: true });
  await slow.listen(0, '127.0.0.1');
  const answer = fetch(`${await slow.getUrl()}/slow`).then((r) => r.text());
  await entered;
  const closed = slow.close();
  go();
  expect(await answer).toBe('done');
  await closed;
});
