import { TOPICS, type JournalRecord } from '@bordergate/contracts';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { postgresCheckpoint } from './checkpoint.js';
import { append, readLog } from './event-store.js';
import type { Journal } from './journal.js';
import { MemoryJournal } from './journal-memory.js';
import { createLog } from './log.js';
import { Relay, type RelayOptions } from './relay.js';
import { created, META, renamed, testStore } from './testing/store.js';

let db: DataSource;
let close: () => Promise<void>;
let journal: Journal;
let published: JournalRecord[];
const lines: string[] = [];
const running: Relay[] = [];
const log = createLog('test', { write: (line) => lines.push(line) });
const types = () => published.map((r) => r.event?.type);

beforeAll(async () => {
  ({ db, close } = await testStore());
  await append(db.manager, 'border-gateway-a', 0, [created('a'), renamed('a', 'b'), renamed('a', 'c')], META);
});
afterAll(() => close());
beforeEach(async () => {
  published = [];
  journal = new MemoryJournal({ onError: (error) => { throw error; } });
  await journal.subscribe(TOPICS.decisions, { name: 'reader', from: 'beginning' }, { batch: (records) => void published.push(...records) });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((r) => r.stop()));
  await journal.close();
});
const relay = (more: Partial<RelayOptions> = {}) => {
  const made = new Relay({ db: db.manager, journal, source: '/bordergate/resources', log, ...more });
  running.push(made);
  return made;
};

it('has published what was in the log when it has started', async () => {
  const accepted: number[] = [];
  const counting: Journal = { ...journal, publish: async (_, records) => void accepted.push(records.length), subscribe: journal.subscribe, own: journal.own, close: journal.close, check: journal.check };
  await relay({ journal: counting, batchSize: 2 }).start();
  expect(accepted).toEqual([2, 1]);
});

it('publishes decisions as CloudEvents, in stream order', async () => {
  await relay().start();
  await vi.waitFor(() => expect(published).toHaveLength(3));
  expect(published[0]).toEqual({
    key: 'border-gateway-a', partitionKey: 'border-gateway-a',
    event: {
      specversion: '1.0', id: expect.stringMatching(/^[0-9a-f-]{36}$/), source: '/bordergate/resources', type: 'dev.bordergate.vpn.BorderGatewayCreated.v1', subject: 'border-gateway-a',
      time: META.at, data: created('a'), tenant: 'default', actor: 'ann', correlationid: 'r1', causationid: 'r1', partitionkey: 'border-gateway-a', sequence: '1',
    },
  });
});

it('publishes a new decision at once when poked, and soon when not', async () => {
  const lazy = relay({ poll: { first: 60_000, last: 60_000 } });
  await lazy.start();
  await append(db.manager, 'border-gateway-b', 0, [created('b')], META);
  lazy.poke();
  await vi.waitFor(() => expect(types()).toHaveLength(4));
  await lazy.stop();
  await relay({ poll: { first: 5, last: 5 } }).start();
  await vi.waitFor(() => expect(types()).toHaveLength(8));
  await append(db.manager, 'border-gateway-c', 0, [created('c')], META);
  await vi.waitFor(() => expect(types()).toHaveLength(9));
});

it('goes on after its checkpoint', async () => {
  const checkpoint = postgresCheckpoint(db.manager, 'relay');
  const first = relay({ checkpoint });
  await first.start();
  await first.stop();
  expect(await checkpoint.load()).toBe(first.position);
  const inLog = (await readLog(db.manager, 0n, 100)).length;
  await vi.waitFor(() => expect(published).toHaveLength(inLog));
  await relay({ checkpoint }).start();
  await append(db.manager, 'border-gateway-d', 0, [created('d')], META);
  running.at(-1)!.poke();
  await vi.waitFor(() => expect(published.at(-1)?.key).toBe('border-gateway-d'));
  expect(published).toHaveLength(inLog + 1);
});

it('logs a failure and tries again', async () => {
  let failures = 0;
  const fragile: Journal = { ...journal, subscribe: journal.subscribe, own: journal.own, close: journal.close, check: journal.check, publish: async (topic, records) => {
    if (records.some((r) => r.key === 'border-gateway-e') && failures++ < 2) throw new Error('broker away');
    await journal.publish(topic, records);
  } };
  await relay({ journal: fragile, poll: { first: 2, last: 2 } }).start();
  await append(db.manager, 'border-gateway-e', 0, [created('e')], META);
  await vi.waitFor(() => expect(published.at(-1)?.key).toBe('border-gateway-e'));
  expect(lines.filter((l) => l.includes('broker away'))).toHaveLength(2);
});

it('does not wait for a journal that takes nothing when it is to stop, and publishes the batch at the next start', async () => {
  let asked = (): void => {};
  const publishing = new Promise<void>((resolve) => { asked = resolve; });
  const held: Journal = { ...journal, subscribe: journal.subscribe, own: journal.own, close: journal.close, check: journal.check, publish: () => {
    asked();
    return new Promise(() => {});
  } };
  const saved: bigint[] = [];
  const stuck = relay({ journal: held, checkpoint: { load: async () => 0n, save: async (position) => void saved.push(position) } });
  const over = new AbortController();
  const tailing = stuck.tail(over.signal);
  await publishing;
  over.abort();
  await tailing;
  expect([stuck.position, saved]).toEqual([0n, []]);
  await relay().start();
  await vi.waitFor(() => expect(published.length).toBeGreaterThan(0));
});

it('measures position and lag', async () => {
  const registry = new Registry();
  let accept!: () => void;
  const accepted = new Promise<void>((resolve) => { accept = resolve; });
  const slow: Journal = { ...journal, subscribe: journal.subscribe, own: journal.own, close: journal.close, check: journal.check, publish: async (topic, records) => {
    if (records.some((r) => r.key === 'border-gateway-f')) await accepted;
    await journal.publish(topic, records);
  } };
  const behind = relay({ journal: slow, registry });
  await behind.start();
  await append(db.manager, 'border-gateway-f', 0, [created('f'), renamed('f', 'g')], META);
  const text = await registry.metrics();
  expect(text).toContain(`bordergate_relay_position ${behind.position}`);
  expect(text).toContain('bordergate_relay_lag_events 2');
  accept();
});

it('looks once for what was committed together: a page that is not full is the end of the log', async () => {
  const before = await readLog(db.manager, 0n, 100);
  let looks = 0;
  const counting = { query: (sql: string, parameters?: unknown[]) => {
    if (sql.includes('position > $1')) looks++;
    return db.manager.query(sql, parameters);
  } };
  const tailing = relay({ db: counting, poll: { first: 60_000, last: 60_000 } });
  await tailing.start();
  await vi.waitFor(() => expect(published).toHaveLength(before.length));
  await vi.waitFor(() => expect(looks).toBe(2)); // at the start, and when the tail begins
  await append(db.manager, 'border-gateway-once', 0, [created('once'), renamed('once', 'again')], META);
  tailing.poke();
  await vi.waitFor(() => expect(published).toHaveLength(before.length + 2));
  tailing.poke();
  await vi.waitFor(() => expect(looks).toBe(4)); // one for both events, and one for the poke of nothing
});
