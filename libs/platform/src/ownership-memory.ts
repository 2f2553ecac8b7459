import { setImmediate as breathe } from 'node:timers/promises';
import type { JournalRecord, Topic } from '@bordergate/contracts';
import { NotOwner, type Ownership, type OwnershipHandler } from './journal.js';
import { persist, type Backoff } from './retry.js';
import type { TopicLog } from './topic-log.js';

export interface MemoryOwnershipParts {
  readonly group: string;
  readonly handler: OwnershipHandler;
  readonly publish: (topic: Topic, records: readonly JournalRecord[]) => Promise<void>;
  readonly log: (topic: Topic) => TopicLog;
  readonly batchSize: number;
  readonly backoff: Backoff;
  readonly onError: (error: unknown) => void;
  readonly onClose: () => void;
}

/** A journal of one process has one partition, and its only process owns it. */
export class MemoryOwnership implements Ownership {
  readonly #stopped = new AbortController();
  readonly #acquired: Promise<unknown>;
  #owned = false;

  constructor(private readonly parts: MemoryOwnershipParts) {
    this.#acquired = this.#acquire();
  }

  partitionOf(): number {
    return 0;
  }

  owns(): boolean {
    return this.#owned;
  }

  async publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    if (!this.#owned) throw new NotOwner(this.parts.group, 0);
    await this.parts.publish(topic, records);
  }

  async read(topic: Topic, _partitions: readonly number[], batch: (records: readonly JournalRecord[]) => void): Promise<void> {
    const log = this.parts.log(topic);
    const end = log.end;
    for (let at = log.start; at < end && !this.#stopped.signal.aborted; await breathe()) {
      const { records, next } = log.read(at, this.parts.batchSize);
      if (records.length > 0) batch(records);
      at = next;
    }
  }

  async close(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      if (this.#owned) {
        this.#owned = false;
        this.parts.handler.released([0]);
      }
      this.parts.onClose();
    }
    await this.#acquired;
  }

  async #acquire(): Promise<void> {
    const { handler, backoff, onError } = this.parts;
    await breathe(); // never inside of own
    if (this.#stopped.signal.aborted) return;
    this.#owned = true;
    await persist(async () => handler.acquired([0]), backoff, this.#stopped.signal, onError);
  }
}
