import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaBrokers, throwAwayKafka } from '../../../../test/kafka.js';
import { findKafka, startKafka } from '../../../../tools/kafka.mjs';

/** Patient: a broker that has just started answers before it has loaded all partitions. */
const clientOf = (brokers: string, retries = 30) => new Kafka({ clientId: 'spec', brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries } });

async function withAdmin<T>(brokers: string, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const createTopic = (brokers: string, topic: string, configEntries: { name: string; value: string }[] = []) =>
  withAdmin(brokers, (admin) => admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries }] }));

async function produce(brokers: string, topic: string, messages: { key: string; value: string | null }[], retries?: number): Promise<void> {
  const producer = clientOf(brokers, retries).producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();
}

/** All that the topic has now, up to its end. */
async function consume(brokers: string, topic: string): Promise<string[]> {
  const end = await withAdmin(brokers, async (admin) => Number((await admin.fetchTopicOffsets(topic))[0]!.high));
  const consumer = clientOf(brokers).consumer({ groupId: `spec-${randomBytes(6).toString('hex')}` });
  const seen: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const read = new Promise<void>((resolve) => {
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => Number(payload.lastOffset) >= end - 1 && resolve());
  });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void seen.push(`${message.key}=${message.value}`) });
  await read;
  await consumer.disconnect();
  return seen;
}

describe('the broker for tests and development', () => {
  it('is shared by the run: produces, consumes, and makes no topic that nobody asked for', async () => {
    const topic = `spec-${randomBytes(6).toString('hex')}`;
    await createTopic(kafkaBrokers(), topic);
    await produce(kafkaBrokers(), topic, [{ key: 'a', value: '1' }, { key: 'b', value: '2' }]);
    expect(await consume(kafkaBrokers(), topic)).toEqual(['a=1', 'b=2']);
    await expect(produce(kafkaBrokers(), `${topic}-unknown`, [{ key: 'a', value: '1' }], 1)).rejects.toThrow(/does not host this topic-partition/);
  });

  it('compacts while one waits, in a topic that says so', async () => {
    const topic = `spec-${randomBytes(6).toString('hex')}`;
    await createTopic(kafkaBrokers(), topic, Object.entries({ 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01' }).map(([name, value]) => ({ name, value })));
    for (const value of ['1', '2', '3']) await produce(kafkaBrokers(), topic, [{ key: 'a', value }]);
    await vi.waitFor(async () => {
      await produce(kafkaBrokers(), topic, [{ key: 'b', value: 'rolls the segment' }]); // the open segment is never compacted
      expect((await consume(kafkaBrokers(), topic)).filter((record) => record.startsWith('a'))).toEqual(['a=3']);
    }, { timeout: 60_000, interval: 300 });
  });
});

describe('a broker of one folder', () => {
  let broker: Awaited<ReturnType<typeof throwAwayKafka>>;

  beforeAll(async () => {
    broker = await throwAwayKafka();
    await createTopic(broker.brokers, 'kept');
    await produce(broker.brokers, 'kept', [{ key: 'a', value: '1' }]);
  });
  afterAll(() => broker.remove());

  it('keeps its records over kill -9 and a restart on the same port', async () => {
    const { pid, brokers } = broker;
    await broker.kill();
    expect([broker.pid, await findKafka(broker.dataDir)]).toEqual([undefined, undefined]);
    await broker.restart();
    expect(broker.pid).not.toBe(pid);
    expect(broker.brokers).toBe(brokers);
    await produce(brokers, 'kept', [{ key: 'b', value: '2' }]);
    expect(await consume(brokers, 'kept')).toEqual(['a=1', 'b=2']);
  });

  it('is found, not started again, by a second start, also by two at once', async () => {
    const again = await Promise.all([startKafka({ dataDir: broker.dataDir }), startKafka({ dataDir: broker.dataDir })]);
    expect(again.map(({ pid, brokers }) => ({ pid, brokers }))).toEqual(Array(2).fill({ pid: broker.pid, brokers: broker.brokers }));
  });

  it('starts again after a stop, on whatever port is free', async () => {
    await broker.stop();
    const moved = await startKafka({ dataDir: broker.dataDir });
    expect(await consume(moved.brokers, 'kept')).toEqual(['a=1', 'b=2']);
  });
});
