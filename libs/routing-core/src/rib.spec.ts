import { formatPrefix, prefixOf, type Prefix } from '@bordergate/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnedPath, staticPath, type LearnedAttributes, type Path } from './path.js';
import { Rib } from './rib.js';

const P = prefixOf('10.0.0.0/16');
const tell = (rib: Rib, prefix: Prefix, path: Path) => (path.learned ? rib.learn(rib.rows.add(prefix.address, prefix.length), rib.sourceOf(path.source), path.learned, 'tunnel') : rib.announce(prefix, path));
const said = (source: string, hops = 1, epoch = 1, more: Partial<LearnedAttributes> = {}) => learnedPath(source, { epoch, asPath: Array(hops).fill(65001), asPathLength: hops, origin: 'IGP', med: null, communities: [], since: '', ...more });
/** Their hashes are the same: no hash sees where one community ends. */
const [LEFT, RIGHT, BOTH] = [['ab', 'c'], ['a', 'bc'], ['abc']].map((communities) => said('t2', 1, 1, { communities }));
const wordsOf = (path: Path | undefined) => path && `${path.source} ${path.text} ${JSON.stringify(path.learned)}`;
const rowsOf = (rib: Rib, row: number) => (row < 0 ? undefined : formatPrefix(rib.rows.prefixOf(row)));

describe('a RIB', () => {
  it('answers what changed, and nothing for what does not', () => {
    const rib = new Rib();
    const first = said('t1');
    expect(tell(rib, P, first)).toMatchObject({ was: undefined, now: first });
    expect(tell(rib, P, said('t1'))).toBeUndefined();
    expect(tell(rib, P, said('t1', 2))).toMatchObject({ was: first, now: said('t1', 2) });
    expect(rib.withdraw(P, 't2')).toBeUndefined();
    expect(rib.withdraw(P, 't1')).toMatchObject({ was: said('t1', 2), now: undefined });
    expect([rib.routes, rib.prefixes]).toEqual([0, 0]);
  });

  it('shares one path among the routes with the same attributes, and forgets it with the last', () => {
    const rib = new Rib();
    for (let i = 0; i < 100; i++) tell(rib, prefixOf(`10.0.${i}.0/24`), said('t1', 1 + (i % 2)));
    expect([...rib.shared('t1')].map(([, routes]) => routes)).toEqual([50, 50]);
    expect(rib.candidates(prefixOf('10.0.0.0/24'))[0]).toBe(rib.candidates(prefixOf('10.0.2.0/24'))[0]);
    expect([...rib.withdrawSource('t1')]).toHaveLength(100);
    expect([...rib.shared('t1')]).toEqual([]);
  });

  it('takes a source out lazily, and leaves the others', () => {
    const rib = new Rib();
    for (let i = 0; i < 10; i++) for (const source of ['t1', 't2']) tell(rib, prefixOf(`10.0.${i}.0/24`), said(source));
    const walk = rib.withdrawSource('t1');
    walk.next();
    expect(rib.routes).toBe(19);
    expect([...walk]).toHaveLength(9);
    expect([...rib.routesOf('t2')]).toHaveLength(10);
    expect([...rib.withdrawSource('t3')]).toEqual([]);
  });

  it('is a list of (prefix, source, path), for any history', () => {
    const prefixes = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/24', '10.1.0.0/16'].map(prefixOf);
    const paths: Path[] = [said('t1'), said('t1', 2), said('t2'), LEFT!, RIGHT!, BOTH!, said('t3', 2), said('t3', 2, 7), staticPath('r1', 'vpn_connection', 'c1', 1n)];
    const step = fc.record({ verb: fc.constantFrom('announce', 'announce', 'withdraw', 'withdrawSource'), prefix: fc.constantFrom(...prefixes), path: fc.constantFrom(...paths) });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const rib = new Rib();
      let list: { prefix: string; path: Path }[] = [];
      for (const { verb, prefix, path } of steps) {
        const text = formatPrefix(prefix);
        if (verb === 'withdrawSource') {
          expect([...rib.withdrawSource(path.source)]).toHaveLength(list.filter((row) => row.path.source === path.source).length);
          list = list.filter((row) => row.path.source !== path.source);
          continue;
        }
        const was = list.find((row) => row.prefix === text && row.path.source === path.source)?.path;
        const change = verb === 'announce' ? tell(rib, prefix, path) : rib.withdraw(prefix, path.source);
        list = list.filter((row) => row.path !== was || row.prefix !== text);
        if (verb === 'announce') list.push({ prefix: text, path });
        const now = verb === 'announce' ? path : undefined;
        if (wordsOf(was) === wordsOf(now)) expect(change).toBeUndefined();
        else expect(change).toEqual({ was, now, row: text === rowsOf(rib, change!.row) ? change!.row : -1 });
      }
      const dump = [...rib.entries()].flatMap(([prefix, candidates]) => candidates.map((path) => `${formatPrefix(prefix)} ${wordsOf(path)}`));
      expect(dump.sort()).toEqual(list.map(({ prefix, path }) => `${prefix} ${wordsOf(path)}`).sort());
      expect([rib.routes, rib.prefixes]).toEqual([list.length, new Set(list.map((row) => row.prefix)).size]);
      for (const [, candidates] of rib.entries()) expect(candidates.map((path) => path.source)).toEqual(candidates.map((path) => path.source).toSorted());
      for (const source of ['t1', 't2', 't3', 'r1']) expect([...rib.shared(source)].reduce((sum, [, routes]) => sum + routes, 0)).toBe([...rib.routesOf(source)].length);
    }), { numRuns: 2_000 });
  });
});
