import { TOPICS, type Derivation } from '@bordergate/contracts';
import { sameRow, type DerivationChange } from './change-set.js';

/** What changed between two states of a limit's rows. */
export function limitChanges(before: ReadonlyMap<string, Derivation>, after: ReadonlyMap<string, Derivation>): DerivationChange[] {
  const topic = TOPICS.limits.name;
  const sets = [...after].filter(([key, value]) => !sameRow(value, before.get(key))).map(([key, value]) => ({ topic, key, value }));
  return [...sets, ...[...before.keys()].filter((key) => !after.has(key)).map((key) => ({ topic, key, value: null }))];
}
