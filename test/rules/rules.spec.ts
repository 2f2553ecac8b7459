import { describe, expect, it } from 'vitest';
import { ANCHORS } from './anchors.js';
import { readRules, wrongWith } from './rules.js';

const { rules, files, unheld } = readRules();

/** Rules that no test holds, each with its reason on the page. Only what is on this list may be there. */
const MAY_BE_UNHELD: readonly string[] = ['R-AVAILABILITY', 'R-PERF', 'R-CHARGE'];

describe('docs/rules.md', () => {
  it('gives each rule an id of its own', () => {
    expect(rules.length).toBeGreaterThan(100);
    expect(rules.map(({ id }) => id).filter((id, n, all) => !/^R-[A-Z0-9-]+$/.test(id) || all.indexOf(id) !== n)).toEqual([]);
  });

  it('says each rule, its source and the tests that hold it', () => expect(rules.filter(({ rule, sources, tests, id }) => !(rule && sources[0] && (tests.length > 0 || unheld.includes(id)))).map(({ id }) => id)).toEqual([]));

  it('names tests that exist', () => {
    expect(rules.flatMap(({ id, tests }) => tests.flatMap((test) => wrongWith(test, files) ?? []).map((problem) => `${id}: ${problem}`))).toEqual([]);
  });

  it('covers every row of sections 1 to 4 of the reference, and of the seeds', () => {
    const said = new Set(rules.flatMap(({ sources }) => sources));
    expect({ uncovered: ANCHORS.filter((anchor) => !said.has(anchor)), unknown: [...said].filter((source) => !ANCHORS.includes(source)) }).toEqual({ uncovered: [], unknown: [] });
  });

  it('leaves out of the tests only what it may, and says so', () => {
    expect(rules.filter(({ tests }) => tests.length === 0).map(({ id }) => id)).toEqual([...unheld]);
    expect(unheld.filter((id) => !MAY_BE_UNHELD.includes(id))).toEqual([]);
  });
});

describe('a rule whose test', () => {
  const own = new Map([['own', 'test/rules/rules.spec.ts'], ['gone', 'test/rules/gone.spec.ts'], ['scenarios', 'test/scenarios/']]);
  it.each([
    ['exists', 'own: docs/rules.md > names tests that exist', undefined],
    ['is a row of a table', 'own: a rule whose test > exists', undefined],
    ['is a text scenario', 'scenarios: no-transit.txt What one customer announces is not told to another: a gateway is no transit between outside legs.', undefined],
    ['was renamed', 'own: docs/rules.md > names tests', 'test/rules/rules.spec.ts has no test "docs/rules.md > names tests"'],
    ['was in another describe', 'own: names tests that exist', 'test/rules/rules.spec.ts has no test "names tests that exist"'],
    ['is a row that is not there', 'own: a rule whose test > flies', 'test/rules/rules.spec.ts has no test "a rule whose test > flies"'],
    ['was in a file that is gone', 'gone: x', 'test/rules/gone.spec.ts does not exist'],
    ['has no file', 'other: x', 'no file is called "other"'],
  ])('%s', (_, test, problem) => expect(wrongWith(test, own)).toBe(problem));
});
