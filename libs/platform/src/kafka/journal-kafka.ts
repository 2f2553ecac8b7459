import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import type { Registry } from 'prom-client';
import { systemClock } from '../clock.js';
import type { Journal, JournalErrorHandler, JournalHandler, Ownership, OwnershipHandler, SubscribeOptions, Subscription } from '../journal.js';
import type { Log } from '../log.js';
import { ANY_CONSUMER, parkedRecord } from '../parked/parking.js';
import { DEFAULT_BACKOFF, within, type Backoff } from '../retry.js';
import { AdminConnection } from './admin.js';
import { kafkaClient, type KafkaClient } from './client.js';
import { JournalMetrics } from './metrics.js';
import { KafkaOwnership } from './ownership.js';
import { Presence } from './presence.js';
import { openIdempotent } from './producers.js';
import { Reader, type ReaderParts } from './reader.js';
import type { KafkaSettings } from './settings.js';
import { Topics } from './topics.js';
import { Writer, type WriterOptions } from './writer.js';

export interface KafkaJournalOptions {
  readonly settings: KafkaSettings;
  /** Names the process in the broker's log, such as "routing". */
  readonly clientId: string;
  readonly log: Log;
  /** Gets what handlers throw, crashed consumers, topics with a wrong policy, records that are gone; now and then a BrokerAway, for all. Has to log or count: nobody else does. */
  readonly onError: JournalErrorHandler;
  readonly registry?: Registry;
  /** Records a handler gets at once; 500 when not said. */
  readonly batchSize?: number;
  /** Pause before a batch comes again, a consumer is replaced, a publication is repeated. */
  readonly backoff?: Backoff;
  /** How long a topic may be shorter than what was read of it before that is taken for true; 60 s when not said. */
  readonly truncatedMs?: number;
  /** How long a publisher waits for the broker before it is told to try again; 30 s when not said. */
  readonly publishDeadlineMs?: number;
  /** While more records wait than this to be accepted, no more are taken; 100,000 when not said. */
  readonly maxWaiting?: number;
}

const IDLE_MS = 5_000;
/** A broker that answers is told good-bye; one that is away is not waited for: a supervisor kills after ten seconds. */
const CLOSE_MS = 5_000;
const CLOSE_AWAY_MS = 1_000;

/**
 * The journal on Apache Kafka: processes that share a cluster share their topics. It works while the broker is away: a
 * subscription begins when it comes, a publication waits for it, up to its deadline.
 */
export class KafkaJournal implements Journal {
  readonly #kafka: KafkaClient;
  readonly #topics: Topics;
  readonly #admin: AdminConnection;
  readonly #writing: Omit<WriterOptions, 'open'>;
  readonly #writer: Writer;
  readonly #ownerships = new Map<string, KafkaOwnership>();
  readonly #readers = new Set<Reader>();
  readonly #metrics: JournalMetrics;
  readonly #presence: Presence;
  #closed = false;

  constructor(private readonly options: KafkaJournalOptions) {
    const { settings, clientId, log, onError, registry, backoff = DEFAULT_BACKOFF, publishDeadlineMs = 30_000, maxWaiting = 100_000 } = options;
    this.#kafka = kafkaClient(settings, clientId, log);
    this.#admin = new AdminConnection(this.#kafka);
    this.#topics = new Topics(this.#admin, settings, onError);
    this.#presence = new Presence({
      clock: systemClock,
      onAway: (error, consumer) => onError(error, { topic: 'all', consumer }),
      onBack: (awayMs) => log.info('Kafka is reached again', { awayMs }),
    });
    this.#metrics = new JournalMetrics(registry, {
      readers: () => this.#readers, ownerships: () => this.#ownerships.entries(),
      waiting: () => [...this.#ownerships.values()].reduce((sum, { waiting }) => sum + waiting, this.#writer.waiting),
    });
    this.#writing = {
      topics: this.#topics, log, backoff, deadlineMs: publishDeadlineMs, maxWaiting,
      onPublished: (topic, records) => {
        this.#metrics.published.inc({ topic }, records);
        this.#presence.works('writer');
      },
      onFailure: (error) => {
        this.#metrics.publishFailures.inc();
        return this.#presence.failed(error, 'writer');
      },
    };
    this.#writer = new Writer({ ...this.#writing, open: () => openIdempotent(this.#kafka) });
  }

  async publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    await this.#writer.publish(topic, records);
  }

  async subscribe(topic: Topic, options: SubscribeOptions, handler: JournalHandler): Promise<Subscription> {
    if (this.#closed) throw new Error('the journal is closed');
    const { name } = options;
    if ([...this.#readers].some((reader) => reader.name === name && reader.topic.name === topic.name)) throw new Error(`${name} has subscribed to ${topic.name} already`);
    const { onError, backoff = DEFAULT_BACKOFF } = this.options;
    const context = { topic: topic.name, consumer: name };
    const part = `${name} of ${topic.name}`;
    const reader = new Reader({
      kafka: this.#kafka, topics: this.#topics, topic, options, handler, backoff, ...this.#reading,
      onError: (error) => { if (!this.#presence.failed(error, part)) onError(error, context); },
      onWorks: () => this.#presence.works(part),
      onRestart: () => this.#metrics.consumerRestarts.inc(context),
      onClose: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  async own(group: string, written: readonly Topic[], handler: OwnershipHandler): Promise<Ownership> {
    if (this.#closed) throw new Error('the journal is closed');
    if (this.#ownerships.has(group)) throw new Error(`this process takes part in ${group} already`);
    const { onError, backoff = DEFAULT_BACKOFF } = this.options;
    const ownership = new KafkaOwnership({
      kafka: this.#kafka, admin: this.#admin, topics: this.#topics, group, written, handler, backoff, writer: this.#writing, reader: this.#reading,
      onError: (error) => { if (!this.#presence.failed(error, group)) onError(error, { topic: `${group}.ownership.v1`, consumer: group }); },
      onWorks: () => this.#presence.works(group),
      onClose: () => this.#ownerships.delete(group),
    });
    this.#ownerships.set(group, ownership);
    return ownership;
  }

  /** A reader that has been without the broker for a moment is no news: it may be another one, or its group has shared out. */
  async check(): Promise<void> {
    const before = systemClock.now() - IDLE_MS;
    const idle = [...this.#readers].filter(({ idleSince }) => idleSince !== undefined && idleSince <= before);
    if (idle.length === 0) return;
    const since = Math.min(...idle.map(({ idleSince = before }) => idleSince));
    throw new Error(`away since ${new Date(since).toISOString()}: not connected to ${[...new Set(idle.map(({ topic }) => topic.name))].join(', ')}`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = Promise.all([this.#writer.close(), ...[...this.#readers, ...this.#ownerships.values()].map((part) => part.close())]).then(() => this.#admin.close());
    await within(this.#presence.away ? CLOSE_AWAY_MS : CLOSE_MS, closed);
  }

  get #reading(): Pick<ReaderParts, 'batchSize' | 'truncatedMs' | 'park'> {
    const { log, batchSize = 500, truncatedMs = 60_000 } = this.options;
    return {
      batchSize, truncatedMs,
      park: async (place, reason, message) => {
        await this.publish(TOPICS.parked, [parkedRecord(place, reason, message, systemClock)]);
        this.#metrics.parked.inc({ topic: place.topic, consumer: place.consumer });
        if (place.consumer === ANY_CONSUMER) log.error('a message is no event and is parked', { ...place, reason }); // others are told by the consumer's door
      },
    };
  }
}
