import { TOPICS } from '@bordergate/contracts';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { throwAwayKafka } from '../../../../test/kafka.js';
import { systemClock } from '../clock.js';
import { createLog } from '../log.js';
import { Door } from '../parked/door.js';
import { consumer, newKey, parkedContract, sample } from '../parked/parked.contract.js';
import { ParkedRecords } from '../parked/parked-records.js';
import { testJournal } from '../testing/kafka.js';
import { kafkaClient } from './client.js';
import { readKafkaSettings } from './settings.js';

// A broker of its own: the topics are those of the product, which other tests use too.
let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
const settings = () => readKafkaSettings({ KAFKA_BROKERS: broker.brokers, KAFKA_PARTITIONS: '2' })!;
beforeAll(async () => { broker = await throwAwayKafka(); });
afterAll(() => broker.remove());

parkedContract('kafka', async () => testJournal({ settings: settings(), onError: () => undefined }));

it('what is no event at all is parked once, for everybody, and nobody waits for it', async () => {
  const registry = new Registry();
  const journal = testJournal({ settings: settings(), onError: () => undefined, registry });
  const [before, after] = [newKey(), newKey()];
  await journal.publish(TOPICS.samples, [sample(before)]);
  const producer = kafkaClient(settings(), 'foreign', createLog('test', { level: 'silent' })).producer();
  await producer.connect();
  const [sent] = await producer.send({ topic: TOPICS.samples.name, messages: [{ key: 'x', value: 'no JSON', partition: 0, headers: { 'content-type': 'text/plain' } }] });
  await producer.disconnect();
  await journal.publish(TOPICS.samples, [sample(after)]);

  const parked = new ParkedRecords(journal, 'spec', systemClock);
  await (await parked.start(new Door(new Counter({ name: 'unused', help: 'none', labelNames: ['topic'], registers: [registry] }), createLog('test', { level: 'silent' })))).read;
  const readers = [await consumer(journal, 'one'), await consumer(journal, 'two')];
  for (const reader of readers) await vi.waitFor(() => expect([reader.of(before).length, reader.of(after).length]).toEqual([1, 1]), { timeout: 180_000 });
  const rows = await vi.waitFor(() => {
    const found = parked.list().filter((row) => row.parked.offset === Number(sent!.baseOffset) && row.parked.partition === sent!.partition);
    expect(found).toHaveLength(1);
    return found;
  }, { timeout: 180_000 });
  expect(rows[0]!.parked).toMatchObject({ consumer: 'any', topic: TOPICS.samples.name, reason: 'content-type text/plain is not JSON in binary mode' });
  expect(await parked.replay(rows[0]!, 'ann')).toMatchObject({ code: 'parked-record-unreadable' });
  expect(await registry.getSingleMetricAsString('bordergate_journal_parked_records_total')).toMatch(/topic="telemetry.samples.v1",consumer="any"\} [2-9]/);
  await journal.close();
});
