import type { JournalRecord, Topic } from '@bordergate/contracts';

/**
 * The corridors between services: logs of records, one per topic. Adapters: memory (one process), Kafka later; both
 * pass the same contract suite (journal.contract.ts).
 *
 * What a subscriber may rely on: records of one key arrive in the order they were published; each at least once; a
 * batch is not handled before the one ahead of it is. Of a compacted topic it sees at least the last record of every
 * key, and a null (tombstone) for a key whose earlier value it has seen.
 */
export interface Journal {
  /** Resolves when the records are accepted; who subscribes handles them later. @throws when the journal is closed */
  publish(topic: Topic, records: readonly JournalRecord[]): Promise<void>;
  /**
   * Hands all records to the handler, from the oldest one kept, and then what comes. A subscription starts over with
   * each process: what it folds is made of the whole topic.
   * @throws when this journal has a subscription of the same name on the topic
   */
  subscribe(topic: Topic, options: SubscribeOptions, handler: JournalHandler): Promise<Subscription>;
  /** Ends all subscriptions, each after the batch it is at. */
  close(): Promise<void>;
}

export interface SubscribeOptions {
  /** Of the consumer, such as "routing/rib": for errors and metrics. */
  readonly name: string;
  readonly from: 'beginning';
}

export interface JournalHandler {
  /** Handles records in order. When it throws, the error is reported and the batch comes again, after a pause. */
  batch(records: readonly JournalRecord[]): Promise<void> | void;
  /** Once, when everything that was there at the subscription has been handled: the time to sweep (law 6). Retried when it throws. */
  caughtUp?(): Promise<void> | void;
}

export interface Subscription {
  /** No batch begins after this; resolves when the one under way has ended. Not to be awaited inside of the handler. */
  close(): Promise<void>;
}

/** Something went wrong between the journal and a consumer; the journal goes on. */
export type JournalErrorHandler = (error: unknown, context: { readonly topic: string; readonly consumer: string }) => void;
