import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TOPICS, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import { decodeRecord, encodeRecord } from '@bordergate/platform';
import { cloudEvent, type WorldFact } from '@bordergate/testkit';

/** Messages as they were on the topics on some day, a file for each story: never written again, only added to. */
const DAYS = path.join(import.meta.dirname, 'days');

interface Message { readonly topic: string; readonly key: string; readonly headers: Record<string, string>; readonly value: string | null }

export interface Recorded { readonly topic: string; readonly record: JournalRecord }

const TOPIC_OF: Readonly<Record<WorldFact['topic'], string>> = {
  decisions: TOPICS.decisions.name, tunnel: TOPICS.tunnelObservations.name, bgp: TOPICS.ribIn.name, fib: TOPICS.fib.name, vpcRoutes: TOPICS.vpcRoutes.name, ribOut: TOPICS.ribOut.name, limits: TOPICS.limits.name,
};

function recordOf(fact: WorldFact): JournalRecord {
  const partitionKey = fact.topic === 'decisions' ? fact.key : fact.key.split('/')[0]!;
  const event: CloudEvent | null = fact.data && { ...cloudEvent(fact, fact.data), partitionkey: partitionKey, ...(fact.topic === 'decisions' ? { sequence: fact.position.toString() } : {}) };
  return { key: fact.key, partitionKey, event };
}

/** @param day such as 2026-11-28 */
export function writeDay(day: string, story: string, facts: readonly WorldFact[]): void {
  const lines = facts.map((fact) => {
    const { key, value, headers } = encodeRecord(recordOf(fact));
    return JSON.stringify({ topic: TOPIC_OF[fact.topic], key: key!.toString(), headers, value: value?.toString() ?? null });
  });
  mkdirSync(path.join(DAYS, day), { recursive: true });
  writeFileSync(path.join(DAYS, day, `${story}.ndjson`), `${lines.join('\n')}\n`, { flag: 'wx' });
}

export const stories = (): string[] => readdirSync(DAYS).flatMap((day) => readdirSync(path.join(DAYS, day)).map((file) => `${day}/${file}`));

export const read = (story: string): Recorded[] => readFileSync(path.join(DAYS, story), 'utf8').trim().split('\n').map((line) => {
  const { topic, key, headers, value } = JSON.parse(line) as Message;
  return { topic, record: decodeRecord({ key: Buffer.from(key), headers, value: value === null ? null : Buffer.from(value) }) };
});
