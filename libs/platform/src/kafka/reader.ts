import { randomUUID } from 'node:crypto';
import type { JournalRecord, Topic } from '@bordergate/contracts';
import { JournalOverrun, type JournalHandler, type SubscribeOptions, type Subscription } from '../journal.js';
import { ANY_CONSUMER, placeIn, type ParkedPlace } from '../parked/parking.js';
import { pausing, persist, within, type Backoff } from '../retry.js';
import { readsOnly, type EachBatchPayload, type KafkaClient } from './client.js';
import { CONSUMER, ConsumerSession, isSettling } from './consumer-session.js';
import { decodeRecord, encodeRecord, UndecodableMessage, type BinaryMessage } from './message.js';
import { JournalTruncated, Positions } from './positions.js';
import type { Extent, Topics } from './topics.js';

export interface ReaderParts {
  readonly kafka: KafkaClient;
  readonly topics: Topics;
  readonly topic: Topic;
  /** Read no others; all when not said. */
  readonly partitions?: readonly number[];
  readonly options: SubscribeOptions;
  readonly handler: JournalHandler;
  readonly batchSize: number;
  readonly backoff: Backoff;
  /** How long a topic may be shorter than what was read of it. */
  readonly truncatedMs: number;
  readonly onError: (error: unknown) => void;
  /** The broker answers. */
  readonly onWorks?: () => void;
  /** Sets a message aside that its consumer, or anybody, cannot read; it comes again when this throws. */
  readonly park: (place: ParkedPlace, reason: string, message: BinaryMessage) => Promise<void>;
  readonly onRestart: () => void;
  readonly onClose: () => void;
}

/** After the batch under way there is only the group to leave, which is this reader's own: not to be waited for where the broker is away. */
const CLOSE_MS = 2_000;
const CLOSE_AWAY_MS = 250;
const LOOK_MS = 5_000;
/** While the end has not been reached, where nothing comes is looked at more closely. */
const LOOK_AT_START_MS = 500;

/**
 * One subscription: all partitions, whatever other processes read. Kafka's consumer groups share partitions out, so each
 * reader is a group of its own, made anew with each kafkajs consumer; what has been read is known here (Positions), and a
 * consumer that crashes or stands still is replaced by another that begins there.
 */
export class Reader implements Subscription {
  readonly #positions = new Positions();
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  /** One thing at a time: batches, what comes between them, and caughtUp. */
  #turn: Promise<void> = Promise.resolve();
  #extents: readonly Extent[] = [];
  #caughtUp = false;
  #consumer: ConsumerSession | undefined;
  #beyondSince: number | undefined;
  #idleSince: number | undefined = Date.now();

  constructor(private readonly parts: ReaderParts) {
    this.#done = this.#run();
  }

  get name(): string {
    return this.parts.options.name;
  }

  get topic(): Topic {
    return this.parts.topic;
  }

  /** Records between what has been handled and the end of the topic, as last seen. */
  get lag(): number {
    return this.#positions.lag(this.#extents);
  }

  /** A consumer is reading at the moment. */
  get connected(): boolean {
    return this.#consumer?.joined ?? false;
  }

  /** ms since 1970: since when none reads; undefined while one does. */
  get idleSince(): number | undefined {
    if (this.connected) return undefined;
    this.#idleSince ??= Date.now();
    return this.#idleSince;
  }

  async close(): Promise<void> {
    const patience = this.connected ? CLOSE_MS : CLOSE_AWAY_MS;
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      this.parts.onClose();
    }
    await this.#turn;
    await within(patience, this.#done);
  }

  async #run(): Promise<void> {
    const { backoff, onError, onRestart } = this.parts;
    let pause = backoff.first;
    while (!this.#stopped.signal.aborted) {
      const began = performance.now();
      try {
        await this.#session();
      } catch (error) {
        onError(error);
        if (!isSettling(error)) onRestart();
        if (performance.now() - began > 2 * backoff.last) pause = backoff.first;
        await pausing(pause, this.#stopped.signal);
        pause = Math.min(pause * 2, backoff.last);
      }
    }
  }

  /** The life of one kafkajs consumer. Resolves when the subscription is closed. @throws what ended it */
  async #session(): Promise<void> {
    const { kafka, topics, topic, options, partitions, onWorks } = this.parts;
    topics.forget(topic); // it may be another one by now
    await topics.ensure(topic);
    this.#extents = await topics.extents(topic, partitions);
    this.#positions.begin(this.#extents, options.from === 'stored' ? await options.stored() : undefined);
    this.#reconcile(new Map(this.#positions.entries()));
    const consumer = kafka.consumer({
      groupId: `bordergate.${options.name}.${topic.name}.${randomUUID()}`, ...CONSUMER, ...(partitions && { partitionAssigners: [readsOnly(topic.name, partitions)] }),
    });
    this.#consumer = new ConsumerSession(consumer, {
      topic: topic.name, stopped: this.#stopped.signal,
      // Each time: what kafkajs believes to have read is forgotten at a rebalance.
      onJoin: () => {
        onWorks?.();
        this.#idleSince = undefined;
        for (const [partition, next] of this.#positions.entries()) consumer.seek({ topic: topic.name, partition, offset: String(next) });
      },
      eachBatch: (payload) => this.#eachBatch(payload),
      onEmptyBatch: (partition, next) => {
        this.#positions.advance(partition, next);
        void this.#tellCaughtUp();
      },
      lookMs: () => (this.#caughtUp ? LOOK_MS : LOOK_AT_START_MS),
      look: async (over) => {
        const places = new Map(this.#positions.entries());
        const extents = await topics.extents(topic, partitions);
        if (over.aborted) return; // the next session has looked for itself
        onWorks?.();
        this.#extents = extents;
        this.#reconcile(places);
        await this.#tellCaughtUp();
      },
    });
    await this.#tellCaughtUp();
    try {
      await this.#consumer.run();
    } finally {
      this.#idleSince ??= Date.now();
    }
  }

  /**
   * A topic that stays shorter than what was read of it was made anew, or has lost its end. Not at once: a broker that has just
   * started may not yet know how long it is.
   * @throws JournalTruncated, each time for who goes on after what it has stored: until someone decides what that is worth, it must not go on
   */
  #reconcile(places: ReadonlyMap<number, number>): void {
    const { options, onError, truncatedMs } = this.parts;
    const lost = this.#positions.skip(this.#extents);
    if (lost > 0 && typeof this.topic.retention === 'number') onError(new JournalOverrun(lost));
    const beyond = Positions.beyond(this.#extents, places);
    if (beyond.length === 0) this.#beyondSince = undefined;
    else this.#beyondSince ??= performance.now();
    if (this.#beyondSince === undefined || performance.now() - this.#beyondSince < truncatedMs) return;
    const where = beyond.map(({ partition, high }) => `${partition} at ${high}, before ${places.get(partition)}`).join('; ');
    if (options.from === 'beginning') this.#positions.restart(beyond);
    throw new JournalTruncated(`partitions of ${this.topic.name} end before what ${this.name} has ${options.from === 'stored' ? 'stored as done' : 'read, and are read from their beginning'}: ${where}`);
  }

  async #eachBatch({ batch, heartbeat }: EachBatchPayload): Promise<void> {
    const { topic, batchSize } = this.parts;
    const { partition } = batch;
    // Long handlers do not cost the membership. One that fails will fail again in kafkajs, right after the batch.
    const beat = setInterval(() => {
      this.#consumer?.alive();
      heartbeat().catch(() => undefined);
    }, 3_000);
    try {
      await this.#exclusive(async () => {
        const news = batch.messages.filter(({ offset }) => Number(offset) >= this.#positions.get(partition));
        for (let at = 0; at < news.length && !this.#stopped.signal.aborted; at += batchSize) {
          await this.#handle(topic, partition, news.slice(at, at + batchSize));
        }
        if (!this.#stopped.signal.aborted) this.#positions.advance(partition, Number(batch.lastOffset()) + 1);
      });
      await this.#tellCaughtUp();
    } finally {
      clearInterval(beat);
      this.#consumer?.alive();
    }
  }

  async #handle(topic: Topic, partition: number, messages: EachBatchPayload['batch']['messages']): Promise<void> {
    const next = Number(messages.at(-1)!.offset) + 1;
    const { handler, options } = this.parts;
    const handled = await this.#persist(async () => {
      if (options.from === 'stored') this.#positions.advance(partition, (await options.stored()).get(partition) ?? 0); // the last attempt may have done it and not known
      const first = this.#positions.get(partition);
      const records: JournalRecord[] = [];
      const offsets: number[] = [];
      const foreign: Promise<void>[] = [];
      for (const { key, value, headers = {}, offset: text } of messages) {
        const offset = Number(text);
        if (offset < first) continue;
        const message = { key, value, headers };
        const record = decoded(message);
        if (record instanceof UndecodableMessage) {
          foreign.push(this.parts.park({ consumer: ANY_CONSUMER, topic: topic.name, partition, offset }, record.message, message));
          continue;
        }
        records.push(record);
        offsets.push(offset);
      }
      await Promise.all(foreign);
      const place = placeIn({ topic: topic.name, partition, first, next }, { records, offsets }, (record, offset, reason) => this.parts.park({ consumer: this.name, topic: topic.name, partition, offset }, reason, encodeRecord(record)));
      if (records.length > 0) await handler.batch(records, place);
    });
    if (handled) this.#positions.advance(partition, next);
  }

  async #tellCaughtUp(): Promise<void> {
    await this.#exclusive(async () => {
      if (this.#caughtUp || !this.#positions.caughtUp || this.#stopped.signal.aborted) return;
      this.#caughtUp = await this.#persist(async () => this.parts.handler.caughtUp?.());
    });
  }

  #persist(attempt: () => Promise<void>): Promise<boolean> {
    return persist(attempt, this.parts.backoff, this.#stopped.signal, this.parts.onError);
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined); // it is the caller's
    return mine;
  }
}

function decoded(message: BinaryMessage): JournalRecord | UndecodableMessage {
  try {
    return decodeRecord(message);
  } catch (error) {
    if (error instanceof UndecodableMessage) return error;
    throw error;
  }
}
