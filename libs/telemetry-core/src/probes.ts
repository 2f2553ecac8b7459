import type { TunnelProbesSampled } from '@bordergate/contracts';
import { GAP_INTERVALS } from './counters.js';

/** Probes of the last sample interval, as shown. */
export interface ProbeSample {
  readonly sampledAt: string;
  readonly sent: number;
  readonly received: number;
  readonly lossRatio: number;
  readonly rttMs: { readonly min: number; readonly avg: number; readonly max: number } | null;
  readonly answers: boolean;
}

/** The newer of the two: samples come twice, or late. */
export function latest(before: ProbeSample | undefined, { sent, received, rttMs, answers }: TunnelProbesSampled, at: string): ProbeSample {
  if (before && Date.parse(at) <= Date.parse(before.sampledAt)) return before;
  return { sampledAt: at, sent, received, lossRatio: sent === 0 ? 0 : (sent - received) / sent, rttMs, answers };
}

/** Loss and round trip are about now: when samples stay away (the device is down, the worker gone), nothing is known. */
export const withoutStale = (of: ProbeSample, nowMs: number, sampleIntervalMs: number): ProbeSample | undefined =>
  nowMs - Date.parse(of.sampledAt) > GAP_INTERVALS * sampleIntervalMs ? undefined : of;
