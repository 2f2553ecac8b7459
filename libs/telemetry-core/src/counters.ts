import type { TunnelCountersSampled } from '@bordergate/contracts';

/**
 * Counters of a device become totals and rates. A device's counters start again from zero with each life of it
 * (counterEpoch), samples come twice or late, and sometimes not at all. So: a sample counts only when it is newer
 * than the last one; a new life adds to the totals instead of replacing them; and a rate is told only between two
 * samples that are close, because an average over an hour's silence is no answer to "how much now".
 */
export type Counters = TunnelCountersSampled['original'];
export interface TunnelCounters {
  readonly original: Counters;
  readonly encrypted: Counters;
}

/** What the product draws (semantics 5): bits per second inside and outside of the tunnel, packets as on the wire. */
export interface TunnelRates {
  readonly originalInBps: number;
  readonly originalOutBps: number;
  readonly encryptedInBps: number;
  readonly encryptedOutBps: number;
  readonly packetsInPps: number;
  readonly packetsOutPps: number;
}

export interface CounterTrack {
  readonly sampledAt: string;
  readonly epoch: string;
  /** The device's own counters in its present life. */
  readonly device: TunnelCounters;
  /** Since the first sample's life began, over all lives. */
  readonly totals: TunnelCounters;
  readonly rates: TunnelRates | null;
}

/** So many sample intervals without a sample are a gap. */
export const GAP_INTERVALS = 3;

/** The track after a sample; the same track when the sample is a duplicate or late. */
export function track(before: CounterTrack | undefined, sample: Pick<TunnelCountersSampled, 'counterEpoch' | 'original' | 'encrypted'>, at: string, sampleIntervalMs: number): CounterTrack {
  const device: TunnelCounters = { original: sample.original, encrypted: sample.encrypted };
  if (!before) return { sampledAt: at, epoch: sample.counterEpoch, device, totals: device, rates: null };
  const elapsedMs = Date.parse(at) - Date.parse(before.sampledAt);
  if (!(elapsedMs > 0)) return before;
  // The life began after the last sample, so all that it counted happened in between. A counter that fell without a
  // new epoch is a reset nobody announced: the same reading keeps totals from falling and rates from being negative.
  const reborn = sample.counterEpoch !== before.epoch || fell(before.device.original, device.original) || fell(before.device.encrypted, device.encrypted);
  const original = reborn ? device.original : minus(device.original, before.device.original);
  const encrypted = reborn ? device.encrypted : minus(device.encrypted, before.device.encrypted);
  return {
    sampledAt: at,
    epoch: sample.counterEpoch,
    device,
    totals: { original: plus(before.totals.original, original), encrypted: plus(before.totals.encrypted, encrypted) },
    rates: elapsedMs > GAP_INTERVALS * sampleIntervalMs ? null : ratesOf(original, encrypted, elapsedMs / 1_000),
  };
}

/** A rate is about now: when samples stay away it is withdrawn, the totals stay. */
export function withoutStaleRates(before: CounterTrack, nowMs: number, sampleIntervalMs: number): CounterTrack {
  const stale = before.rates !== null && nowMs - Date.parse(before.sampledAt) > GAP_INTERVALS * sampleIntervalMs;
  return stale ? { ...before, rates: null } : before;
}

const ratesOf = (original: Counters, encrypted: Counters, seconds: number): TunnelRates => ({
  originalInBps: (original.bytesIn * 8) / seconds,
  originalOutBps: (original.bytesOut * 8) / seconds,
  encryptedInBps: (encrypted.bytesIn * 8) / seconds,
  encryptedOutBps: (encrypted.bytesOut * 8) / seconds,
  packetsInPps: encrypted.packetsIn / seconds,
  packetsOutPps: encrypted.packetsOut / seconds,
});

const pairwise = (a: Counters, b: Counters, f: (x: number, y: number) => number): Counters => ({
  bytesIn: f(a.bytesIn, b.bytesIn), bytesOut: f(a.bytesOut, b.bytesOut), packetsIn: f(a.packetsIn, b.packetsIn), packetsOut: f(a.packetsOut, b.packetsOut),
});
const plus = (a: Counters, b: Counters): Counters => pairwise(a, b, (x, y) => x + y);
const minus = (a: Counters, b: Counters): Counters => pairwise(a, b, (x, y) => x - y);
const fell = (before: Counters, now: Counters): boolean =>
  now.bytesIn < before.bytesIn || now.bytesOut < before.bytesOut || now.packetsIn < before.packetsIn || now.packetsOut < before.packetsOut;
