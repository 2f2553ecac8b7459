import { InvalidRequestError } from './problem.js';

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** The order of a list: the key of each row, by which the rows are sorted, and what a key looks like. */
export interface PageOrder<T> {
  readonly keyOf: (row: T) => string;
  readonly pattern: RegExp;
}

/** A key as a cursor: opaque to callers, and safe in a query. */
export const cursorOf = (key: string): string => Buffer.from(key).toString('base64url');

/**
 * The key that a cursor stands for.
 * @throws InvalidRequestError when the text is no `nextCursor` of such a list
 */
export function keyOfCursor(cursor: string, pattern: RegExp): RegExpExecArray {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = cursorOf(key) === cursor ? pattern.exec(key) : null; // Node's decoder skips what is not base64url
  if (!match) throw noCursor();
  return match;
}

const NUMBERS = /^-?\d{1,19}(?: -?\d{1,19})*$/;

/**
 * The key that a cursor stands for, where it is whole numbers of the database: a comparison with what a column of so many
 * bits cannot hold would fail there.
 * @throws InvalidRequestError when the text is no `nextCursor` of such a list
 */
export function numbersOfCursor(cursor: string, bits: readonly (32 | 64)[]): string[] {
  const numbers = keyOfCursor(cursor, NUMBERS)[0].split(' ');
  if (numbers.length !== bits.length || numbers.some((number, index) => BigInt.asIntN(bits[index]!, BigInt(number)) !== BigInt(number))) throw noCursor();
  return numbers;
}

const noCursor = () => new InvalidRequestError([{ field: 'cursor', code: 'invalid-format', rule: 'the nextCursor of the page before' }]);

/**
 * A page of rows that are in the order of their keys. The cursor is the last key that was given out and not a count, so
 * rows that come and go between two pages make no other row appear twice or be left out. Of rows that are made one by one
 * no more are made than it takes.
 */
export function pageOf<T>(rows: Iterable<T>, { keyOf, pattern }: PageOrder<T>, { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }): Page<T> {
  const after = cursor === undefined ? undefined : keyOfCursor(cursor, pattern)[0];
  const items: T[] = [];
  for (const row of rows) {
    if (after !== undefined && keyOf(row) <= after) continue;
    if (items.length === limit) return { items, nextCursor: cursorOf(keyOf(items.at(-1)!)) };
    items.push(row);
  }
  return { items, nextCursor: null };
}
