import type { Registry } from 'prom-client';
import type { Journal } from './journal.js';
import { KafkaJournal } from './kafka/journal-kafka.js';
import { BrokerAway } from './kafka/presence.js';
import { readKafkaSettings, type KafkaSettings } from './kafka/settings.js';
import type { Log } from './log.js';
import { OptionError } from './option-error.js';
import type { Settings } from './settings.js';

/** For a process that is one of several: a journal in its memory would reach nobody. @throws OptionError without KAFKA_BROKERS */
export function readKafka(settings: Settings): KafkaSettings {
  const kafka = readKafkaSettings(settings.env);
  if (!kafka) throw new OptionError('KAFKA_BROKERS must be set (host:port,…): services that run apart meet in Kafka');
  return kafka;
}

export interface JournalSurroundings {
  readonly clientId: string;
  readonly log: Log;
  readonly registry: Registry;
}

/** The journal of a process that is one of several. It may be opened while the broker is away. */
export const openJournal = (settings: KafkaSettings, { clientId, log, registry }: JournalSurroundings): Journal =>
  new KafkaJournal({
    settings, clientId, log, registry,
    onError: (error, context) => {
      if (error instanceof BrokerAway) log.warn(error.message);
      else log.error('a consumer failed; its batch comes again', { ...context, error });
    },
  });
