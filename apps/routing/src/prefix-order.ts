import { prefixOf, toIpv4, type Prefix } from '@bordergate/kernel';
import { keyOfCursor, type PageOrder } from '@bordergate/platform';

/** Text that sorts as prefixes do: by address, then shorter first. */
export function sortable(text: string): string {
  const { address, length } = prefixOf(text);
  return `${address.toString(16).padStart(8, '0')}${String(length).padStart(2, '0')}`;
}

/** The prefix at the beginning of a cursor's key, for a table that is read from there on. */
export function prefixIn(cursor: string | undefined, { pattern }: Pick<PageOrder<never>, 'pattern'>): Prefix | undefined {
  if (cursor === undefined) return undefined;
  const [key] = keyOfCursor(cursor, pattern);
  return { address: toIpv4(parseInt(key.slice(0, 8), 16)), length: Number(key.slice(8, 10)) };
}

/** The order of rows that have one prefix each, and no prefix twice. */
export const prefixOrder = <T>(prefix: (row: T) => string): PageOrder<T> => ({ keyOf: (row) => sortable(prefix(row)), pattern: /^[0-9a-f]{8}[0-3]\d$/ });
