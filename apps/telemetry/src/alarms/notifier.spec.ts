import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, dataSourceOptions, migrate, Vault } from '@bordergate/platform';
import { Counter, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/database.js';
import { SCHEMA } from '../store/migrations.js';
import { T0, VAULT_KEYS } from '../telemetry.test-support.js';
import { AddressGuard } from './address-guard.js';
import { Notifier, PAUSES_MS } from './notifier.js';
import { MAX_AGE_MS, MAX_WAITING } from './outbox.js';
import { secretContext } from './rule-rows.js';

const vault = new Vault(VAULT_KEYS);
let database: TestDatabase;
let db: DataSource;
let now: number;
let tries: Counter<'result'>;
let ending: (() => unknown)[];
beforeEach(async () => {
  [now, ending] = [T0, []];
  database = await testDatabase();
  await migrate(database.url, SCHEMA);
  db = await new DataSource(dataSourceOptions(database.url, SCHEMA, 'test')).initialize();
  tries = new Counter({ name: 'tries', help: 'tries', labelNames: ['result'], registers: [new Registry()] });
});
afterEach(async () => {
  for (const end of ending.toReversed()) await end();
  await db.destroy();
  await database.drop();
});

async function receiver(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => { server.closeAllConnections(); server.close(); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
const rule = (id: string, url: string | null) => db.query(
  "insert into alarm_rule (id, tenant, region, version, enabled, content, webhook_url, webhook_secret, created_ms, updated_ms) values ($1, 'default', 'region-1', 1, true, '{}', $2, $3, 0, 0)",
  [id, url, url && vault.seal('a secret of sixteen or more', secretContext(id))],
);
const message = (ruleId: string, text: string, { resourceId = 'tun-1', at = now, failure = null as string | null } = {}) => db.query(
  `insert into alarm_history (at_ms, tenant, region, rule_id, rule_name, resource_kind, resource_id, state, detail, notification, next_ms, notice_id, body, failure)
   values ($1, 'default', 'region-1', $2, 'name', 'vpnTunnel', $3, 'alarm', '', 'pending', 0, $4, $4, $5)`,
  [at, ruleId, resourceId, text, failure],
);
const became = (): Promise<{ notice_id: string; notification: string; attempts: number; failure: string | null; body: string | null }[]> =>
  db.query('select notice_id, notification, attempts, failure, body from alarm_history order by no');
function start(): void {
  const over = new AbortController();
  const notifier = new Notifier({ vault, guard: new AddressGuard(['127.0.0.0/8']), clock: { now: () => now }, log: createLog('test', { write: () => {} }), tries });
  const running = notifier.run({ session: db.manager, over: over.signal });
  ending.unshift(() => running); // last, after the receivers
  ending.push(() => over.abort());
}
const bodyOf = (told: string[], status: () => number): RequestListener => (request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece: string) => { body += piece; }).on('end', () => {
    told.push(`${status()} ${body}`);
    response.writeHead(status()).end();
  });
};

it('a receiver that never answers delays nobody else, however many rules lead to it', async () => {
  const told: string[] = [];
  let [asked, closed] = [0, 0];
  const silent = await receiver((request) => {
    asked++;
    request.socket.on('close', () => closed++);
  });
  const good = await receiver(bodyOf(told, () => 204));
  for (let n = 0; n < 150; n++) {
    await rule(`silent-${n}`, `${silent.url}/${n}`);
    await message(`silent-${n}`, `lost ${n}`);
  }
  await rule('good', `${good.url}/`);
  for (let n = 0; n < 9; n++) await message('good', `told ${n}`, { resourceId: `tun-${n}` });
  start();
  await vi.waitFor(() => expect(told.toSorted()).toEqual(Array.from({ length: 9 }, (_, n) => `204 told ${n}`)));
  // The silent one is still being waited for: by one.
  expect([asked, closed]).toEqual([1, 0]);
  silent.server.closeAllConnections();
  await vi.waitFor(async () => expect((await became()).filter(({ attempts }) => attempts > 0)).toHaveLength(10));
  expect((await became())[0]).toMatchObject({ notification: 'pending', failure: 'the connection ended before an answer' });
  now += 5_000;
  await vi.waitFor(() => expect(asked).toBe(2)); // another one's turn
  expect((await became()).filter(({ attempts }) => attempts > 0)).toHaveLength(10);
});

it('of one alarm the newest wait, and nothing for more than a day: what is given up stays in the history with its reason', async () => {
  const told: string[] = [];
  let status = 503;
  const { url } = await receiver(bodyOf(told, () => status));
  await rule('flaps', `${url}/`);
  await rule('old', `${url}/`);
  await rule('nobody', null);
  await message('flaps', 'flap 0', { failure: 'answered 500' });
  for (let n = 1; n < MAX_WAITING + 5; n++) await message('flaps', `flap ${n}`);
  await message('old', 'old', { at: now - MAX_AGE_MS - 1 });
  await message('old', 'a day old', { at: now - MAX_AGE_MS });
  await message('nobody', 'without a webhook');
  await message('deleted', 'of no rule');
  start();
  const givenUp = (because: string) => ({ notification: 'failed', attempts: 0, body: null, failure: `given up: ${because}` });
  await vi.waitFor(async () => expect((await became()).filter(({ notification, attempts }) => notification === 'failed' || attempts > 0)).toMatchObject([
    { notice_id: 'flap 0', ...givenUp('20 newer ones of the alarm wait; the last try: answered 500') },
    ...[1, 2, 3, 4].map((n) => ({ notice_id: `flap ${n}`, ...givenUp('20 newer ones of the alarm wait') })),
    { notice_id: 'flap 5', notification: 'pending', attempts: 1, failure: 'answered 503' },
    { notice_id: 'old', ...givenUp('it has waited for 24 h') },
    { notice_id: 'a day old', notification: 'pending', attempts: 1 },
    { notice_id: 'without a webhook', ...givenUp('the rule is deleted, or has no webhook any more') },
    { notice_id: 'of no rule', ...givenUp('the rule is deleted, or has no webhook any more') },
  ]));
  status = 204;
  now += PAUSES_MS[0]!;
  const flaps = () => told.filter((each) => each.startsWith('204 flap'));
  await vi.waitFor(() => expect(flaps()).toEqual(Array.from({ length: MAX_WAITING }, (_, n) => `204 flap ${n + 5}`)));
  await vi.waitFor(async () => expect((await became()).some(({ notification }) => notification === 'pending')).toBe(false));
  expect((await tries.get()).values.map(({ labels, value }) => [labels.result, value]).toSorted()).toEqual([['delivered', MAX_WAITING + 1], ['failed', 8], ['retried', 2]]);
});
