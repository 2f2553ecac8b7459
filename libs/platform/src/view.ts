import type { JournalRecord, Topic } from '@bordergate/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { Journal, Subscription } from './journal.js';

/** A table (or several) that is folded from one topic. */
export interface View {
  /** Of the consumer: "telemetry/tunnel-state". */
  readonly name: string;
  readonly topic: Topic;
  /** Empties the tables. */
  clear(tx: EntityManager): Promise<void>;
  /** Folds records in; idempotent (upserts and deletes by key), because everything may arrive twice (law 4). */
  apply(tx: EntityManager, records: readonly JournalRecord[]): Promise<void>;
}

/**
 * Keeps a view. A start replays the topic into memory and then swaps the tables in one transaction, so readers see the
 * rows of before until the new ones are complete, and rows that nothing speaks of any more are gone. After
 * that each batch is one transaction. So the journal's place is the checkpoint, and a rebuild is a start.
 * For topics whose replay fits into memory: of a compacted one, only the last record of each key is held.
 */
export class ViewRunner {
  #subscription: Subscription | undefined;

  constructor(private readonly db: DataSource, private readonly journal: Journal, private readonly view: View) {}

  /** Resolves when the tables hold everything that was in the topic. Failures are the journal's to report and repeat. */
  async start(): Promise<void> {
    if (this.#subscription) throw new Error(`the view ${this.view.name} has been started`);
    const { view } = this;
    let replay: Replay | undefined = new Replay(view.topic);
    let caughtUp!: () => void;
    const ready = new Promise<void>((resolve) => { caughtUp = resolve; });
    this.#subscription = await this.journal.subscribe(view.topic, { name: view.name, from: 'beginning' }, {
      batch: async (records) => {
        if (replay) replay.add(records);
        else await this.db.transaction((tx) => view.apply(tx, records));
      },
      caughtUp: async () => {
        await this.db.transaction(async (tx) => {
          await view.clear(tx);
          await view.apply(tx, replay?.records() ?? []);
        });
        replay = undefined;
        caughtUp();
      },
    });
    await ready;
  }

  /** Folds the whole topic anew; readers see the old rows until it is done. */
  async rebuild(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
  }
}

/** The records of a replay, in order. */
class Replay {
  readonly #all: JournalRecord[] = [];
  readonly #standing = new Map<string, JournalRecord>();

  constructor(private readonly topic: Topic) {}

  add(records: readonly JournalRecord[]): void {
    if (this.topic.retention !== 'compacted') {
      for (const record of records) this.#all.push(record);
      return;
    }
    for (const record of records) {
      this.#standing.delete(record.key); // so that it comes last, as in the topic
      if (record.event) this.#standing.set(record.key, record);
    }
  }

  records(): readonly JournalRecord[] {
    return this.topic.retention === 'compacted' ? [...this.#standing.values()] : this.#all;
  }
}
