import { TOPICS, type JournalRecord } from '@bordergate/contracts';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { append } from './event-store.js';
import type { Journal } from './journal.js';
import { MemoryJournal } from './journal-memory.js';
import { LedRelay } from './led-relay.js';
import { createLog } from './log.js';
import { CreateEventStore1763683200000 } from './migrations.js';
import { dataSourceOptions, migrate, type ServiceSchema } from './service-schema.js';
import { created, META, renamed } from './testing/store.js';

const SCHEMA: ServiceSchema = { name: 'led', migrations: [CreateEventStore1763683200000], migrationsTable: 'led_migrations' };
const NEVER = { first: 3_600_000, last: 3_600_000 };
let database: TestDatabase;
let db: DataSource;
let journal: Journal;
let published: JournalRecord[];
const running: LedRelay[] = [];
const log = createLog('test', { write: () => {} });

beforeEach(async () => {
  database = await testDatabase();
  await migrate(database.url, SCHEMA);
  db = await new DataSource(dataSourceOptions(database.url, SCHEMA, 'test')).initialize();
  published = [];
  journal = new MemoryJournal({ onError: (error) => { throw error; } });
  await journal.subscribe(TOPICS.decisions, { name: 'reader', from: 'beginning' }, { batch: (records) => void published.push(...records) });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.stop()));
  await journal.close();
  await db.destroy();
  await database.drop();
});

function relay(through: Journal = journal): LedRelay & { registry: Registry } {
  const registry = new Registry();
  const made = new LedRelay({ db: db.manager, databaseUrl: database.url, schema: SCHEMA.name, name: 'test/relay', journal: through, source: '/test', log, registry, poll: NEVER });
  running.push(made);
  made.start();
  return Object.assign(made, { registry });
}
const leaders = () => running.filter(({ leads }) => leads);
const sequences = () => published.map(({ event }) => event?.sequence);
/** Ends the leader's session from outside, as its death or a cut cable would. */
const cut = () => db.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bordergate leader of test/relay' and wait_event_type <> 'Lock'");
const gauge = async (of: { registry: Registry }, name: string) => (await of.registry.getSingleMetric(name)!.get()).values[0]?.value;

it('has one leader, which is told of what any process commits', async () => {
  relay();
  await vi.waitFor(() => expect(leaders()).toHaveLength(1));
  relay();
  await vi.waitFor(async () => expect(await db.query("select from pg_locks where locktype = 'advisory' and not granted")).toHaveLength(1)); // it waits
  const [leader, other] = running as [LedRelay, LedRelay];
  expect([leader.leads, other.leads]).toEqual([true, false]);
  await append(db.manager, 'border-gateway-a', 0, [created('a')], META);
  await other.committed();
  await vi.waitFor(() => expect(sequences()).toEqual(['1']));
  await append(db.manager, 'border-gateway-a', 1, [renamed('a', 'b')], META);
  await leader.committed();
  await vi.waitFor(() => expect(sequences()).toEqual(['1', '2']));
  const [measured, standing] = running as [ReturnType<typeof relay>, ReturnType<typeof relay>];
  expect([await gauge(measured, 'bordergate_relay_leader'), await gauge(standing, 'bordergate_relay_leader'), await gauge(measured, 'bordergate_relay_position')]).toEqual([1, 0, 2]);
  await vi.waitFor(async () => expect([await gauge(standing, 'bordergate_relay_position'), await gauge(standing, 'bordergate_relay_lag_events')]).toEqual([2, 0]));
});

it('goes on with another leader where the one before was', async () => {
  const first = relay();
  await append(db.manager, 'border-gateway-a', 0, [created('a')], META);
  await vi.waitFor(() => expect(first.leads).toBe(true));
  await first.committed();
  await vi.waitFor(() => expect(sequences()).toEqual(['1']));
  const second = relay();
  await first.stop();
  await vi.waitFor(() => expect(second.leads).toBe(true));
  await append(db.manager, 'border-gateway-a', 1, [renamed('a', 'b')], META);
  await second.committed();
  await vi.waitFor(() => expect(sequences()).toEqual(['1', '2']));
});

it('saves nothing when its session was lost while it published, and stands by again', async () => {
  let letPublish!: () => void;
  const held = new Promise<void>((resolve) => { letPublish = resolve; });
  const slow: Journal = { publish: async (topic, records) => { await held; await journal.publish(topic, records); }, subscribe: journal.subscribe.bind(journal), own: journal.own.bind(journal), close: journal.close.bind(journal), check: journal.check.bind(journal) };
  await append(db.manager, 'border-gateway-a', 0, [created('a')], META);
  const old = relay(slow);
  await vi.waitFor(() => expect(old.leads).toBe(true));
  const next = relay();
  await cut();
  await vi.waitFor(() => expect(sequences()).toEqual(['1'])); // by the next one
  await append(db.manager, 'border-gateway-a', 1, [renamed('a', 'b')], META);
  await next.committed();
  await vi.waitFor(async () => expect(await db.query('select position from checkpoints')).toEqual([{ position: '2' }]));
  letPublish();
  await vi.waitFor(() => expect(sequences()).toEqual(['1', '2', '1'])); // late, and known by its position
  await vi.waitFor(() => expect(leaders()).toEqual([next]));
  expect(await db.query('select position from checkpoints')).toEqual([{ position: '2' }]);
});
