import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TOPICS } from '@bordergate/contracts';
import { createLog, MemoryJournal, parseVaultKeys, startPostgres, type DevPostgres } from '@bordergate/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createResources, type Resources } from './create-resources.js';
import { connected, KEYS, regionOf, WORKER_TOKEN } from './region.test-support.js';
import { recover } from './store/recover.js';

/** A server with its pg_dump and pg_restore: those of npm come without, and pg_dump refuses a server that is younger than itself. Debian keeps them by version. */
const PROGRAMS = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];
const bin = [process.env.PG_BIN ?? '', ...(existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`) : [])]
  .find((folder) => PROGRAMS.every((name) => existsSync(path.join(folder, name))));
const run = promisify(execFile);

const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-backup-'));
const journals: MemoryJournal[] = [];
let postgres: DevPostgres | undefined;

beforeAll(async () => {
  if (!bin) return;
  chmodSync(dir, 0o755); // the server runs as another user when root tests
  const before = process.env.PG_BIN;
  process.env.PG_BIN = bin;
  postgres = await startPostgres(path.join(dir, 'data'), 0, { fsync: 'off' });
  if (before === undefined) delete process.env.PG_BIN;
  else process.env.PG_BIN = before;
});
afterAll(async () => {
  await Promise.all(journals.map((journal) => journal.close()));
  await postgres?.stop();
  rmSync(dir, { recursive: true });
});

async function start(databaseUrl: string): Promise<Resources & { readonly journal: MemoryJournal }> {
  const journal = new MemoryJournal({ onError: () => {} });
  journals.push(journal);
  return { ...(await createResources({ databaseUrl, journal, vaultKeys: parseVaultKeys(KEYS.old), workerToken: WORKER_TOKEN, log: createLog('resources', { write: () => {} }) })), journal };
}
const log = ({ db }: Resources) => db.query('select position, id, stream, version, type, decision, meta from events order by position');
async function relayed(resources: Resources & { readonly journal: MemoryJournal }): Promise<void> {
  const decisions = (await log(resources)).length;
  await expect.poll(() => resources.journal.size(TOPICS.decisions)).toBe(decisions);
}
const rows = ({ db }: Resources) => db.query('select * from resource order by kind, id');

it.skipIf(!bin)(`what pg_dump has kept, pg_restore gives back: log, views, secrets and answers (${bin ?? 'skipped: no pg_dump beside a server of its version; Debian: postgresql'})`, async () => {
  const url = await postgres!.createDatabase('lost');
  const before = await start(url);
  const region = regionOf(before.app, 'cn-north-1');
  const { connection } = await connected(region);
  const { body: { items } } = await region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`);
  const vpc = { vpcName: 'repeated', cidr: '10.0.0.0/16' };
  const first = await region.send('POST', 'vpcs', vpc, { 'idempotency-key': 'k' });
  const psks = await Promise.all(items.map(({ vpnTunnelId }: { vpnTunnelId: string }) => region.verb(`vpnTunnels/${vpnTunnelId}:revealPsk`)));
  await relayed(before);
  const dump = path.join(dir, 'bordergate.dump');
  await run(path.join(bin!, 'pg_dump'), ['--format=custom', `--file=${dump}`, url]);
  const kept = { log: await log(before), rows: await rows(before) };
  await region.make('vpcs', { vpcName: 'after-the-backup', cidr: '10.1.0.0/16' });
  await relayed(before);
  const all = { log: await log(before), rows: await rows(before) };
  await before.close();

  const empty = await postgres!.createDatabase('found');
  await run(path.join(bin!, 'pg_restore'), ['--no-owner', `--dbname=${empty}`, dump]);
  const restored = await start(empty);
  expect({ log: await log(restored), rows: await rows(restored) }).toEqual(kept);
  // as docs/operations.md has it: what was made after the backup comes from the topic
  expect(await recover(restored.db, before.journal)).toMatchObject({ decisions: all.log.length - kept.log.length });
  expect({ log: await log(restored), rows: await rows(restored) }).toEqual(all);
  const again = regionOf(restored.app, 'cn-north-1');
  expect(await Promise.all(items.map(({ vpnTunnelId }: { vpnTunnelId: string }) => again.verb(`vpnTunnels/${vpnTunnelId}:revealPsk`)))).toEqual(psks);
  const repeated = await again.send('POST', 'vpcs', vpc, { 'idempotency-key': 'k' });
  expect([repeated.body, repeated.headers['idempotent-replayed']]).toEqual([first.body, 'true']);
  await restored.close();
});
