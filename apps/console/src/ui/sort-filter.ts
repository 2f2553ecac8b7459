/** What the filter box and the column heads of a list do, apart from how they look. */
export interface Sorting { readonly field: string; readonly descending: boolean }

/** Rows whose shown texts have every word of the filter in them, whatever the case. */
export function filterRows<T>(rows: readonly T[], filter: string, textsOf: (row: T) => readonly string[]): readonly T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textsOf(row).join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const collator = new Intl.Collator('en', { numeric: true });

/** By a field: numbers as numbers, lists by their length, texts so that 10.0.0.0 comes after 9.0.0.0; the rest stays in order. */
export function sortRows<T>(rows: readonly T[], sorting: Sorting | null, fieldOf: (row: T, field: string) => unknown): readonly T[] {
  if (!sorting) return rows;
  const keyed = rows.map((row) => [keyOf(fieldOf(row, sorting.field)), row] as const);
  keyed.sort(([a], [b]) => (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))) * (sorting.descending ? -1 : 1));
  return keyed.map(([, row]) => row);
}

const keyOf = (value: unknown): string | number =>
  typeof value === 'number' ? value : Array.isArray(value) ? value.length : value === null || value === undefined ? '' : String(value);
