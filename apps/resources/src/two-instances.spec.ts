import { append, createLog, MemoryJournal, parseVaultKeys, requestHash } from '@bordergate/platform';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { createResources, type Resources, type ResourcesOptions } from './create-resources.js';
import { connected, KEYS, regionOf, WORKER_TOKEN } from './region.test-support.js';
import { MIGRATIONS } from './store/migrations.js';

// Several processes on one database, each with a journal of its own: what they share is PostgreSQL.
let database: TestDatabase;
const running: { resources: Resources; journal: MemoryJournal }[] = [];
const log = createLog('resources', { write: () => {} });

async function instance(options: Partial<ResourcesOptions> = {}) {
  const journal = new MemoryJournal({ onError: (error) => { throw error; } });
  const resources = await createResources({ databaseUrl: database.url, journal, durableJournal: true, vaultKeys: parseVaultKeys(KEYS.old), workerToken: WORKER_TOKEN, log, quiet: true, ...options });
  running.push({ resources, journal });
  return { resources, region: regionOf(resources.app, 'cn-north-1') };
}
const stopAll = async () => {
  for (const { resources, journal } of running.splice(0)) {
    await resources.close();
    await journal.close();
  }
};

describe('two instances', () => {
  let a: Awaited<ReturnType<typeof instance>>;
  let b: Awaited<ReturnType<typeof instance>>;
  beforeAll(async () => {
    database = await testDatabase();
    [a, b] = await Promise.all([instance(), instance()]); // on an empty database: one of them migrates
  });
  afterAll(async () => {
    await stopAll();
    await database.drop();
  });

  it('read what the other wrote, and change it at the right version', async () => {
    const vpc = await a.region.make('vpcs', { vpcName: 'v', cidr: '10.1.0.0/16' });
    for (let n = 0; n < 10; n++) {
      const writer = n % 2 ? a : b;
      const read = await writer.region.send('GET', `vpcs/${vpc.vpcId}`);
      const change = await writer.region.send('PATCH', `vpcs/${vpc.vpcId}`, { description: `round ${n}` }, { 'if-match': read.headers.etag as string });
      expect([change.status, (await (n % 2 ? b : a).region.get(`vpcs/${vpc.vpcId}`)).description]).toEqual([200, `round ${n}`]);
    }
  });

  it('hold a rule across aggregates against each other: the initial tunnels are made once, and no inner prefix twice', async () => {
    const { connection } = await connected(a.region);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? a : b).region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const tunnels = await b.region.get(`vpnTunnels?vpnConnectionId=${connection.vpnConnectionId}`);
    expect(new Set(tunnels.items.map(({ tunnelIp }: { tunnelIp: string }) => tunnelIp)).size).toBe(tunnels.items.length);
  });

  it('answer a repeated request as the other answered it', async () => {
    const body = { vpcName: 'once', cidr: '10.9.0.0/16' };
    const answers = await Promise.all([a, b, a, b].map(({ region }) => region.send('POST', 'vpcs', body, { 'idempotency-key': 'once' })));
    expect(new Set(answers.map(({ body: { vpcId } }) => vpcId)).size).toBe(1);
    expect((await b.region.send('POST', 'vpcs', { ...body, cidr: '10.8.0.0/16' }, { 'idempotency-key': 'once' })).status).toBe(422);
  });

  it('open the secrets that the other sealed', async () => {
    const tunnel = (await a.region.get('vpnTunnels')).items[0];
    await a.region.verb(`vpnTunnels/${tunnel.vpnTunnelId}:disable`);
    await a.region.change(`vpnTunnels/${tunnel.vpnTunnelId}`, { psk: 'a secret of a' });
    expect((await b.region.verb(`vpnTunnels/${tunnel.vpnTunnelId}:revealPsk`)).psk).toBe('a secret of a');
  });

  it('refuse to serve without the keys of the secrets that are there, and name them', async () => {
    await expect(instance({ vaultKeys: parseVaultKeys(KEYS.next) })).rejects.toThrow(/BORDERGATE_VAULT_KEYS has no key old \(\d+ pre-shared keys are sealed with it\)/);
  });
});

describe('an installation of before the schemas', () => {
  afterEach(async () => {
    await stopAll();
    await database.drop();
  });

  it('is carried over when it starts: log, views, secrets and repeated requests', async () => {
    database = await testDatabase();
    const before = await new DataSource({ type: 'postgres', url: database.url, migrations: MIGRATIONS, migrationsTableName: 'resources_migrations', migrationsRun: true }).initialize();
    const meta = { actor: 'ann', tenant: 'default', at: '2026-11-21T10:00:00.000Z', causationId: 'r1', correlationId: 'r1' };
    await append(before.manager, 'border-gateway-bgw-1', 0, [{ type: 'BorderGatewayCreated', borderGatewayId: 'bgw-1', region: 'cn-north-1', name: 'of-before', description: '', bgpAsn: 65000 }], meta);
    const body = { bgwName: 'asked-for-before' };
    await before.query("insert into idempotency (tenant, key, route, request_hash, status, body) values ('default', 'k', 'POST /v1/regions/cn-north-1/borderGateways', $1, 201, $2)", [requestHash(body, parseVaultKeys(KEYS.old)).text, JSON.stringify({ version: 1, document: { bgwId: 'bgw-answered' } })]);
    await before.destroy();

    const { resources, region } = await instance();
    expect(await resources.db.query("select table_name from information_schema.tables where table_schema = 'public'")).toEqual([]);
    await resources.rebuild(); // this log was written without its view
    expect(await region.get('borderGateways/bgw-1')).toMatchObject({ bgwName: 'of-before' });
    expect((await region.send('POST', 'borderGateways', body, { 'idempotency-key': 'k' })).body).toMatchObject({ bgwId: 'bgw-answered' });
    await region.make('borderGateways', { bgwName: 'of-today' });
    expect(await resources.db.query('select position, type from events order by position')).toMatchObject([{ position: '1', type: 'BorderGatewayCreated' }, { position: '2', type: 'BorderGatewayCreated' }]);
  });

  it('waits where it may not migrate', async () => {
    database = await testDatabase();
    await expect(instance({ migrate: false })).rejects.toThrow('not migrated yet');
    await instance();
    await instance({ migrate: false });
  });
});
