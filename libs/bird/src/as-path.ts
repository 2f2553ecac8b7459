/** An AS_PATH as BIRD prints it. */
export interface AsPath {
  /** Sequences and the members of sets in the order of the text; confederation segments left out (RFC 5065 §5.3). */
  readonly asns: readonly number[];
  /** What best path compares (RFC 4271 §9.1.2.2 a): an AS_SET counts as one, a confederation segment as none. */
  readonly length: number;
  /** BIRD cut the text at 500 bytes: both of the above are only what could be seen. */
  readonly truncated: boolean;
}

/** "65010 65099 {64496 64497} (65001)". Never throws: what is no number is passed over. */
export function parseAsPath(text: string): AsPath {
  const truncated = text.endsWith('...');
  // The cut may go through a number, and half a number is another one.
  const seen = truncated ? text.replace(/\d*\.\.\.$/, '') : text;
  const outside = seen.replace(/\([^)]*\)?/g, ' ');
  const asns = [...outside.matchAll(/\d+/g)].map(match => Number(match[0]));
  const length = outside.replace(/\{[^}]*\}?/g, ' 0 ').match(/\d+/g)?.length ?? 0;
  return { asns, length, truncated };
}
