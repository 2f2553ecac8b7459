import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalRecord, Topic } from '@bordergate/contracts';
import type { Journal, Log } from '@bordergate/platform';

/** What waits of a topic while the journal takes nothing, before what is superseded is left out. */
const ENOUGH = 10_000;
const PAUSE_MS = { first: 50, last: 5_000 };

interface Waiting {
  readonly topic: Topic;
  records: JournalRecord[];
  /** Thinned out when it has grown to this. */
  limit: number;
}

/**
 * What a worker has to tell, on its way into the journal. Nobody waits for it: a node is kept in order while the broker is
 * away (law 10), and is told of when it is back. It is bounded: when much waits, only the last of each kind about each thing
 * does. What a crash takes is looked at again by the next worker.
 */
export class Mailbox {
  readonly #waiting = new Map<string, Waiting>();
  readonly #stopped = new AbortController();
  #delivery: Promise<void> | undefined;
  #underWay = 0;
  #failing = false;

  constructor(private readonly journal: Journal, private readonly log: Log, private readonly pauseMs = PAUSE_MS) {}

  /** Records that the journal has not taken yet. */
  get size(): number {
    return [...this.#waiting.values()].reduce((sum, { records }) => sum + records.length, this.#underWay);
  }

  put(topic: Topic, records: readonly JournalRecord[]): void {
    if (records.length === 0) return;
    const waiting = this.#waiting.get(topic.name) ?? { topic, records: [], limit: ENOUGH };
    this.#waiting.set(topic.name, waiting);
    for (const record of records) waiting.records.push(record);
    this.#thinOut(waiting);
    this.#delivery ??= this.#deliver();
  }

  /** Resolves when the journal has all that was put in. */
  async told(): Promise<void> {
    await this.#delivery;
  }

  /** Waits a moment for the journal, and then lets go. */
  async close(patienceMs = 3_000): Promise<void> {
    await Promise.race([this.told(), sleep(patienceMs, undefined, { ref: false })]);
    this.#stopped.abort();
    if (this.size > 0) this.log.warn('not everything could be told before the end; the next worker looks again', { records: this.size });
  }

  async #deliver(): Promise<void> {
    let pause = this.pauseMs.first;
    for (let next = this.#next(); next && !this.#stopped.signal.aborted; next = this.#next()) {
      const batch = next.records;
      next.records = [];
      this.#underWay = batch.length;
      try {
        await this.journal.publish(next.topic, batch);
        this.#underWay = 0;
        if (next.records.length === 0) this.#waiting.delete(next.topic.name);
        pause = this.pauseMs.first;
        if (this.#failing) this.log.info('the journal takes records again');
        this.#failing = false;
      } catch (error) {
        this.#underWay = 0;
        next.records = [...batch, ...next.records];
        if (!this.#failing) this.log.warn('the journal takes no records; they wait', { topic: next.topic.name, records: this.size, error });
        this.#failing = true;
        await sleep(pause, undefined, { signal: this.#stopped.signal, ref: false }).catch(() => undefined); // closing ends the pause
        pause = Math.min(2 * pause, this.pauseMs.last);
      }
    }
    this.#delivery = undefined;
  }

  /** In turn, so that one topic that is refused does not keep the others back. */
  #next(): Waiting | undefined {
    const next = this.#waiting.values().next().value;
    if (!next) return undefined;
    this.#waiting.delete(next.topic.name);
    this.#waiting.set(next.topic.name, next);
    return next;
  }

  /** A table keeps the last row of a key, and of what was observed the last of a type about a thing says how it is. */
  #thinOut(waiting: Waiting): void {
    if (waiting.records.length < waiting.limit) return;
    const last = new Map<string, JournalRecord>();
    for (const record of waiting.records) {
      const id = waiting.topic.retention === 'compacted' ? record.key : `${record.key} ${record.event?.type}`;
      last.delete(id);
      last.set(id, record);
    }
    waiting.records = [...last.values()];
    waiting.limit = Math.max(ENOUGH, 2 * last.size);
  }
}
