import { describe, expect, it } from 'vitest';
import { ApiClient, attemptKeys } from './client.js';
import { ApiProblem, Unreachable } from './problem.js';

type Sent = { url: string; method: string; headers: Record<string, string>; body?: string };
/** An API that answers in this order; an Error is a connection that breaks. */
function api(...answers: readonly (Response | Error)[]) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const fetcher = async (url: unknown, init: unknown) => {
    sent.push({ url: String(url), ...(init as Omit<Sent, 'url'>) });
    const answer = answers[sent.length - 1]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: new ApiClient('', fetcher as typeof fetch, async (ms) => { waits.push(ms); }), sent, waits };
}
const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), { ...init, headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) } });
const busy = () => json({ type: '', title: 'Busy', status: 503, detail: 'come again', code: 'busy' }, { status: 503 });
const post = { method: 'POST', body: { vpcName: 'a' }, idempotencyKey: 'k' } as const;

describe('a request', () => {
  it('says what has been seen and what it wants, and gives back the ETag', async () => {
    const { client, sent } = api(json({ a: 1 }, { headers: { etag: '"4"' } }));
    expect(await client.send('/v1/x', { method: 'PATCH', body: { a: 1 }, ifMatch: '"3"', query: { limit: 2, cursor: undefined } })).toEqual({ data: { a: 1 }, etag: '"4"' });
    expect(sent).toMatchObject([{ url: '/v1/x?limit=2', method: 'PATCH', body: '{"a":1}', headers: { 'if-match': '"3"', 'content-type': 'application/json' } }]);
  });

  it('with a key is sent again, with the same key, when nobody answered', async () => {
    const { client, sent, waits } = api(new TypeError('network'), busy(), json({ vpcId: 'v' }, { status: 201 }));
    expect((await client.send('/v1/vpcs', post)).data).toEqual({ vpcId: 'v' });
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k', 'k']);
    expect(waits).toHaveLength(2);
  });

  it('with a key gives up after a while, and says that nothing is known', async () => {
    const broken = new TypeError('network');
    const { client, sent } = api(broken, broken, broken);
    await expect(client.send('/v1/vpcs', post)).rejects.toBeInstanceOf(Unreachable);
    expect(sent).toHaveLength(3);
  });

  it.each([
    ['a refusal', () => json({ status: 409, code: 'vpc-exists', detail: 'no', title: 'No', type: '' }, { status: 409 }), post, ApiProblem],
    ['a change without a key', () => busy(), { method: 'PATCH', body: {} } as const, ApiProblem],
  ])('is not sent again after %s', async (_, answer, request, error) => {
    const { client, sent } = api(answer());
    await expect(client.send('/v1/vpcs', request)).rejects.toBeInstanceOf(error);
    expect(sent).toHaveLength(1);
  });

  it('that a proxy answers with a page is a problem too', async () => {
    const { client } = api(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(client.send('/v1/vpcs')).rejects.toMatchObject({ problem: { status: 502, code: 'http-502', detail: 'Bad Gateway (502)' } });
  });

  it('without content has no data', async () => expect(await api(new Response(null, { status: 204 })).client.send('/v1/x', { method: 'DELETE' })).toEqual({ data: undefined, etag: null }));
});

it('gives the same content the same key, and another content another', () => {
  let n = 0;
  const keyOf = attemptKeys(() => `k${n++}`);
  expect([keyOf({ a: 1 }), keyOf({ a: 2 }), keyOf({ a: 1 }), keyOf(undefined)]).toEqual(['k0', 'k1', 'k0', 'k2']);
});
