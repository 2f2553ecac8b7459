import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, keyOfCursor, numbersOfCursor, pageOf } from './paging.js';
import { InvalidRequestError } from './problem.js';

const order = { keyOf: (row: string) => row, pattern: /^[a-z]{1,8}$/ };

describe('pages', () => {
  it('together are the list, whatever their size', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/)), fc.integer({ min: 1, max: 7 }), (names, limit) => {
      const rows = [...names].sort();
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = pageOf(rows, order, { limit, cursor });
        seen.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(rows);
    }));
  });

  it('take no more rows than one beyond the limit', () => {
    let made = 0;
    const rows = function* () {
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
        made++;
        yield name;
      }
    };
    expect(pageOf(rows(), order, { limit: 2, cursor: cursorOf('a') })).toEqual({ items: ['b', 'c'], nextCursor: cursorOf('c') });
    expect(made).toBe(4);
  });

  it('neither repeat nor leave out a row when others come and go', () => {
    const { nextCursor } = pageOf(['b', 'd', 'f'], order, { limit: 2 });
    expect(pageOf(['a', 'c', 'e', 'f'], order, { limit: 2, cursor: nextCursor! }).items).toEqual(['e', 'f']);
  });
});

describe('a cursor', () => {
  it.each(['', '!', 'YQ==', ' YQ', 'YQ ', cursorOf('A'), cursorOf('a\0'), cursorOf('abcdefghi'), 'undefined'])('%j that no page has given out is refused', (cursor) => {
    expect(() => pageOf(['a'], order, { limit: 1, cursor })).toThrow(InvalidRequestError);
  });
  it('gives its key back', () => expect(keyOfCursor(cursorOf('abc'), order.pattern)[0]).toBe('abc'));
  it.each(['9223372036854775807 2147483647', '-9223372036854775808 -2147483648', '0 0'])('of numbers gives them back: %s', (key) => expect(numbersOfCursor(cursorOf(key), [64, 32]).join(' ')).toBe(key));
  it.each(['1 2147483648', '9223372036854775808 1', '-9223372036854775809 1', '1 -2147483649', '1', '1 1 1', '1  1', '1 x', '1 1.5'])('of numbers that no column holds is refused: %s', (key) => {
    expect(() => numbersOfCursor(cursorOf(key), [64, 32])).toThrow(InvalidRequestError);
  });
});
