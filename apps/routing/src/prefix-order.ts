import { prefixOf } from '@bordergate/kernel';
import type { PageOrder } from '@bordergate/platform';

/** Text that sorts as prefixes do: by address, then shorter first. */
export function sortable(text: string): string {
  const { address, length } = prefixOf(text);
  return `${address.toString(16).padStart(8, '0')}${String(length).padStart(2, '0')}`;
}

/** The order of rows that have one prefix each, and no prefix twice. */
export const prefixOrder = <T>(prefix: (row: T) => string): PageOrder<T> => ({ keyOf: (row) => sortable(prefix(row)), pattern: /^[0-9a-f]{8}[0-3]\d$/ });
