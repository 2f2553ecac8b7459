import type { BgpOptions } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';

/** Timers as they are asked for: the keepalive interval is a third of the hold time (RFC 4271, 4.4). */
export type BgpTimers = Omit<BgpOptions, 'keepaliveSec'>;
export type BgpTimersChange = { [K in keyof BgpTimers]?: BgpTimers[K] | undefined };

export const withKeepalive = (timers: BgpTimers): BgpOptions => ({ ...timers, keepaliveSec: Math.floor(timers.holdSec / 3) });

export function changedTimers(before: BgpOptions, change: BgpTimersChange): BgpOptions {
  const { holdSec = before.holdSec, bfdEnabled = before.bfdEnabled, bfdIntervalMs = before.bfdIntervalMs, bfdMultiplier = before.bfdMultiplier } = change;
  return withKeepalive({ holdSec, bfdEnabled, bfdIntervalMs, bfdMultiplier });
}

/** BGP with a customer is always EBGP (semantics 3.5). */
export const sameAsn = (bgpEnabled: boolean, localAsn: number, customerAsn: number, field: string): Rejection | undefined =>
  bgpEnabled && localAsn === customerAsn ? reject('ebgp-needs-different-asn', `BGP needs two AS numbers: both sides are ${localAsn}`, field) : undefined;
