import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batched, duplicated, interleaved, replayed, reversedSources, roads } from './expand.js';
import { randomOf } from './random.js';

const facts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }).map((sources) => sources.map((source, n) => ({ source: `s${source}`, n })));
type Fact = { readonly source: string; readonly n: number };
const ofSource = (road: readonly Fact[], source: string) => road.filter((fact) => fact.source === source).map((fact) => fact.n);
/** What an at-least-once reader has seen in order, when it drops what it saw before. */
const firstSeen = (numbers: readonly number[]) => [...new Set(numbers)];

describe('other roads for the same facts', () => {
  it('keep the order within a source and lose nothing', () => {
    fc.assert(fc.property(facts, fc.integer(), (history, seed) => {
      for (const [name, batches] of roads(history, randomOf(seed))) {
        const road = batches.flat();
        for (const source of new Set(history.map((fact) => fact.source))) expect(firstSeen(ofSource(road, source)), name).toEqual(ofSource(history, source));
      }
    }));
  });

  it('end every source with its last word', () => {
    fc.assert(fc.property(facts, fc.integer(), (history, seed) => {
      for (const road of [duplicated(history, randomOf(seed)), replayed(history), reversedSources(history)]) {
        for (const source of new Set(history.map((fact) => fact.source))) expect(ofSource(road, source).at(-1)).toBe(ofSource(history, source).at(-1));
      }
    }));
  });

  it('are a function of the seed', () => {
    fc.assert(fc.property(facts, fc.integer(), (history, seed) => {
      expect(interleaved(history, randomOf(seed))).toEqual(interleaved(history, randomOf(seed)));
      expect(batched(history, randomOf(seed)).flat()).toEqual(history);
    }));
  });
});
