import type { JournalRecord, Topic } from '@bordergate/contracts';
import { readAs, type Door, type Journal, type Subscription } from '@bordergate/platform';
import type { z } from 'zod';

/** A topic whose records are only shown. */
export interface Followed {
  /** Of the consumer. */
  readonly name: string;
  readonly topic: Topic;
  readonly schema: z.ZodType;
  readonly apply: (record: JournalRecord) => void;
}

export interface Following {
  /** Resolves when what the topics had at the start has been applied. */
  readonly read: Promise<unknown>;
  close(): Promise<void>;
}

/** Subscribes to all of them, or to none when one fails. */
export async function follow(journal: Journal, topics: readonly Followed[], door: Door): Promise<Following> {
  const subscriptions: Subscription[] = [];
  const close = async () => void (await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close())));
  try {
    const read: Promise<void>[] = [];
    for (const { name, topic, schema, apply } of topics) {
      let caughtUp!: () => void;
      read.push(new Promise((resolve) => { caughtUp = resolve; }));
      const readable = (record: JournalRecord): JournalRecord => {
        if (record.event) readAs(schema, record.event.data);
        return record;
      };
      subscriptions.push(await journal.subscribe(topic, { name, from: 'beginning' }, {
        batch: async (records, place) => {
          for (const record of await door.admit(records, place, readable)) apply(record);
        },
        caughtUp,
      }));
    }
    return { read: Promise.all(read), close };
  } catch (error) {
    await close();
    throw error;
  }
}
