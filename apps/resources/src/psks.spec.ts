import { MemoryJournal, parseVaultKeys } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResources } from './create-resources.js';
import { connected, KEYS, regionOf, testResources, WORKER_TOKEN, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
let tunnels: string[];
const PSK = 'correct horse battery staple';
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  const { connection } = await connected(region);
  const page = await region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`, { tunnels: [{ psk: PSK }] }, { 'idempotency-key': 'with-a-secret' });
  tunnels = page.body.items.map((tunnel: any) => tunnel.vpnTunnelId);
});
afterAll(() => resources.close());

const reveal = async (tunnel: string) => (await region.verb(`vpnTunnels/${tunnel}:revealPsk`)).psk;
const refs = async (): Promise<string[]> => (await resources.db.query('select ref from psk order by ref')).map((row: any) => row.ref);
const internal = (ref: string, headers: Record<string, string>) => resources.app.inject({ url: `/internal/v1/psks/${ref}`, headers });

describe('a pre-shared key', () => {
  it('is shown by :revealPsk only, which is remembered', async () => {
    expect(await Promise.all(tunnels.map(reveal))).toEqual([PSK, PSK]); // what tunnel 2 omits is as tunnel 1
    const audit = await resources.db.query("select decision from events where type = 'TunnelPskRevealed'");
    expect(audit.map((row: any) => row.decision.tunnelId).sort()).toEqual([...tunnels].sort());
    expect((await region.send('POST', `vpnTunnels/${tunnels[0]}:revealPsk`)).headers['cache-control']).toBe('no-store');
    expect(JSON.stringify([await region.get('vpnTunnels'), await region.get(`vpnTunnels/${tunnels[0]}`)])).not.toMatch(/psk/i);
  });

  it('is generated when omitted: 32 alphanumerics, another one each time', async () => {
    const r = regionOf(resources.app, 'generated');
    const { connection } = await connected(r);
    const { body: { items } } = await r.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`);
    const psks = await Promise.all(items.map(async ({ vpnTunnelId }: any) => (await r.verb(`vpnTunnels/${vpnTunnelId}:revealPsk`)).psk));
    expect(new Set(psks).size).toBe(2);
    for (const psk of psks) expect(psk).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('changes under a new reference, and the old secret is gone', async () => {
    const before = await refs();
    const etag = async () => (await region.send('GET', `vpnTunnels/${tunnels[0]}`)).headers.etag;
    const version = await etag();
    await region.change(`vpnTunnels/${tunnels[0]}`, { psk: PSK });
    expect(await etag()).toBe(version); // the same secret is no change
    await region.change(`vpnTunnels/${tunnels[0]}`, { psk: 'another secret' });
    expect(await reveal(tunnels[0]!)).toBe('another secret');
    const after = await refs();
    expect(after.length).toBe(before.length);
    expect(after.filter((ref) => !before.includes(ref))).toHaveLength(1);
  });

  it('is nowhere in plain text: not in a table, not in a log line', async () => {
    for (const { tablename } of await resources.db.query("select tablename from pg_tables where schemaname = 'public'")) {
      const [{ text }] = await resources.db.query(`select coalesce(string_agg(t::text, ' '), '') as text from "${tablename}" t`);
      for (const secret of [PSK, 'another secret', Buffer.from(PSK).toString('base64'), Buffer.from(PSK).toString('hex')]) expect(text).not.toContain(secret);
    }
    expect(resources.lines.join('')).not.toMatch(/correct horse|another secret/);
  });

  it('goes with its tunnel', async () => {
    const before = await refs();
    await region.verb(`vpnTunnels/${tunnels[1]}:disable`);
    await region.drop(`vpnTunnels/${tunnels[1]}`);
    expect((await refs()).length).toBe(before.length - 1);
  });

  it('is a part of the request that an Idempotency-Key stands for', async () => {
    const { vpnConnectionId, cloudPublicIp } = await region.get(`vpnTunnels/${tunnels[0]}`);
    const make = (psk: string) => region.send('POST', 'vpnTunnels', { vpnConnectionId, cloudPublicIp, customerIp: '203.0.113.2', psk }, { 'idempotency-key': 'with-psk' });
    const [first, again, other] = [await make('a key of its own'), await make('a key of its own'), await make('a different key')];
    expect([first.status, again.body, other.status, other.body.code]).toEqual([201, first.body, 422, 'idempotency-key-reused']);
    const [{ text }] = await resources.db.query("select string_agg(i::text, ' ') as text from idempotency i");
    expect(text).not.toContain('a key of its own');
    await region.verb(`vpnTunnels/${first.body.vpnTunnelId}:disable`);
    await region.drop(`vpnTunnels/${first.body.vpnTunnelId}`);
  });

  it('is not kept when its tunnel is refused', async () => {
    const before = await refs();
    const { vpnConnectionId } = await region.get(`vpnTunnels/${tunnels[0]}`);
    expect(await region.refused('POST', 'vpnTunnels', { vpnConnectionId, cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1', psk: 'never kept' })).toEqual([409, 'tunnel-pair-taken', 'customerIp']);
    expect(await refs()).toEqual(before);
  });
});

describe('a worker', () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  it('gets a secret by its reference', async () => {
    const [{ ref }] = await resources.db.query("select decision->'tunnel'->>'pskRef' as ref from events where type = 'TunnelReconfigured'");
    const answer = await internal(ref, bearer(WORKER_TOKEN));
    expect([answer.statusCode, answer.json(), answer.headers['cache-control']]).toEqual([200, { pskRef: ref, psk: 'another secret' }, 'no-store']);
  });
  it.each([
    ['no token', 401, 'unauthenticated', {}],
    ['another scheme', 401, 'unauthenticated', { authorization: `Basic ${WORKER_TOKEN}` }],
    ['another token', 403, 'forbidden', bearer('guess')],
    ['half a token', 403, 'forbidden', bearer(WORKER_TOKEN.slice(0, 5))],
    ['a reference to nothing', 404, 'not-found', bearer(WORKER_TOKEN)],
  ])('gets none with %s', async (_, status, code, headers) => {
    const answer = await internal('psk-none', headers as Record<string, string>);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });
});

it('a rotated vault key opens what the old one sealed, and can take over', async () => {
  const rotated = await createResources({ databaseUrl: resources.url, journal: resources.journal, vaultKeys: parseVaultKeys(`${KEYS.next},${KEYS.old}`), quiet: true }).catch((error: Error) => error);
  // The journal knows this service's consumers already: the same process never runs it twice.
  expect(rotated).toBeInstanceOf(Error);
  const journal = new MemoryJournal({ onError: (error) => { throw error; } });
  const other = await createResources({ databaseUrl: resources.url, journal, vaultKeys: parseVaultKeys(`${KEYS.next},${KEYS.old}`), quiet: true });
  const count = (await refs()).length;
  expect([await other.resealPsks(), await other.resealPsks()]).toEqual([count, 0]);
  expect((await regionOf(other.app, 'cn-north-1').verb(`vpnTunnels/${tunnels[0]}:revealPsk`)).psk).toBe('another secret');
  expect((await other.app.inject({ url: '/internal/v1/psks/psk-x', headers: { authorization: 'Bearer anything' } })).statusCode).toBe(403);
  await other.close();
  await journal.close();
});
