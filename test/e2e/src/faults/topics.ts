import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { createLog, KafkaJournal, MemoryJournal, readKafkaSettings, type Journal } from '@bordergate/platform';
import { createRouting } from '@bordergate/routing';
import { Registry } from 'prom-client';

/** What routing makes its tables of, and the tables. */
const INPUTS = [TOPICS.decisions, TOPICS.tunnelObservations, TOPICS.ribIn];
const OUTPUTS = [TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut, TOPICS.limits];
const quiet = createLog('faults', { level: 'silent' });

type Records = readonly (readonly [Topic, JournalRecord])[];
export type Rows = Readonly<Record<string, unknown>>;

/** What topics hold at this moment, as a consumer reads it that has never read before. */
export interface TopicContents {
  readonly inputs: Records;
  readonly rows: Rows;
  /** Of the log, as the topic of decisions has them: positions, each as often as it is there. */
  readonly positions: readonly string[];
}

export const openJournal = (brokers: string, onError: (error: unknown) => void = () => undefined): Journal =>
  new KafkaJournal({ settings: readKafkaSettings({ KAFKA_BROKERS: brokers })!, clientId: 'faults', log: quiet, onError });

export async function readTopics(brokers: string): Promise<TopicContents> {
  const failures: unknown[] = [];
  const journal = openJournal(brokers, (error) => failures.push(error));
  try {
    const inputs = await readToEnd(journal, INPUTS);
    const rows = tableOf(await readToEnd(journal, OUTPUTS));
    if (failures.length > 0) throw new AggregateError(failures, 'the topics could not be read');
    return { inputs, rows, positions: inputs.flatMap(([topic, { event }]) => (topic === TOPICS.decisions && event ? [event.sequence!] : [])) };
  } finally {
    await journal.close();
  }
}

/** The rows of a router that has never known anything else (law 2). */
export async function recomputed(inputs: Records): Promise<Rows> {
  const failures: unknown[] = [];
  const journal = new MemoryJournal({ onError: (error) => failures.push(error), cap: Number.POSITIVE_INFINITY });
  try {
    for (const [topic, record] of inputs) await journal.publish(topic, [record]);
    const routing = await createRouting({ journal, registry: new Registry(), quiet: true, log: quiet });
    try {
      await routing.ready;
      const rows = tableOf(await readToEnd(journal, OUTPUTS));
      if (failures.length > 0) throw new AggregateError(failures, 'the recomputation failed');
      return rows;
    } finally {
      await routing.close();
    }
  } finally {
    await journal.close();
  }
}

async function readToEnd(journal: Journal, topics: readonly Topic[]): Promise<Records> {
  const records: [Topic, JournalRecord][] = [];
  await Promise.all(topics.map(async (topic) => {
    let caughtUp!: () => void;
    const read = new Promise<void>((resolve) => { caughtUp = resolve; });
    const subscription = await journal.subscribe(topic, { name: 'faults', from: 'beginning' }, { batch: (batch) => { for (const record of batch) records.push([topic, record]); }, caughtUp });
    await read;
    await subscription.close();
  }));
  return records;
}

function tableOf(records: Records): Rows {
  const table = new Map<string, unknown>();
  for (const [topic, { key, event }] of records) {
    if (event) table.set(`${topic.name} ${key}`, event.data);
    else table.delete(`${topic.name} ${key}`);
  }
  return Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
}
