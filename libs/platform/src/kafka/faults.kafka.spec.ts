import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@bordergate/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { throwAwayKafka } from '../../../../test/kafka.js';
import { record, recorder } from '../journal.contract.js';
import type { Journal, JournalErrorHandler } from '../journal.js';
import { quiet, testJournal } from '../testing/kafka.js';
import { kafkaClient } from './client.js';
import type { KafkaJournalOptions } from './journal-kafka.js';
import { JournalTruncated } from './positions.js';
import { BrokerAway } from './presence.js';
import { TopicMisconfigured } from './topics.js';
import { JournalUnavailable } from './writer.js';

let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
let topics = 0;
const journals: Journal[] = [];
const onError = vi.fn<JournalErrorHandler>();
const patience = { timeout: 120_000, interval: 50 };
const topicOf = (retention: Topic['retention']): Topic => ({ name: `faults.${topics++}.v1`, key: 'k', content: 'numbers', retention });
const settings = () => ({ brokers: [broker.brokers], partitions: 2 });
const journal = (more: Partial<KafkaJournalOptions> = {}) => {
  const made = testJournal({ settings: settings(), onError, backoff: { first: 50, last: 500 }, ...more });
  journals.push(made);
  return made;
};
const admin = async <T>(work: (one: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<T>): Promise<T> => {
  const one = kafkaClient(settings(), 'spec', quiet).admin();
  await one.connect();
  return work(one).finally(() => one.disconnect());
};
const numbers = (to: number) => Array.from({ length: to }, (_, n) => n);

beforeAll(async () => { broker = await throwAwayKafka(); });
afterAll(() => broker.remove());
beforeEach(() => onError.mockReset());
afterEach(async () => { await Promise.all(journals.splice(0).map((one) => one.close())); });

it('loses, repeats and reorders nothing over kill -9 of the broker, and replays nothing it has handled', async () => {
  const topic = topicOf('forever');
  const kafka = journal({ publishDeadlineMs: 120_000 });
  const reader = recorder();
  await kafka.subscribe(topic, { name: 'c', from: 'beginning' }, reader);
  const total = 400;
  const publishing = (async () => {
    for (let n = 0; n < total; n++) {
      await kafka.publish(topic, [record('a', n), record('b', n)]);
      await sleep(2);
    }
  })();
  await vi.waitFor(() => expect(reader.of('a').length).toBeGreaterThan(50), patience);
  await broker.kill();
  await sleep(1_000);
  await broker.restart();
  await publishing;
  await vi.waitFor(() => expect(reader.seen.length).toBeGreaterThanOrEqual(2 * total), patience);
  for (const key of ['a', 'b']) expect(reader.of(key)).toEqual(numbers(total));
  expect(reader.caughtUp).toHaveBeenCalledTimes(1);
});

it('works once the broker comes, when it was not there at the start', async () => {
  await broker.stop();
  const topic = topicOf('compacted');
  const kafka = journal({ publishDeadlineMs: 300 });
  const reader = recorder();
  await kafka.subscribe(topic, { name: 'c', from: 'beginning' }, reader);
  await expect(kafka.publish(topic, [record('a', 1)])).rejects.toThrow(JournalUnavailable);
  await vi.waitFor(() => expect(kafka.check()).rejects.toThrow(`: not connected to ${topic.name}`), patience);
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(BrokerAway), expect.anything());
  expect(reader.caughtUp).not.toHaveBeenCalled();
  await broker.restart();
  await vi.waitFor(() => kafka.publish(topic, [record('a', 2)]), patience); // as who publishes does
  await vi.waitFor(() => expect(reader.table()).toEqual({ a: 2 }), patience);
  expect(reader.caughtUp).toHaveBeenCalledTimes(1);
  await kafka.check();
});

it('is the table after compaction, also when its end is nothing but ends of transactions', async () => {
  const topic = topicOf('compacted');
  const quick = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01', 'delete.retention.ms': '100', 'max.compaction.lag.ms': '500' };
  await admin((one) => one.createTopics({ topics: [{ topic: topic.name, numPartitions: 2, configEntries: Object.entries(quick).map(([name, value]) => ({ name, value })) }] }));
  const kafka = journal();
  for (let n = 0; n < 5; n++) await kafka.publish(topic, [record('stays', n), record('goes', n), record(`once${n}`, n)]);
  await kafka.publish(topic, [record('goes', null), ...numbers(4).map((n) => record(`once${n}`, null))]);
  const read = async () => {
    const reader = recorder();
    const subscription = await kafka.subscribe(topic, { name: 'c', from: 'beginning' }, reader);
    await vi.waitFor(() => expect(reader.caughtUp).toHaveBeenCalled(), patience);
    await subscription.close();
    return reader;
  };
  await vi.waitFor(async () => {
    await kafka.publish(topic, ['r', 's', 't', 'u'].map((key) => record(key, null))); // the open segment is never compacted
    const reader = await read();
    expect(reader.table()).toEqual({ stays: 4, once4: 4 });
    expect(reader.of('stays')).toEqual([4]); // it has been compacted
  }, { timeout: 120_000, interval: 300 });

  const producer = kafkaClient(settings(), 'spec', quiet).producer({ idempotent: true, transactionalId: `aborts-${topic.name}`, createPartitioner: () => ({ message }) => message.partition! });
  await producer.connect();
  for (let round = 0; round < 6; round++) {
    for (const partition of [0, 1]) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: topic.name, messages: [{ key: 'aborted', value: 'x', partition }] });
      await transaction.abort();
    }
    await sleep(1_500); // for the cleaner: it leaves empty batches at the end
    expect((await read()).table()).toEqual({ stays: 4, once4: 4 });
  }
  await producer.disconnect();
});

it('reports a topic that keeps too little, and uses it', async () => {
  const topic = topicOf('forever');
  await admin((one) => one.createTopics({ topics: [{ topic: topic.name, numPartitions: 1 }] }));
  await journal().publish(topic, [record('a', 1)]);
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(TopicMisconfigured), { topic: topic.name, consumer: 'journal' });
});

it('says that a topic was made anew, and reads the new one', async () => {
  const topic = topicOf('forever');
  const kafka = journal({ truncatedMs: 200 });
  const reader = recorder();
  await kafka.publish(topic, numbers(10).map((n) => record('a', n)));
  await kafka.subscribe(topic, { name: 'c', from: 'beginning' }, reader);
  await vi.waitFor(() => expect(reader.of('a')).toEqual(numbers(10)), patience);
  await admin((one) => one.deleteTopics({ topics: [topic.name] }));
  await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.any(JournalTruncated), { topic: topic.name, consumer: 'c' }), patience);
  await vi.waitFor(() => kafka.publish(topic, [record('a', 100)]), patience);
  await vi.waitFor(() => expect(reader.of('a')).toEqual([...numbers(10), 100]), patience);
});
