import type { TelemetrySample } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleBook } from './books.js';
import { AT, emptyPoint, joinInTime, readPoint, type Point } from './columns.js';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const M0 = T0 / 60_000;
const place = (tunnelId: string) => ({ region: 'r', borderGatewayId: 'bgw', vpnConnectionId: 'vpn', tunnelId, node: 'n' });
type Counters = Extract<TelemetrySample, { type: 'TunnelCountersSampled' }>;
const counters = (bytes: number, counterEpoch = 'a', tunnelId = 'tun'): Counters => ({
  type: 'TunnelCountersSampled', ...place(tunnelId), counterEpoch,
  original: { bytesIn: bytes, bytesOut: bytes * 2, packetsIn: bytes, packetsOut: bytes }, encrypted: { bytesIn: bytes * 3, bytesOut: bytes * 4, packetsIn: bytes * 5, packetsOut: bytes * 6 },
});
const probes = (sent: number, received: number, rtt: number, tunnelId = 'tun'): TelemetrySample =>
  ({ type: 'TunnelProbesSampled', ...place(tunnelId), sent, received, answers: true, rttMs: received > 0 ? { min: rtt / 2, avg: rtt, max: rtt * 2 } : null });

interface Timed { readonly at: number; readonly data: Exclude<TelemetrySample, { type: 'VifCountersSampled' }> }
type Series = Record<string, Record<number, number[]>>;

/** Feeds them, taking what there is after each of `takes`; at each of `restarts` another book goes on. */
function pointsOf(samples: readonly Timed[], { takes = [], restarts = [] }: { takes?: readonly number[]; restarts?: readonly number[] } = {}): Series {
  const gathered = new Map<string, Map<number, Point>>();
  const tails = new Map<string, ReturnType<SampleBook['take']>[number]['tail']>();
  let book = new SampleBook(10_000);
  const take = () => {
    for (const { place: { tunnelId }, points, tail } of book.take()) {
      tails.set(tunnelId, JSON.parse(JSON.stringify(tail)));
      const minutes = gathered.get(tunnelId) ?? new Map<number, Point>();
      gathered.set(tunnelId, minutes);
      for (const [minute, point] of points) minutes.set(minute, joinInTime(minutes.get(minute) ?? emptyPoint(), point));
    }
  };
  samples.forEach(({ data, at }, index) => {
    book.sample(data as never, at);
    if (takes.includes(index) || restarts.includes(index)) take();
    if (!restarts.includes(index)) return;
    book = new SampleBook(10_000);
    for (const [tunnelId, tail] of tails) book.resume(tunnelId, tail);
  });
  take();
  return Object.fromEntries([...gathered].sort().map(([tunnelId, minutes]) => [tunnelId, Object.fromEntries([...minutes].map(([minute, point]) => [minute - M0, [...point]]))]));
}
const minutesOf = (samples: readonly Timed[]) => Object.fromEntries(Object.entries(pointsOf(samples).tun ?? {}).map(([minute, point]) => [minute, Float64Array.from(point)]));

describe('counters', () => {
  it('are cut at the minute, and nothing is lost', () => {
    const minutes = minutesOf([[55, 0], [65, 1_001], [75, 2_001]].map(([seconds, bytes]) => ({ at: T0 + seconds! * 1_000, data: counters(bytes!) })));
    expect([minutes[0]![AT.coveredMs], minutes[0]![AT.sums[0]], minutes[1]![AT.coveredMs], minutes[1]![AT.sums[0]]]).toEqual([5_000, 500, 15_000, 1_501]);
    expect(readPoint(minutes[1]!, 'originalInBps', 'min')).toBe(800);
    expect(readPoint(minutes[1]!, 'originalInBps', 'max')).toBe(800.8);
    expect(readPoint(minutes[1]!, 'encryptedOutBps', 'sum')).toBe((2_002 + 4_000) * 8); // a counter of its own: half of 4,004, and 4,000
  });
  it('that begin anew with their device are traffic of the interval, announced or not', () => {
    const minutes = minutesOf([
      { at: T0, data: counters(5_000) }, { at: T0 + 10_000, data: counters(300, 'b') }, { at: T0 + 20_000, data: counters(400, 'b') }, { at: T0 + 30_000, data: counters(50, 'b') },
    ]);
    expect(minutes[0]![AT.sums[0]]).toBe(300 + 100 + 50);
  });
  it('tell nothing of a silence, and go on after it', () => {
    const minutes = minutesOf([[0, 0], [10, 1_000], [200, 90_000], [210, 91_000]].map(([seconds, bytes]) => ({ at: T0 + seconds! * 1_000, data: counters(bytes!) })));
    expect(Object.keys(minutes)).toEqual(['0', '3']);
    expect([minutes[3]![AT.coveredMs], readPoint(minutes[3]!, 'originalInBps', 'avg')]).toEqual([10_000, 800]);
  });
  it('of one life that come late change nothing that is counted', () => {
    const [a, b, c] = [[0, 0], [10, 400], [20, 1_000]].map(([seconds, bytes]) => ({ at: T0 + seconds! * 1_000, data: counters(bytes!) }));
    expect(minutesOf([a!, c!, b!])[0]![AT.sums[0]]).toBe(minutesOf([a!, b!, c!])[0]![AT.sums[0]]);
  });
});

it('probes are loss and round trip of those that were answered', () => {
  const [point] = Object.values(minutesOf([{ at: T0 + 10_000, data: probes(10, 10, 8) }, { at: T0 + 20_000, data: probes(10, 5, 20) }, { at: T0 + 60_000, data: probes(10, 0, 0) }] as Timed[]));
  expect(['avg', 'min', 'max', 'sum'].map((statistic) => readPoint(point!, 'probeLossRatio', statistic as never))).toEqual([0.5, 0, 1, 15]);
  expect(['avg', 'min', 'max'].map((statistic) => readPoint(point!, 'probeRttMs', statistic as never))).toEqual([12, 4, 40]);
});

// Histories of two tunnels: time goes on, counters grow, devices are reborn, samples stay away.
const step = fc.record({
  tunnel: fc.constantFrom('tun', 'tun-2'), kind: fc.constantFrom('counters', 'counters', 'counters', 'probes'), pause: fc.constantFrom(1, 7_301, 10_000, 29_999, 30_000, 30_001, 400_000),
  grown: fc.nat(10 ** 9), reborn: fc.boolean(), sent: fc.nat(100), rtt: fc.nat(500),
});
const history = fc.array(step, { maxLength: 60 }).map((steps): Timed[] => {
  const at: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  const life: Record<string, number> = {};
  return steps.map(({ tunnel, kind, pause, grown, reborn, sent, rtt }) => {
    at[tunnel] = (at[tunnel] ?? T0) + pause;
    if (kind === 'probes') return { at: at[tunnel], data: probes(sent, Math.floor(sent / 2), rtt, tunnel) as Timed['data'] };
    if (reborn) life[tunnel] = (life[tunnel] ?? 0) + 1;
    bytes[tunnel] = reborn ? grown : (bytes[tunnel] ?? 0) + grown;
    return { at: at[tunnel], data: counters(bytes[tunnel], `life-${life[tunnel]}`, tunnel) };
  });
});
/** Everything may come twice: soon after, or much later. */
const again = (samples: readonly Timed[], where: readonly number[]) => {
  const all = [...samples];
  where.forEach((from, index) => { if (samples.length > 0) all.splice(Math.min(all.length, (from % samples.length) + 1 + index * 3), 0, samples[from % samples.length]!); });
  return all;
};

describe('points', () => {
  it('hold exactly what was counted between samples that are close', () => {
    fc.assert(fc.property(history, (samples) => {
      const points = pointsOf(samples);
      for (const tunnel of ['tun', 'tun-2']) {
        const own = samples.filter(({ data }) => data.tunnelId === tunnel && data.type === 'TunnelCountersSampled') as { at: number; data: Counters }[];
        let [bytes, covered] = [0, 0];
        own.forEach(({ at, data }, index) => {
          const before = own[index - 1];
          if (!before || at - before.at > 30_000) return;
          covered += at - before.at;
          bytes += data.counterEpoch === before.data.counterEpoch ? data.original.bytesIn - before.data.original.bytesIn : data.original.bytesIn;
        });
        const all = Object.values(points[tunnel] ?? {});
        expect(all.reduce((sum, point) => sum + point[AT.sums[0]]!, 0)).toBe(bytes);
        expect(all.reduce((sum, point) => sum + point[AT.sums[5]]!, 0)).toBe(bytes * 6);
        expect(all.reduce((sum, point) => sum + point[AT.coveredMs]!, 0)).toBe(covered);
        for (const point of all) expect(point[AT.coveredMs]).toBeLessThanOrEqual(60_000);
      }
    }));
  });

  it('are the same whatever comes twice, whenever they are taken, and wherever another goes on', () => {
    fc.assert(fc.property(history, fc.array(fc.nat(100)), fc.array(fc.nat(80)), fc.array(fc.nat(80)), (samples, twice, takes, restarts) => {
      expect(pointsOf(again(samples, twice), { takes, restarts })).toEqual(pointsOf(samples));
    }));
  });

  it('are the same in whatever order tunnels, counters and probes are read', () => {
    const sourceOf = ({ data }: Timed) => `${data.tunnelId} ${data.type}`;
    fc.assert(fc.property(history, fc.array(fc.nat(3)), (samples, picks) => {
      const lanes = [...grouped(samples, sourceOf).values()].map((lane) => [...lane]);
      const shuffled: Timed[] = [];
      for (let turn = 0; lanes.some((lane) => lane.length > 0); turn++) {
        const waiting = lanes.filter((lane) => lane.length > 0);
        shuffled.push(waiting[(picks[turn % Math.max(1, picks.length)] ?? 0) % waiting.length]!.shift()!);
      }
      expect(pointsOf(shuffled)).toEqual(pointsOf(samples));
    }));
  });
});

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
