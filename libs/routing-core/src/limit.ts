import type { LimitStatus } from '@bordergate/contracts';
import { comparePrefixes, type Prefix } from '@bordergate/kernel';

/** A route that asks for room in a table with a limit. */
export interface Claim {
  readonly prefix: Prefix;
  /** Since when (path.ts); the earlier comes first. */
  readonly age: string;
  /** Tells apart what asks for the same prefix in one table. */
  readonly source: string;
}

export interface Room {
  readonly maxLimit: number;
  /** What asks for room, the refused included. */
  readonly count: number;
  readonly refused: number;
  readonly status: LimitStatus;
}

/**
 * Who stays when a limit is reached: those that are there longest (ADR 15). The excess is refused and nothing else happens to it, so it
 * comes in by itself when there is room. An order by age, and not by prefix or by peer, so that a new route never pushes out one that
 * works; and age is in the facts (a log position, the time a peer has announced it since), so a restart chooses the same.
 */
export function overLimit<C extends Claim>(claims: readonly C[], maxLimit: number): C[] {
  return claims.length <= maxLimit ? [] : [...claims].sort(byAge).slice(maxLimit);
}

const byAge = (a: Claim, b: Claim): number => order(a.age, b.age) || comparePrefixes(a.prefix, b.prefix) || order(a.source, b.source);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** From how many on people are warned: four fifths. */
export const nearAt = (maxLimit: number): number => Math.max(1, Math.ceil(maxLimit * 0.8));

export const roomOf = (count: number, maxLimit: number): Room => ({
  maxLimit, count, refused: Math.max(0, count - maxLimit), status: count > maxLimit ? 'over-limit' : count >= nearAt(maxLimit) ? 'near-limit' : 'ok',
});
