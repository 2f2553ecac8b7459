/** Canonical JSON: keys sorted at every depth and undefined left out, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([k, v]) => [k, sorted(v)]),
  );
}

/** Equality of plain data. */
export const sameData = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b);
