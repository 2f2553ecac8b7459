import type { JournalRecord, Topic } from '@bordergate/contracts';

/**
 * The corridors between services: logs of records, one per topic. Adapters: memory (one process) and Kafka (kafka/);
 * both pass the same contract suite (journal.contract.ts).
 *
 * What a subscriber may rely on: records of one key arrive in the order they were published; each at least once; a
 * batch is not handled before the one ahead of it is. Of a compacted topic it sees at least the last record of every
 * key, and a null (tombstone) for a key whose earlier value it has seen.
 */
export interface Journal {
  /** Resolves when the records are accepted; who subscribes handles them later. @throws when the journal is closed */
  publish(topic: Topic, records: readonly JournalRecord[]): Promise<void>;
  /**
   * Hands all records to the handler, and then what comes. `from` 'beginning': from the oldest one kept, so a subscription
   * starts over with each process: what it folds is made of the whole topic. 'stored': after what the handler has stored as
   * done, in the transaction that stores the result; so effects happen once (journal-offsets.ts). In memory, that does not outlive the process.
   * @throws when this journal has a subscription of the same name on the topic
   */
  subscribe(topic: Topic, options: SubscribeOptions, handler: JournalHandler): Promise<Subscription>;
  /**
   * Takes part in writing topics that several processes would write: each partition is written by one of them at a time.
   * @param group of those that share the writing, such as "routing"
   */
  own(group: string, topics: readonly Topic[], handler: OwnershipHandler): Promise<Ownership>;
  /** For readiness: whether records come in. @throws what does not, and since when */
  check(): Promise<void>;
  /** Ends all subscriptions, each after the batch it is at. */
  close(): Promise<void>;
}

export type SubscribeOptions = {
  /** Of the consumer, such as "routing/rib": for errors and metrics, and of what it has stored. */
  readonly name: string;
} & ({ readonly from: 'beginning' } | { readonly from: 'stored'; readonly stored: () => Promise<StoredOffsets> });

/** Of a consumer on a topic: by partition, the offset of the first record that is not done. */
export type StoredOffsets = ReadonlyMap<number, number>;

/** Where a batch is in its topic: all records of the partition from `first` up to, but not including, `next`. */
export interface BatchRange {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly next: number;
}

export interface BatchPlace extends BatchRange {
  /** Sets a record of the batch aside that the consumer cannot read (journal.parked.v1), with the reason. It goes on without it; an operator decides. */
  park(record: JournalRecord, reason: string): Promise<void>;
}

export interface JournalHandler {
  /** Handles records in order. When it throws, the error is reported and the batch comes again, after a pause. */
  batch(records: readonly JournalRecord[], place: BatchPlace): Promise<void> | void;
  /** Once, when everything that was there at the subscription has been handled: the time to sweep (law 6). Retried when it throws. */
  caughtUp?(): Promise<void> | void;
}

export interface Subscription {
  /** No batch begins after this; resolves when the one under way has ended. Not to be awaited inside of the handler. */
  close(): Promise<void>;
}

/** Something went wrong between the journal and a consumer; the journal goes on. */
export type JournalErrorHandler = (error: unknown, context: { readonly topic: string; readonly consumer: string }) => void;

/** A consumer was so slow that the topic let go of records it had not read. */
export class JournalOverrun extends Error {
  override readonly name = 'JournalOverrun';
  constructor(readonly lost: number) {
    super(`${lost} records were let go before they were read`);
  }
}

export interface OwnershipHandler {
  /** Nobody else writes these partitions now. When it throws, the error is reported and it is called again, unless they have gone meanwhile. */
  acquired(partitions: readonly number[]): Promise<void> | void;
  /** They are not ours any more. What we have not written is not for us to write. */
  released(partitions: readonly number[]): void;
}

export interface Ownership {
  /** Where records of this partition key are: the same number in all topics of the group. */
  partitionOf(partitionKey: string): number;
  owns(partition: number): boolean;
  /** As Journal.publish. @throws NotOwner when one of the records is not ours to write; records of other partitions may be written */
  publish(topic: Topic, records: readonly JournalRecord[]): Promise<void>;
  /** Hands out what partitions hold at this moment, in the order of each. */
  read(topic: Topic, partitions: readonly number[], batch: (records: readonly JournalRecord[]) => void): Promise<void>;
  /** Gives all partitions away. */
  close(): Promise<void>;
}

/** Another process writes this partition, or nobody does at the moment. */
export class NotOwner extends Error {
  override readonly name = 'NotOwner';
  constructor(readonly group: string, readonly partition: number) {
    super(`partition ${partition} of ${group} is not ours to write`);
  }
}
