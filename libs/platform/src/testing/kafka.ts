import { createLog } from '../log.js';
import { KafkaJournal, type KafkaJournalOptions } from '../kafka/journal-kafka.js';
import { readKafkaSettings, type KafkaSettings } from '../kafka/settings.js';

/** The broker of the tests (test/kafka.ts). Few partitions, because each test makes topics of its own. */
export function testSettings(): KafkaSettings {
  const settings = readKafkaSettings({ KAFKA_PARTITIONS: '3', ...process.env });
  if (!settings) throw new Error('KAFKA_BROKERS is not set: these tests run in the vitest project "kafka"');
  return settings;
}

export const quiet = createLog('test', { level: 'error' });

export function testJournal(more: Partial<KafkaJournalOptions> & Pick<KafkaJournalOptions, 'onError'>): KafkaJournal {
  return new KafkaJournal({ settings: testSettings(), clientId: 'test', log: quiet, ...more });
}
