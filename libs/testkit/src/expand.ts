import { grouped } from '@bordergate/kernel';
import type { Random } from './random.js';

/**
 * Other roads for the same facts. Order is only promised within a source, and everything may arrive twice (design, laws 3
 * and 4): whatever folds facts must end up the same on every road that these make.
 */
export interface Sourced { readonly source: string }

const bySource = <F extends Sourced>(facts: readonly F[]): F[][] => [...grouped(facts, (fact) => fact.source).values()];

/** The last source first; within each, its own order. */
export const reversedSources = <F extends Sourced>(facts: readonly F[]): F[] => bySource(facts).reverse().flat();

/** The sources mixed anew, fact by fact. */
export function interleaved<F extends Sourced>(facts: readonly F[], random: Random): F[] {
  const queues = bySource(facts).map((queue) => ({ queue, next: 0 }));
  const road: F[] = [];
  while (queues.length > 0) {
    const i = random(queues.length);
    const from = queues[i]!;
    road.push(from.queue[from.next++]!);
    if (from.next === from.queue.length) queues.splice(i, 1);
  }
  return road;
}

/** At least once, in the way of a log: after a crash a source goes on from a little before where it was. */
export const duplicated = <F extends Sourced>(facts: readonly F[], random: Random): F[] =>
  bySource(facts).flatMap((queue) => queue.flatMap((fact, i) => (random(4) === 0 ? [fact, ...queue.slice(Math.max(0, i - random(3)), i + 1)] : [fact])));

/** The whole log read a second time, from its beginning. */
export const replayed = <F>(facts: readonly F[]): F[] => [...facts, ...facts];

/** Cut into batches at random, empty ones included. */
export function batched<F>(facts: readonly F[], random: Random): F[][] {
  const batches: F[][] = [[]];
  for (const fact of facts) {
    batches.at(-1)!.push(fact);
    if (random(4) === 0) batches.push([]);
  }
  return batches;
}

/** The same history on several roads, each with a name to blame. */
export const roads = <F extends Sourced>(facts: readonly F[], random: Random): readonly (readonly [name: string, batches: readonly (readonly F[])[]])[] => [
  ['in one batch', [facts]],
  ['with its sources in reverse order', [reversedSources(facts)]],
  ['interleaved, in batches', batched(interleaved(facts, random), random)],
  ['interleaved, with duplicates, in batches', batched(interleaved(duplicated(facts, random), random), random)],
  ['read twice', batched(replayed(facts), random)],
];
