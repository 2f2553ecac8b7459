import { setImmediate as breathe } from 'node:timers/promises';
import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { systemClock, type Clock } from './clock.js';
import { JournalOverrun, type Journal, type JournalErrorHandler, type JournalHandler, type Ownership, type OwnershipHandler, type StoredOffsets, type SubscribeOptions, type Subscription } from './journal.js';
import { encodeRecord } from './kafka/message.js';
import { MemoryOwnership } from './ownership-memory.js';
import { parkedRecord, placeIn } from './parked/parking.js';
import { DEFAULT_BACKOFF, persist, type Backoff } from './retry.js';
import { TopicLog } from './topic-log.js';

export interface MemoryJournalOptions {
  /** Gets what handlers throw, and a JournalOverrun for records a slow consumer has missed. Has to log or count: nobody else does. */
  readonly onError: JournalErrorHandler;
  readonly clock?: Clock;
  /** Records a topic with a retention in time keeps at most; 20,000 when not said. */
  readonly cap?: number;
  /** Records a handler gets at once; 500 when not said. */
  readonly batchSize?: number;
  /** Pause before a batch comes again: doubles from `first` up to `last`, in ms. */
  readonly backoff?: Backoff;
}

/**
 * The journal of a single process. What it loses with the process is published again: decisions by the relay,
 * observations by whoever looks, derivations by whoever computes (law 6).
 */
export class MemoryJournal implements Journal {
  readonly #logs = new Map<string, TopicLog>();
  readonly #subscriptions = new Map<string, MemorySubscription[]>();
  /** Of consumers that store what they have done: what they had stored before this journal began, which is of another one. */
  readonly #origins = new Map<string, number>();
  readonly #ownerships = new Map<string, MemoryOwnership>();
  readonly #clock: Clock;
  #closed = false;

  constructor(private readonly options: MemoryJournalOptions) {
    this.#clock = options.clock ?? systemClock;
  }

  async publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    if (this.#closed) throw new Error('the journal is closed');
    const readers = this.#subscriptions.get(topic.name) ?? [];
    this.#log(topic).append(records, this.#clock.now(), Math.min(Number.POSITIVE_INFINITY, ...readers.map((r) => r.offset)));
    for (const reader of readers) reader.wake();
  }

  async subscribe(topic: Topic, subscriber: SubscribeOptions, handler: JournalHandler): Promise<Subscription> {
    if (this.#closed) throw new Error('the journal is closed');
    const { name } = subscriber;
    const readers = this.#subscriptions.get(topic.name) ?? [];
    this.#subscriptions.set(topic.name, readers);
    if (readers.some((r) => r.name === name)) throw new Error(`${name} has subscribed to ${topic.name} already`);
    const done = subscriber.from === 'stored' ? this.#doneOf(`${name} ${topic.name}`, subscriber.stored) : undefined;
    const park: Park = (record, offset, reason) => this.publish(TOPICS.parked, [parkedRecord({ consumer: name, topic: topic.name, partition: 0, offset }, reason, encodeRecord(record), this.#clock)]);
    const subscription = new MemorySubscription(name, topic.name, this.#log(topic), handler, this.options, done, park, () => {
      readers.splice(readers.indexOf(subscription), 1);
    });
    readers.push(subscription);
    return subscription;
  }

  async own(group: string, written: readonly Topic[], handler: OwnershipHandler): Promise<Ownership> {
    if (this.#closed) throw new Error('the journal is closed');
    if (this.#ownerships.has(group)) throw new Error(`this process takes part in ${group} already`);
    const { onError, batchSize = 500, backoff = DEFAULT_BACKOFF } = this.options;
    const ownership = new MemoryOwnership({
      group, handler, batchSize, backoff, log: (topic) => this.#log(topic),
      publish: (topic, records) => {
        if (!written.some(({ name }) => name === topic.name)) throw new Error(`${topic.name} is not written by ${group}`);
        return this.publish(topic, records);
      },
      onError: (error) => onError(error, { topic: `${group}.ownership.v1`, consumer: group }),
      onClose: () => this.#ownerships.delete(group),
    });
    this.#ownerships.set(group, ownership);
    return ownership;
  }

  /** It is in this process: there is nothing that could be away. */
  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...[...this.#subscriptions.values()].flat(), ...this.#ownerships.values()].map((part) => part.close()));
  }

  /** Records held of a topic: for metrics and tests. */
  size(topic: Topic): number {
    return this.#log(topic).size;
  }

  /** Stored offsets outlive the journal whose offsets they were: this one's are counted on from there. */
  #doneOf(consumer: string, stored: () => Promise<StoredOffsets>): Done {
    return async () => {
      const next = (await stored()).get(0) ?? 0;
      const origin = this.#origins.get(consumer) ?? next;
      this.#origins.set(consumer, origin);
      return { origin, offset: next - origin };
    };
  }

  #log(topic: Topic): TopicLog {
    const known = this.#logs.get(topic.name);
    if (known) return known;
    const log = new TopicLog(topic, this.options.cap ?? 20_000);
    this.#logs.set(topic.name, log);
    return log;
  }
}

/** Where a consumer's stored offsets begin to be those of this journal, and the offset it has come to in it. */
type Done = () => Promise<{ readonly origin: number; readonly offset: number }>;

type Park = (record: JournalRecord, offset: number, reason: string) => Promise<void>;

/** One reader of one topic: its own place, its own pace. */
class MemorySubscription implements Subscription {
  offset: number;
  readonly #target: number;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #caughtUp = false;
  #wake: () => void = () => {};

  constructor(
    readonly name: string, private readonly topic: string, private readonly log: TopicLog, private readonly handler: JournalHandler,
    private readonly options: MemoryJournalOptions, private readonly done: Done | undefined, private readonly park: Park, private readonly onClose: () => void,
  ) {
    this.offset = log.start;
    this.#target = log.end;
    this.#done = this.#run();
  }

  wake(): void {
    this.#wake();
  }

  async close(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      this.onClose();
      this.wake();
    }
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await breathe(); // never inside of publish or subscribe, and others get their turn between two batches
      if (this.offset < this.log.end) await this.#step();
      else if (!this.#caughtUp) await this.#tellCaughtUp();
      else if (!this.#stopped.signal.aborted) await new Promise<void>((resolve) => { this.#wake = resolve; }); // it may have been while we breathed
    }
  }

  async #step(): Promise<void> {
    let next = this.offset;
    const handled = await this.#persist(async () => {
      const { origin = 0, offset = 0 } = (await this.done?.()) ?? {};
      this.offset = Math.max(this.offset, offset); // the last attempt may have done it and not known
      // Read anew at each attempt: what was superseded meanwhile need not come.
      const page = this.log.read(this.offset, this.options.batchSize ?? 500);
      if (page.lost > 0) {
        this.#report(new JournalOverrun(page.lost));
        this.offset += page.lost;
      }
      next = page.next;
      if (page.records.length > 0) await this.handler.batch(page.records, placeIn({ topic: this.topic, partition: 0, first: origin + this.offset, next: origin + page.next }, page, this.park));
    });
    if (!handled) return;
    this.offset = next;
    if (!this.#caughtUp && this.offset >= this.#target) await this.#tellCaughtUp();
  }

  async #tellCaughtUp(): Promise<void> {
    this.#caughtUp = await this.#persist(async () => this.handler.caughtUp?.());
  }

  #persist(attempt: () => Promise<void>): Promise<boolean> {
    return persist(attempt, this.options.backoff ?? DEFAULT_BACKOFF, this.#stopped.signal, (error) => this.#report(error));
  }

  #report(error: unknown): void {
    this.options.onError(error, { topic: this.topic, consumer: this.name });
  }
}
