import { expect, it } from 'vitest';
import { seeded } from '../demo/seeded.js';
import type { Kind } from './kinds.js';
import { planOf } from './plan.js';

const kinds: Kind[] = ['kill', 'a', 'b'].map((name) => ({ name, inject: async () => [] }));
const planned = (seed: number, kills: number, only?: string[]) => planOf(kinds, { kills, ...(only && { only }) }, seeded(seed)).map(({ kind, times }) => `${kind.name} ${times}`);

it('has every kind once and all the kills in batches, in an order that follows from the seed', () => {
  const plan = planned(1, 45);
  expect([...plan].sort()).toEqual(['a 1', 'b 1', 'kill 20', 'kill 20', 'kill 5']);
  expect(planned(1, 45)).toEqual(plan);
  expect([2, 3, 4, 5, 6].map((seed) => planned(seed, 45).join())).not.toEqual(Array(5).fill(plan.join()));
});

it('has some kinds only, and says which there are when one is not', () => {
  expect(planned(1, 45, ['b'])).toEqual(['b 1']);
  expect(planned(1, 0)).not.toContain('kill 0');
  expect(() => planned(1, 1, ['c'])).toThrow('no kind of fault: c; there are kill, a, b');
});
