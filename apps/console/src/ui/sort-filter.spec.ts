import { describe, expect, it } from 'vitest';
import { filterRows, sortRows } from './sort-filter.js';

const rows = [{ name: 'b', ip: '10.0.0.9', list: [1, 2], n: 10 }, { name: 'a', ip: '9.0.0.0', list: [], n: 9 }, { name: 'C', ip: '10.0.0.10', list: [1], n: null }];
const names = (found: readonly { name: string }[]) => found.map(({ name }) => name).join('');

describe('a filter', () => {
  it.each([['', 'baC'], ['c', 'C'], ['10.0.0', 'bC'], ['10 C', 'C'], ['  ', 'baC'], ['x', '']])('"%s" leaves %s', (filter, left) =>
    expect(names(filterRows(rows, filter, ({ name, ip }) => [name, ip]))).toBe(left));
});

describe('sorting', () => {
  it.each([['name', 'abC'], ['ip', 'abC'], ['list', 'aCb'], ['n', 'Cab']])('by %s', (field, order) =>
    expect(names(sortRows(rows, { field, descending: false }, (row, f) => (row as Record<string, unknown>)[f]))).toBe(order));
  it('the other way round', () => expect(names(sortRows(rows, { field: 'name', descending: true }, (row, f) => (row as Record<string, unknown>)[f]))).toBe('Cba'));
  it('by nothing leaves the order of the API', () => expect(sortRows(rows, null, () => '')).toBe(rows));
});
