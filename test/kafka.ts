import { rmSync } from 'node:fs';
import { startKafka, stopKafka, type Kafka, type KafkaOptions } from '../tools/kafka.mjs';
import { leftBehind, runFolder } from './run-folder.js';

const PREFIX = 'bordergate-test-kafka-';
/** What a test waits for comes soon: the cleaner looks every 200 ms for what a topic's own settings let it compact. */
const SETTINGS = { 'log.cleaner.backoff.ms': '200', 'log.retention.check.interval.ms': '1000', 'log.initial.task.delay.ms': '500', 'log.segment.delete.delay.ms': '500' };

/** Vitest global set-up of the project `kafka`: one throw-away broker per run, unless KAFKA_BROKERS names one. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.KAFKA_BROKERS) return undefined;
  for (const dir of leftBehind(PREFIX)) await remove(dir);
  const broker = await throwAwayKafka();
  process.env.KAFKA_BROKERS = broker.brokers;
  return broker.remove;
}

/** The run's broker, shared by its test files: topics need names of their own. */
export function kafkaBrokers(): string {
  const brokers = process.env.KAFKA_BROKERS;
  if (!brokers) throw new Error('no broker: run under vitest.config.ts (project kafka) or set KAFKA_BROKERS');
  return brokers;
}

/** A broker of its own for a test that stops or kills it. */
export async function throwAwayKafka({ settings, ...options }: Omit<KafkaOptions, 'dataDir'> = {}): Promise<Kafka & { remove(): Promise<void> }> {
  const dir = runFolder(PREFIX);
  const broker = await startKafka({ dataDir: dir, settings: { ...SETTINGS, ...settings }, ...options });
  return Object.assign(broker, { remove: () => remove(dir) });
}

async function remove(dir: string): Promise<void> {
  await stopKafka(dir);
  rmSync(dir, { recursive: true, force: true });
}
