import type { TunnelCountersSampled, TunnelProbesSampled } from '@bordergate/contracts';
import { AT, type Point } from './columns.js';
import { minuteOf, OpenMinutes } from './minutes.js';

/** The six counters that are drawn: bytes inside and outside, packets outside. */
type Six = readonly [number, number, number, number, number, number];

/** The last samples of a tunnel that count: all that is needed to go on from there. */
export interface SampleTail {
  /** [ms, counterEpoch, the six counters]; null before the first. */
  readonly counters: readonly [number, string, Six] | null;
  /** Time of the last probes; null before the first. */
  readonly probes: number | null;
}

/**
 * A tunnel's samples become points. What the counters grew by between two samples is spread evenly over the time between
 * them and cut at the minute, in whole numbers whose sum is exactly what was counted. A sample that is not newer than the
 * last is a duplicate or late and changes nothing: counters are sums, so the one after it has told already. Over a silence
 * longer than `gapMs` nothing is drawn: how it was spread is not known.
 */
export class SampleSeries {
  readonly open = new OpenMinutes();
  #last: { at: number; epoch: string; six: Six } | undefined;
  #probedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly gapMs: number, tail?: SampleTail) {
    if (tail?.counters) this.#last = { at: tail.counters[0], epoch: tail.counters[1], six: tail.counters[2] };
    if (tail?.probes != null) this.#probedAt = tail.probes;
  }

  get tail(): SampleTail {
    const last = this.#last;
    return { counters: last ? [last.at, last.epoch, last.six] : null, probes: Number.isFinite(this.#probedAt) ? this.#probedAt : null };
  }

  /** False: a duplicate, or late. */
  counters({ counterEpoch, original, encrypted }: Pick<TunnelCountersSampled, 'counterEpoch' | 'original' | 'encrypted'>, at: number): boolean {
    const before = this.#last;
    if (before && at <= before.at) return false;
    const six: Six = [whole(original.bytesIn), whole(original.bytesOut), whole(encrypted.bytesIn), whole(encrypted.bytesOut), whole(encrypted.packetsIn), whole(encrypted.packetsOut)];
    this.#last = { at, epoch: counterEpoch, six };
    if (!before || at - before.at > this.gapMs) return true;
    // A new life of the device began after the last sample, so all that it counted happened since (as in counters.ts).
    const reborn = counterEpoch !== before.epoch || six.some((value, index) => value < before.six[index]!);
    const grown = reborn ? six : six.map((value, index) => value - before.six[index]!);
    this.#spread(grown, before.at, at);
    return true;
  }

  /** Of the time since the probes before: they count where they end. False: a duplicate, or late. */
  probes({ sent, received, rttMs }: Pick<TunnelProbesSampled, 'sent' | 'received' | 'rttMs'>, at: number): boolean {
    if (at <= this.#probedAt) return false;
    this.#probedAt = at;
    if (sent === 0) return true;
    const point = this.open.at(minuteOf(at - 1));
    point[AT.sent]! += sent;
    point[AT.received]! += received;
    lower(point, AT.lossMin, (sent - received) / sent);
    raise(point, AT.lossMax, (sent - received) / sent);
    if (!rttMs || received === 0) return true;
    point[AT.rttMicros]! += whole(rttMs.avg * 1_000 * received);
    lower(point, AT.rttMin, rttMs.min);
    raise(point, AT.rttMax, rttMs.max);
    return true;
  }

  #spread(grown: readonly number[], from: number, to: number): void {
    const elapsed = to - from;
    this.open.spread(from, to, (point, begin, end) => {
      point[AT.coveredMs]! += end - begin;
      for (let index = 0; index < 6; index++) {
        const all = grown[index]!;
        point[AT.sums[index]!]! += end - begin === elapsed ? all : Math.floor((all * (end - from)) / elapsed) - Math.floor((all * (begin - from)) / elapsed);
        const perSecond = (all * (index < 4 ? 8_000 : 1_000)) / elapsed;
        lower(point, AT.rateMin[index]!, perSecond);
        raise(point, AT.rateMax[index]!, perSecond);
      }
    });
  }
}

/** What a counter can be, whatever is told. */
const whole = (value: number): number => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value)));

export function lower(point: Point, at: number, value: number): void {
  if (value < point[at]!) point[at] = value;
}
export function raise(point: Point, at: number, value: number): void {
  if (value > point[at]!) point[at] = value;
}
