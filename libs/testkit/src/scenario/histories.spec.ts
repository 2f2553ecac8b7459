import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { violations } from '../world/checks.js';
import { World } from '../world/world.js';
import { BEGINNING, nextLine } from './histories.js';
import { perform } from './run.js';

const HISTORIES = Number(process.env.BORDERGATE_WORLDS ?? (process.env.CI ? 300 : 30));
const STEPS = 40;
const seen = { histories: 0, steps: 0, settled: 0, facts: 0, refused: 0, verbs: new Map<string, number>() };

const nat = fc.noBias(fc.nat({ max: 0xffff }));
const histories = fc.record({ seed: fc.integer(), steps: fc.array(fc.tuple(nat, nat, nat, nat), { minLength: STEPS, maxLength: STEPS }), rests: fc.nat({ max: 0xffff }) });

/** A random scenario in a world whose facts overtake one another; sometimes it goes on before the world has settled. */
function walk({ seed, steps, rests }: (typeof histories extends fc.Arbitrary<infer T> ? T : never)): void {
  const world = new World({ seed, kernelEsp: ['node-2'] });
  const lines: string[] = [];
  const stage = { world, say: (line: string) => { if (line.startsWith('refused')) seen.refused++; } };
  const settled = () => {
    world.settle();
    seen.settled++;
    expect(violations(world, seed)).toEqual([]);
  };
  try {
    for (const line of BEGINNING) perform(stage, line);
    for (const [index, numbers] of steps.entries()) {
      const line = nextLine(world, numbers);
      lines.push(line);
      perform(stage, line);
      seen.verbs.set(line.split(' ')[0]!, (seen.verbs.get(line.split(' ')[0]!) ?? 0) + 1);
      if ((rests + index) % 3 === 0) world.settle();
      if ((rests + index) % 10 === 0) settled();
    }
    for (const node of world.nodes.keys()) perform(stage, `worker ${node} restarts`);
    settled();
  } catch (error) {
    throw new Error(`after:\n${lines.join('\n')}`, { cause: error });
  }
  seen.histories++;
  seen.steps += steps.length;
  seen.facts += world.journal.facts.length;
}

afterAll(() => {
  const verbs = [...seen.verbs].sort(([, a], [, b]) => b - a).map(([verb, times]) => `${verb} ${times}`).join(', ');
  console.info(`worlds: ${seen.histories} random histories of ${STEPS} steps, ${seen.settled} settled states checked, ${Math.round(seen.facts / seen.histories)} facts each, ${seen.refused} commands refused; ${verbs}`);
});

describe('a world', () => {
  it('agrees with itself whenever it has settled, whatever happened and in whatever order it was heard', () => {
    fc.assert(fc.property(histories, walk), { numRuns: HISTORIES });
  });
});
