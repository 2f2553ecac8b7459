import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Backlinks } from './backlinks.js';

it('answers who names whom, after any history of who named whom', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(fc.property(fc.array(fc.tuple(ids, fc.array(ids)), { maxLength: 30 }), (history) => {
    const links = new Backlinks();
    const plain = new Map<string, string[]>();
    for (const [who, names] of history) {
      links.set(who, names);
      plain.set(who, names);
    }
    for (const name of ['a', 'b', 'c', 'd']) expect(links.of(name)).toEqual([...plain].filter(([, names]) => names.includes(name)).map(([who]) => who).sort());
  }));
});
