/** What was seen on a wire, by class. A tunnel platform's wire has zero in `other`, and in `nativeEsp` or `espInUdp`. */
export interface WireSummary {
  readonly packets: number;
  readonly ike: number;
  readonly ikeNatT: number;
  readonly espInUdp: number;
  readonly nativeEsp: number;
  readonly keepalive: number;
  readonly arp: number;
  readonly other: number;
  /** The first few lines of tcpdump that fit no class. */
  readonly otherSamples: readonly string[];
  /** Lost by the capture itself: with any, a zero elsewhere proves nothing. */
  readonly dropped: number;
}

type WireClass = 'ike' | 'ikeNatT' | 'espInUdp' | 'nativeEsp' | 'keepalive' | 'arp' | 'other';

const SAMPLES = 20;

export function summarize(lines: string, dropped: number): WireSummary {
  const counts: Record<WireClass, number> = { ike: 0, ikeNatT: 0, espInUdp: 0, nativeEsp: 0, keepalive: 0, arp: 0, other: 0 };
  const otherSamples: string[] = [];
  let packets = 0;
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    packets += 1;
    const kind = classify(line);
    counts[kind] += 1;
    if (kind === 'other' && otherSamples.length < SAMPLES) otherSamples.push(line);
  }
  return { packets, ...counts, otherSamples, dropped };
}

/** The ports are demanded besides tcpdump's own verdict, which is a guess from content for some protocols. */
export function classify(line: string): WireClass {
  if (/ UDP-encap: ESP\(/.test(line) && hasPort(line, 4500)) return 'espInUdp';
  if (/ NONESP-encap: isakmp/.test(line) && hasPort(line, 4500)) return 'ikeNatT';
  if (/ isakmp-nat-keep-alive/.test(line) && hasPort(line, 4500)) return 'keepalive';
  if (/ isakmp:/.test(line) && hasPort(line, 500)) return 'ike';
  if (/(^|\s)IP \S+ > \S+ ESP\(spi=/.test(line)) return 'nativeEsp';
  if (/(^|\s)ARP, /.test(line)) return 'arp';
  return 'other';
}

const hasPort = (line: string, port: number): boolean => new RegExp(`\\d\\.${port}(:| >)`).test(line);
