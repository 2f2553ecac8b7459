import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import type { Scene } from './kinds.js';
import { openJournal, readTopics } from './topics.js';

const SLICE = 200;

/**
 * What a second producer that was slow delivers once more, and late: slices of the log's decisions from long ago (a consumer knows them by
 * their position), and the last word of each key of what workers tell, twice.
 */
export async function delivered({ stage: { cluster }, day, random }: Scene): Promise<string[]> {
  const journal = openJournal(cluster.brokers);
  try {
    const decisions = (await readTopics(cluster.brokers)).inputs.filter(([topic]) => topic === TOPICS.decisions).map(([, record]) => record);
    const done: string[] = [];
    for (let slice = 0; slice < 4; slice++) {
      const from = Math.floor(random() * Math.max(1, decisions.length - SLICE));
      await journal.publish(TOPICS.decisions, decisions.slice(from, from + SLICE));
      done.push(`decisions ${from} to ${from + SLICE} again`);
    }
    // nobody says anything newer of these keys meanwhile: an old word on top of a new one would be no delivery, but a lie
    await day.pause();
    const { inputs } = await readTopics(cluster.brokers);
    for (const topic of [TOPICS.tunnelObservations, TOPICS.ribIn]) {
      const last = lastWords(topic, inputs);
      for (let again = 0; again < 2; again++) await journal.publish(topic, last);
      done.push(`${last.length} keys of ${topic.name} twice`);
    }
    day.resume();
    return done;
  } finally {
    await journal.close();
  }
}

function lastWords(topic: Topic, records: readonly (readonly [Topic, JournalRecord])[]): JournalRecord[] {
  return [...new Map(records.filter(([of]) => of === topic).map(([, record]) => [record.key, record])).values()];
}
