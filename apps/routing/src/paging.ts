import { prefixOf } from '@bordergate/kernel';

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/**
 * A page of rows that are in the order of their keys. The cursor is the last key that was given out and not a count, so
 * routes that come and go between two pages make no other route appear twice or be left out.
 */
export function pageOf<T>(rows: readonly T[], keyOf: (row: T) => string, { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }): Page<T> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
  const rest = rows.filter((row) => keyOf(row) > after);
  const items = rest.slice(0, limit);
  return { items, nextCursor: rest.length > limit ? Buffer.from(keyOf(items.at(-1)!)).toString('base64url') : null };
}

/** Text that sorts as prefixes do: by address, then shorter first. */
export function sortable(text: string): string {
  const { address, length } = prefixOf(text);
  return `${address.toString(16).padStart(8, '0')}${String(length).padStart(2, '0')}`;
}
