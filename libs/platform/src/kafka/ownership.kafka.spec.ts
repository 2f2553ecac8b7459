import type { Topic } from '@bordergate/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { record, recorder } from '../journal.contract.js';
import { NotOwner, type Journal, type JournalErrorHandler, type Ownership } from '../journal.js';
import { quiet, testJournal, testSettings } from '../testing/kafka.js';
import { kafkaClient, kafkaErrorType, partitionOf } from './client.js';
import { encodeRecord } from './message.js';
import { openTransactional } from './producers.js';

const patience = { timeout: 60_000, interval: 20 };
const PARTITIONS = testSettings().partitions;
const client = kafkaClient(testSettings(), 'spec', quiet);
const onError = vi.fn<JournalErrorHandler>();
const journals: Journal[] = [];
let runs = 0;
const fresh = () => {
  const name = `own.${process.pid}.${Date.now()}.${runs++}`;
  return { group: name, topic: { name: `${name}.v1`, key: 'k', content: '', retention: 'compacted' } satisfies Topic };
};
beforeEach(() => onError.mockReset());
afterEach(async () => { await Promise.all(journals.splice(0).map((one) => one.close())); });

async function member(group: string, topic: Topic) {
  const journal = testJournal({ onError, backoff: { first: 20, last: 200 } });
  journals.push(journal);
  const owned = new Set<number>();
  const acquired = vi.fn((partitions: readonly number[]) => { for (const partition of partitions) owned.add(partition); });
  const released = vi.fn((partitions: readonly number[]) => { for (const partition of partitions) owned.delete(partition); });
  const ownership = await journal.own(group, [topic], { acquired, released });
  return { journal, ownership, owned, acquired, released };
}
const rowsOf = async (ownership: Ownership, topic: Topic, partitions: readonly number[]) => {
  const reader = recorder();
  await ownership.read(topic, partitions, (records) => void reader.seen.push(...records.map((r) => [r.key, r.event?.data ?? null] as const)));
  return reader.seen;
};
const messagesOf = (topic: Topic, key: string, value: number) => {
  const one = record(key, value);
  const message = encodeRecord(one);
  return [{ topic: topic.name, messages: [{ ...message, headers: { ...message.headers }, partition: partitionOf(one.partitionKey, PARTITIONS) }] }];
};

it('has each partition written by one process, and moves them when a process comes or goes', async () => {
  const { group, topic } = fresh();
  const a = await member(group, topic);
  await vi.waitFor(() => expect(a.owned.size).toBe(PARTITIONS), patience);
  const b = await member(group, topic);
  await vi.waitFor(() => {
    expect(b.owned.size).toBeGreaterThan(0);
    expect(a.owned.size + b.owned.size).toBe(PARTITIONS);
  }, patience);
  expect([...a.owned].filter((partition) => b.owned.has(partition))).toEqual([]);
  const keys = Array.from({ length: 12 }, (_, n) => `k${n}`);
  for (const [n, key] of keys.entries()) {
    const [owner, other] = a.owned.has(a.ownership.partitionOf(key)) ? [a, b] : [b, a];
    await owner.ownership.publish(topic, [record(key, n)]);
    await expect(other.ownership.publish(topic, [record(key, -1)])).rejects.toThrow(NotOwner);
  }
  await a.ownership.close();
  await vi.waitFor(() => expect(b.owned.size).toBe(PARTITIONS), patience);
  const rows = await rowsOf(b.ownership, topic, [...b.owned]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(keys.map((key, n) => [key, n])));
  expect(rows).toHaveLength(12);
});

it('does not take over what it has held all the time', async () => {
  const { group, topic } = fresh();
  const a = await member(group, topic);
  await vi.waitFor(() => expect(a.owned.size).toBe(PARTITIONS), patience);
  await a.ownership.publish(topic, Array.from({ length: 12 }, (_, n) => record(`k${n}`, n)));
  const b = await member(group, topic);
  await vi.waitFor(() => expect(b.owned.size).toBeGreaterThan(0), patience);
  await b.ownership.close();
  await vi.waitFor(() => expect(a.owned.size).toBe(PARTITIONS), patience);
  const kept = [...a.owned].filter((partition) => !b.acquired.mock.calls.flat(2).includes(partition));
  expect(kept.length).toBeGreaterThan(0);
  expect(a.acquired.mock.calls.flat(2).filter((partition) => kept.includes(partition)).sort()).toEqual(kept.sort());
  await a.ownership.publish(topic, Array.from({ length: 12 }, (_, n) => record(`k${n}`, n + 100)));
});

it('fences the producer of an older owner: what it sends, and what it has begun, is not written', async () => {
  const { group, topic } = fresh();
  const a = await member(group, topic);
  await vi.waitFor(() => expect(a.owned.size).toBe(PARTITIONS), patience);
  const partition = a.ownership.partitionOf('key');
  await a.ownership.close();

  // an owner that was stopped in the middle of a transaction, and wakes up when there is another
  const begun = client.producer({ idempotent: true, transactionalId: `${group}-${partition}`, maxInFlightRequests: 1, createPartitioner: () => ({ message }) => message.partition!, retry: { retries: 2, initialRetryTime: 20 } });
  await begun.connect();
  const transaction = await begun.transaction();
  await transaction.sendBatch({ topicMessages: messagesOf(topic, 'key', 666) });
  const idle = await openTransactional(client, `${group}-${partition}`).catch(() => undefined);

  const b = await member(group, topic);
  await vi.waitFor(() => expect(b.owned.has(partition)).toBe(true), patience);
  await b.ownership.publish(topic, [record('key', 1)]);
  await expect(transaction.commit()).rejects.toSatisfy((error) => kafkaErrorType(error) === 'INVALID_PRODUCER_EPOCH');
  await expect(idle!.send(messagesOf(topic, 'key', 667))).rejects.toSatisfy((error) => kafkaErrorType(error) === 'INVALID_PRODUCER_EPOCH');
  await b.ownership.publish(topic, [record('key', 2)]);
  expect(await rowsOf(b.ownership, topic, [partition])).toEqual([['key', 1], ['key', 2]]);
  await Promise.all([begun.disconnect(), idle!.close()]);
});

it('writes nothing once a younger owner was seen, and takes over again what the group says is its own', async () => {
  const { group, topic } = fresh();
  const a = await member(group, topic);
  await vi.waitFor(() => expect(a.owned.size).toBe(PARTITIONS), patience);
  const partition = a.ownership.partitionOf('key');
  await a.ownership.publish(topic, [record('key', 1)]);
  const young = await openTransactional(client, `${group}-${partition}`);
  await young.send(messagesOf(topic, 'key', 2));
  await expect(a.ownership.publish(topic, [record('key', 3)])).rejects.toThrow(NotOwner);
  expect(a.released).toHaveBeenCalledWith([partition]);
  await vi.waitFor(() => expect(a.acquired).toHaveBeenLastCalledWith([partition]), patience);
  expect(await rowsOf(a.ownership, topic, [partition])).toEqual([['key', 1], ['key', 2]]);
  await a.ownership.publish(topic, [record('key', 4)]);
  await expect(young.send(messagesOf(topic, 'key', 5))).rejects.toSatisfy((error) => kafkaErrorType(error) === 'INVALID_PRODUCER_EPOCH');
  expect((await rowsOf(a.ownership, topic, [partition])).at(-1)).toEqual(['key', 4]);
  await young.close();
});
