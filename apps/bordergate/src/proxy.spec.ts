import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BODY_LIMIT, createLog, Gate } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiOnly, frontHandler } from './front.js';
import { frontPages } from './front-pages.js';
import { gatekeeper } from './gatekeeper.js';
import { Upstream, type UpstreamOptions } from './proxy.js';

const log = createLog('test', { write: () => {} });
const closers: (() => unknown)[] = [];
let gate: Gate;
let failures: string[];

beforeEach(async () => {
  failures = [];
  gate = await Gate.listen('127.0.0.1', 0);
  closers.push(() => gate.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const service = (answer: RequestListener) => listening(createServer(answer));
/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  server.close();
  await once(server, 'close');
  return url;
}
function upstream(urls: string[], options: Partial<UpstreamOptions> = {}): Upstream {
  const made = new Upstream('routing', urls, { log, onFailure: (name) => failures.push(name), ...options });
  closers.push(() => made.close());
  gate.serve(made.handle);
  return made;
}
const ask = async (path = '/v1/x', init: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${gate.port}${path}`, init);
  return { status: response.status, type: response.headers.get('content-type'), retryAfter: response.headers.get('retry-after'), text: await response.text() };
};
const bodyOf = async (asked: IncomingMessage) => {
  let text = '';
  for await (const chunk of asked) text += String(chunk);
  return text;
};
const unavailable = expect.objectContaining({ status: 503, type: 'application/problem+json', retryAfter: '1', text: expect.stringContaining('"code":"service-unavailable"') });

describe('a request', () => {
  it('reaches the service as it is, with who sent it, and so does the answer', async () => {
    upstream([await service(async (asked, response) => {
      const { method, url, headers } = asked;
      response.writeHead(201, { etag: '"1"', 'content-type': 'application/json' });
      response.end(JSON.stringify({ method, url, body: await bodyOf(asked), key: headers['idempotency-key'], from: headers['x-forwarded-for'], host: headers.host }));
    })]);
    const response = await fetch(`http://127.0.0.1:${gate.port}/v1/regions/r/vpcs?x=1&y=%2F`, { method: 'POST', body: '{"a":1}', headers: { 'idempotency-key': 'k' } });
    expect([response.status, response.headers.get('etag'), await response.json()]).toEqual([
      201, '"1"', { method: 'POST', url: '/v1/regions/r/vpcs?x=1&y=%2F', body: '{"a":1}', key: 'k', from: '127.0.0.1', host: `127.0.0.1:${gate.port}` },
    ]);
  });

  it('goes round among the instances', async () => {
    upstream([await service((_, response) => response.end('a')), await service((_, response) => response.end('b'))]);
    expect([(await ask()).text, (await ask()).text, (await ask()).text]).toEqual(['a', 'b', 'a']);
  });

  it.each(['GET', 'POST'])('%s gets a problem where nobody listens', async (method) => {
    upstream([await nobody(), await nobody()]);
    expect(await ask('/v1/x', { method })).toEqual(unavailable);
    expect(failures).toHaveLength(method === 'GET' ? 2 : 1);
  });

  it('that only reads is answered by another instance, which is asked first from then on', async () => {
    upstream([await nobody(), await service((_, response) => response.end('b'))], { shunMs: 60_000 });
    expect([(await ask()).text, (await ask()).text, (await ask()).text, failures.length]).toEqual(['b', 'b', 'b', 1]);
  });

  it('that changes something is sent once, whatever becomes of it', async () => {
    const seen: string[] = [];
    const breaks: RequestListener = async (asked) => {
      seen.push(await bodyOf(asked));
      asked.socket.destroy();
    };
    upstream([await service(breaks), await service(breaks)]);
    expect(await ask('/v1/x', { method: 'POST', body: 'once' })).toEqual(unavailable);
    expect(seen).toEqual(['once']);
  });

  it.each([
    { what: 'with its length told', headers: { 'content-length': String(8 * BODY_LIMIT) } },
    { what: 'in chunks', headers: { 'transfer-encoding': 'chunked' } },
  ])('that is too large is told so though the service has hung up by then, and no instance is blamed: $what', async ({ headers }) => {
    let read = Number(headers['content-length'] ?? 0);
    upstream([await service((asked) => asked.on('data', (part: Buffer) => {
      read += part.length;
      if (read > BODY_LIMIT) asked.socket.destroy();
    }))]);
    const sent = request({ port: gate.port, host: '127.0.0.1', path: '/v1/x', method: 'POST', headers });
    sent.on('error', () => {}); // what is still being written may find nobody
    const answered = once(sent, 'response');
    for (let part = 0; part < 8 && !sent.destroyed; part++) if (!sent.write(Buffer.alloc(BODY_LIMIT))) await Promise.race([once(sent, 'drain'), answered]);
    const [answer] = await answered as [IncomingMessage];
    expect([answer.statusCode, JSON.parse(await bodyOf(answer)).code, failures]).toEqual([413, 'body-too-large', []]);
    sent.destroy();
  });

  it('does not hang: a service that takes it and says nothing', async () => {
    upstream([await service(() => {})], { silentMs: 50 });
    expect(await ask()).toEqual(unavailable);
  });

  it('does not hang: an address that takes no connection', async () => {
    // RFC 5737 addresses lead nowhere, or are refused at once
    upstream(['http://192.0.2.1:9'], { connectMs: 50 });
    expect(await ask()).toEqual(unavailable);
  });

  it('whose answer breaks off is not taken for complete', async () => {
    upstream([await service((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    })]);
    await expect(ask()).rejects.toThrow();
  });
});

describe('a live stream', () => {
  it('passes as it comes, and ends at the service when the client leaves', async () => {
    let stream!: ServerResponse;
    upstream([await service((_, response) => {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    })]);
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${gate.port}/v1/live`, { signal: leaving.signal });
    const reader = response.body!.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe('data: 1\n\n');
    stream.write('data: 2\n\n');
    expect(await next()).toBe('data: 2\n\n');
    const ended = once(stream, 'close');
    leaving.abort();
    await ended;
    expect(failures).toEqual([]);
  });
});

describe('the front of services that run apart', () => {
  const front = async (urls: { resources: string; routing: string }) => {
    const upstreams = Object.entries(urls).map(([name, url]) => new Upstream(name, [url], { log }));
    closers.push(() => {
      for (const each of upstreams) each.close();
    });
    const pages = frontPages(upstreams, { region: 'region-1', registry: new Registry() });
    gate.serve(apiOnly(frontHandler(Object.fromEntries(upstreams.map((each) => [each.service, each.handle])), pages, gatekeeper([])), pages));
  };
  const documented = (name: string): RequestListener => ({ url }, response) => {
    if (url === '/openapi.json') response.end(JSON.stringify({ openapi: '3.0.0', paths: { [`/v1/${name}`]: { get: {} } } }));
    else if (url === '/health/ready') response.end('{"status":"ok"}');
    else response.end(`${name} ${url}`);
  };

  it('is one API, with one description', async () => {
    await front({ resources: await service(documented('resources')), routing: await service(documented('routing')) });
    expect((await ask('/v1/regions/r/borderGateways/b/routes?table=static')).text).toBe('routing /v1/regions/r/borderGateways/b/routes?table=static');
    expect((await ask('/v1/regions/r/vpcs')).text).toBe('resources /v1/regions/r/vpcs');
    expect(Object.keys(JSON.parse((await ask('/openapi.json')).text).paths)).toEqual(['/v1/resources', '/v1/routing']);
    expect(JSON.parse((await ask('/asyncapi.json')).text)).toMatchObject({ asyncapi: '3.0.0', channels: { 'resources-decisions-v1': { address: 'resources.decisions.v1' } } });
    expect(await ask('/health/ready')).toMatchObject({ status: 200, text: expect.stringContaining('"status":"ok"') });
  });

  it.each(['/internal/v1/psks/psk-1', '/%69nternal/v1/psks/psk-1', '//internal/v1/psks/x', '/services/resources/internal/v1/psks/x', '/simulation/v1/x', 'http://127.0.0.1/internal/v1/psks/x'])('keeps %s to itself', async (path) => {
    let asked = 0;
    const counts = await service((_, response) => {
      asked += 1;
      response.end();
    });
    await front({ resources: counts, routing: counts });
    const status = path.startsWith('http') ? await absolute(path) : (await ask(path)).status;
    expect([status, asked]).toEqual([404, 0]);
  });

  async function absolute(target: string): Promise<number> {
    const [response] = await once(request({ port: gate.port, path: target }).end(), 'response');
    return (response as IncomingMessage).statusCode!;
  }

  it('says who is away, and serves what it can', async () => {
    await front({ resources: await service(documented('resources')), routing: await nobody() });
    expect(await ask('/health/ready')).toMatchObject({ status: 200, text: expect.stringMatching(/"status":"degraded".*"routing":\{"status":"not-ready"/) });
    expect(await ask('/v1/regions/r/borderGateways/b/fib')).toEqual(unavailable);
    expect((await ask('/v1/regions/r/vpcs')).text).toBe('resources /v1/regions/r/vpcs');
    expect((await ask('/openapi.json'))).toMatchObject({ status: 503, text: expect.stringContaining('the routing service does not answer') });
  });

  it('passes on that a service goes on without something', async () => {
    const degraded = await service((_, response) => void response.end('{"status":"degraded","checks":{"journal":"away since then"}}'));
    await front({ resources: degraded, routing: await service(documented('routing')) });
    expect(JSON.parse((await ask('/health/ready')).text)).toMatchObject({ status: 'degraded', services: { resources: { status: 'degraded', instances: [{ checks: { journal: 'away since then' } }] }, routing: { status: 'ok' } } });
  });

  it('is not ready without resources', async () => {
    await front({ resources: await nobody(), routing: await service(documented('routing')) });
    await vi.waitFor(async () => expect(await ask('/health/ready')).toMatchObject({ status: 503, text: expect.stringContaining('"status":"not-ready"') }));
    expect((await ask('/health/live')).status).toBe(200);
  });
});
