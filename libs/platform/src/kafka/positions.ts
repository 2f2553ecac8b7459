import type { Extent } from './topics.js';

/** The topic begins anew, or its end was lost: what was read of it does not tell what is in it now. */
export class JournalTruncated extends Error {
  override readonly name = 'JournalTruncated';
}

/**
 * How far a reader has come in each partition. Kafka's consumer may hand out anything twice (after it has joined its group
 * again it begins where it likes); the positions decide what is news.
 */
export class Positions {
  readonly #next = new Map<number, number>();
  readonly #targets = new Map<number, number>();

  /** Where to begin in partitions that are not known yet: at the oldest record. What is stored as done goes before what is known here. */
  begin(extents: readonly Extent[], stored?: ReadonlyMap<number, number>): void {
    for (const { partition, low, high } of extents) {
      if (stored || !this.#next.has(partition)) this.#next.set(partition, stored?.get(partition) ?? low);
      if (!this.#targets.has(partition)) this.#targets.set(partition, high);
    }
  }

  /** The offset of the next record to be handled. */
  get(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }

  /** All that is before `next` has been handled, or is not there. */
  advance(partition: number, next: number): void {
    if (next > this.get(partition)) this.#next.set(partition, next);
  }

  entries(): IterableIterator<[number, number]> {
    return this.#next.entries();
  }

  /** Everything that was there at the beginning has been handled. */
  get caughtUp(): boolean {
    return [...this.#targets].every(([partition, target]) => this.get(partition) >= target);
  }

  /** Records between the positions and the ends. */
  lag(extents: readonly Extent[]): number {
    return extents.reduce((sum, { partition, low, high }) => sum + Math.max(0, high - Math.max(low, this.get(partition))), 0);
  }

  /** Goes on behind what the topic has let go of unread. @returns how many offsets that are */
  skip(extents: readonly Extent[]): number {
    let lost = 0;
    for (const { partition, low, high } of extents) {
      const next = this.#next.get(partition);
      if (next === undefined || next >= low || next > high) continue;
      lost += low - next;
      this.#next.set(partition, low);
    }
    return lost;
  }

  /** Partitions that end before the places that were ours when they were asked: meanwhile there may be more, and we may have read it. */
  static beyond(extents: readonly Extent[], places: ReadonlyMap<number, number>): readonly Extent[] {
    return extents.filter(({ partition, high }) => (places.get(partition) ?? 0) > high);
  }

  /** Starts over in these: with what is there now. */
  restart(extents: readonly Extent[]): void {
    for (const { partition, low, high } of extents) {
      this.#next.set(partition, low);
      this.#targets.set(partition, Math.min(high, this.#targets.get(partition) ?? high));
    }
  }
}
