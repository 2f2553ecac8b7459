/** Lengths of IP packets, headers of IP included and the wire's framing not, by `source > destination`. */
export type WireBytes = ReadonlyMap<string, number>;

/** A packet of `tcpdump -v` is two lines: what its IP header says, and from whom to whom. */
const PACKET = /\bIP \(.*, length (\d+)\)\n\s+(\d+\.\d+\.\d+\.\d+)(?:\.\d+)? > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?: /g;

export function bytesByPair(lines: string): WireBytes {
  const bytes = new Map<string, number>();
  for (const [, length, from, to] of lines.matchAll(PACKET)) {
    const pair = `${from} > ${to}`;
    bytes.set(pair, (bytes.get(pair) ?? 0) + Number(length));
  }
  return bytes;
}
