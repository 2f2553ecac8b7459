import type { JournalRecord, Topic } from '@bordergate/contracts';
import type { Journal, Subscription } from '@bordergate/platform';

/** A topic whose records are only shown: parsed by those who decide on them. */
export interface Followed {
  /** Of the consumer. */
  readonly name: string;
  readonly topic: Topic;
  readonly apply: (record: JournalRecord) => void;
}

export interface Following {
  /** Resolves when what the topics had at the start has been applied. */
  readonly read: Promise<unknown>;
  close(): Promise<void>;
}

/** Subscribes to all of them, or to none when one fails. */
export async function follow(journal: Journal, topics: readonly Followed[]): Promise<Following> {
  const subscriptions: Subscription[] = [];
  const close = async () => void (await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close())));
  try {
    const read: Promise<void>[] = [];
    for (const { name, topic, apply } of topics) {
      let caughtUp!: () => void;
      read.push(new Promise((resolve) => { caughtUp = resolve; }));
      subscriptions.push(await journal.subscribe(topic, { name, from: 'beginning' }, { batch: (records) => records.forEach(apply), caughtUp }));
    }
    return { read: Promise.all(read), close };
  } catch (error) {
    await close();
    throw error;
  }
}
