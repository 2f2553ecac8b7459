import { TOPICS } from '@bordergate/contracts';
import { createLog, MemoryJournal, parseVaultKeys } from '@bordergate/platform';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createResources, type Resources } from './create-resources.js';
import { connected, KEYS, regionOf, testResources, type TestResources } from './region.test-support.js';
import { HistoriesDiffer, recover } from './store/recover.js';

let before: TestResources;
let restored: Resources | undefined;
const extra: string[] = [];
beforeEach(async () => {
  before = await testResources();
});
afterEach(async () => {
  await restored?.close();
  restored = undefined;
  for (const name of extra.splice(0)) await admin(`drop database ${name} with (force)`);
  await before.close();
});

async function admin(sql: string): Promise<void> {
  const client = new pg.Client(before.url.replace(/\/[^/]*$/, '/postgres'));
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** The database as it is at this moment: what a backup holds. */
async function backup(): Promise<string> {
  const [, name] = /\/([^/]+)$/.exec(before.url)!;
  const copy = `${name}_copy_${extra.length}`;
  // a template must have no sessions; those of the service are cut, and come back
  await admin(`alter database ${name} with allow_connections false`);
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await expect.poll(() => admin(`create database ${copy} template ${name}`).then(() => true, () => false)).toBe(true);
  await admin(`alter database ${name} with allow_connections true`);
  extra.push(copy);
  return before.url.replace(/[^/]+$/, copy);
}

/** Resources on the restored database, with the topic as it was when the database was lost. */
async function start(url: string): Promise<Resources> {
  const journal = new MemoryJournal({ onError: () => {} });
  return createResources({ databaseUrl: url, journal, vaultKeys: parseVaultKeys(KEYS.old), log: createLog('resources', { write: () => {} }) });
}

const rows = ({ db }: Pick<Resources, 'db'>) => db.query('select kind, id, fields from resource order by kind, id');
const log = ({ db }: Pick<Resources, 'db'>) => db.query('select position, id, stream, version, type, decision, meta from events order by position');
async function relayed({ db, journal }: TestResources): Promise<void> {
  const [{ events }] = await db.query('select count(*)::int as events from events');
  await expect.poll(() => journal.size(TOPICS.decisions)).toBe(events);
}

it('decisions made after the backup come back from the topic, at their places, and the view with them', async () => {
  await before.region.make('vpcs', { vpcName: 'old', cidr: '10.0.0.0/16' });
  const url = await backup();
  const { connection } = await connected(before.region);
  const { body: { items } } = await before.region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`);
  await before.region.verb(`vpnTunnels/${items[0].vpnTunnelId}:disable`);
  await relayed(before);

  restored = await start(url);
  const recovered = await recover(restored.db, before.journal);
  expect(recovered.decisions).toBeGreaterThan(5);
  expect(await log(restored)).toEqual(await log(before));
  expect(await rows(restored)).toEqual(await rows(before));
  // keys are on no topic: who has lost them is told which
  expect(recovered.lostPsks.map(({ tunnelId }) => tunnelId).sort()).toEqual(items.map((tunnel: any) => tunnel.vpnTunnelId).sort());
  // each time, until it has been given a new one
  expect(await recover(restored.db, before.journal)).toEqual({ decisions: 0, lostPsks: recovered.lostPsks });
  const region = regionOf(restored.app, 'cn-north-1');
  expect(await region.refused('POST', `vpnTunnels/${items[0].vpnTunnelId}:revealPsk`)).toEqual([409, 'psk-lost', undefined]);
  expect((await region.send('POST', `vpnTunnels/${items[0].vpnTunnelId}:revealPsk`)).body.detail).toContain(`PATCH …/vpnTunnels/${items[0].vpnTunnelId} with psk`);
  // life goes on behind the last position, and a new key can be given
  await region.change(`vpnTunnels/${items[0].vpnTunnelId}`, { psk: 'a new one for the lost one' });
  expect((await log(restored)).length).toBeGreaterThan((await log(before)).length);
  expect(await region.verb(`vpnTunnels/${items[0].vpnTunnelId}:revealPsk`)).toMatchObject({ psk: 'a new one for the lost one' });
  expect((await recover(restored.db, before.journal)).lostPsks).toEqual(recovered.lostPsks.filter(({ tunnelId }) => tunnelId !== items[0].vpnTunnelId));
});

it('a backup that is the newest there is needs nothing', async () => {
  await before.region.make('vpcs', { vpcName: 'old', cidr: '10.0.0.0/16' });
  await relayed(before);
  restored = await start(await backup());
  const was = await log(restored);
  expect(await recover(restored.db, before.journal)).toEqual({ decisions: 0, lostPsks: [] });
  expect(await log(restored)).toEqual(was);
});

it('two histories are not mixed: the place is named, and nothing is changed', async () => {
  await before.region.make('vpcs', { vpcName: 'old', cidr: '10.0.0.0/16' });
  const url = await backup();
  await before.region.make('vpcs', { vpcName: 'relayed', cidr: '10.1.0.0/16' });
  await relayed(before);
  // resources was started on the old state before it was recovered, and someone has decided
  restored = await start(url);
  await regionOf(restored.app, 'cn-north-1').make('vpcs', { vpcName: 'another', cidr: '10.2.0.0/16' });
  const was = await log(restored);
  await expect(recover(restored.db, before.journal)).rejects.toThrow(HistoriesDiffer);
  expect(await log(restored)).toEqual(was);
});
