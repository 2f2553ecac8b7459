import type { JournalRecord, Topic } from '@bordergate/contracts';

interface Entry {
  readonly offset: number;
  readonly at: number;
  readonly record: JournalRecord;
}

/** A compaction waits until the log has doubled since the last one, so that a record costs O(1) on average. */
const MIN_GARBAGE = 64;

/**
 * The records of one topic in memory, under growing offsets. A compacted topic keeps the last record of each key;
 * the others keep what is young enough, and at most `cap` records unless they keep for ever.
 */
export class TopicLog {
  #entries: Entry[] = [];
  /** Of a compacted topic: where the standing record of a key is. */
  readonly #standing = new Map<string, number>();
  #next = 0;
  #afterCompaction = 0;

  constructor(private readonly topic: Topic, private readonly cap: number) {}

  /** The offset of the oldest record kept. */
  get start(): number {
    return this.#entries[0]?.offset ?? this.#next;
  }

  /** The offset the next record gets. */
  get end(): number {
    return this.#next;
  }

  /** Entries held: for tests of what is let go. */
  get size(): number {
    return this.#entries.length;
  }

  /**
   * @param now ms since 1970
   * @param slowest offset that the slowest reader will read next: it still needs the tombstones from there on
   */
  append(records: readonly JournalRecord[], now: number, slowest: number): void {
    for (const record of records) {
      if (this.topic.retention === 'compacted') this.#standing.set(record.key, this.#next);
      this.#entries.push({ offset: this.#next++, at: now, record });
    }
    if (this.topic.retention === 'compacted') this.#compact(slowest);
    else if (this.topic.retention !== 'forever') this.#expire(now - this.topic.retention);
  }

  /** At most `limit` records from an offset on, with theirs, and where to go on. `lost`: how many were let go before they were read. */
  read(offset: number, limit: number): { records: JournalRecord[]; offsets: number[]; next: number; lost: number } {
    const lost = this.topic.retention === 'compacted' ? 0 : Math.max(0, this.start - offset);
    const records: JournalRecord[] = [];
    const offsets: number[] = [];
    let next = offset;
    for (let i = this.#indexOf(offset); i < this.#entries.length && records.length < limit; i++) {
      const entry = this.#entries[i]!;
      if (this.#isStanding(entry)) {
        records.push(entry.record);
        offsets.push(entry.offset);
      }
      next = entry.offset + 1;
    }
    return { records, offsets, next: records.length < limit ? this.#next : next, lost };
  }

  #isStanding(entry: Entry): boolean {
    return this.topic.retention !== 'compacted' || this.#standing.get(entry.record.key) === entry.offset;
  }

  #compact(slowest: number): void {
    if (this.#entries.length < 2 * this.#afterCompaction + MIN_GARBAGE) return;
    this.#entries = this.#entries.filter((entry) => {
      if (!this.#isStanding(entry)) return false;
      if (entry.record.event !== null || entry.offset >= slowest) return true;
      this.#standing.delete(entry.record.key);
      return false;
    });
    this.#afterCompaction = this.#entries.length;
  }

  #expire(oldest: number): void {
    const excess = this.#entries.length - this.cap;
    let gone = Math.max(0, excess);
    while (gone < this.#entries.length && this.#entries[gone]!.at < oldest) gone++;
    // In slices, because moving the rest costs as much as it is long.
    if (gone > 0 && (excess > this.cap / 8 || gone > this.#entries.length / 8)) this.#entries.splice(0, gone);
  }

  /** Index of the first entry at or after an offset. */
  #indexOf(offset: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
