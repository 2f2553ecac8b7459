import type { TunnelCountersSampled } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { track, withoutStaleRates, type CounterTrack } from './counters.js';

const INTERVAL = 10_000;
const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000).toISOString();
const io = (bytesIn: number, bytesOut = 0, packetsIn = 0, packetsOut = 0) => ({ bytesIn, bytesOut, packetsIn, packetsOut });

const sample = (counterEpoch: string, original: TunnelCountersSampled['original'], encrypted = original): TunnelCountersSampled => ({
  type: 'TunnelCountersSampled', region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: 'node-1', counterEpoch, original, encrypted,
});

/** Samples of (second, epoch, original, encrypted?) into a track. */
const tracked = (...samples: [number, string, ReturnType<typeof io>, ReturnType<typeof io>?][]): CounterTrack =>
  samples.reduce<CounterTrack | undefined>((before, [second, epoch, original, encrypted]) => track(before, sample(epoch, original, encrypted), at(second), INTERVAL), undefined)!;

describe('counters', () => {
  it('the first sample has totals and no rate', () => {
    expect(tracked([0, 'a', io(100, 50)])).toMatchObject({ totals: { original: io(100, 50) }, rates: null });
  });

  it('two samples make a rate: bits inside and outside apart, packets as on the wire', () => {
    const { rates } = tracked([0, 'a', io(0), io(0)], [10, 'a', io(1_000, 2_000, 7, 7), io(1_250, 2_500, 10, 20)]);
    expect(rates).toEqual({ originalInBps: 800, originalOutBps: 1_600, encryptedInBps: 1_000, encryptedOutBps: 2_000, packetsInPps: 1, packetsOutPps: 2 });
  });

  it("a device's next life adds to the totals and its traffic is the rate", () => {
    const after = tracked([0, 'a', io(900)], [10, 'a', io(1_000)], [20, 'b', io(50)]);
    expect(after.totals.original.bytesIn).toBe(1_050);
    expect(after.rates?.originalInBps).toBe(40);
  });

  it('a new life that has already counted more than the old one is still a reset', () => {
    expect(tracked([0, 'a', io(100)], [10, 'b', io(300)]).totals.original.bytesIn).toBe(400);
  });

  it('a counter that falls without a new epoch is a reset too, never a negative rate', () => {
    const after = tracked([0, 'a', io(1_000)], [10, 'a', io(10)]);
    expect(after.totals.original.bytesIn).toBe(1_010);
    expect(after.rates?.originalInBps).toBe(8);
  });

  it.each([['a duplicate', 10], ['a late sample', 5]])('%s changes nothing', (_, second) => {
    const before = tracked([0, 'a', io(0)], [10, 'a', io(100)]);
    expect(track(before, sample('a', io(50)), at(second as number), INTERVAL)).toBe(before);
  });

  it('over a gap totals grow, but there is no rate until the next sample', () => {
    const gap = tracked([0, 'a', io(0)], [31, 'a', io(3_100)]);
    expect(gap).toMatchObject({ totals: { original: io(3_100) }, rates: null });
    expect(track(gap, sample('a', io(3_200)), at(41), INTERVAL).rates?.originalInBps).toBe(80);
  });

  it('three intervals are no gap yet', () => {
    expect(tracked([0, 'a', io(0)], [30, 'a', io(30)]).rates?.originalInBps).toBe(8);
  });

  it('rates are withdrawn when samples stay away', () => {
    const before = tracked([0, 'a', io(0)], [10, 'a', io(100)]);
    expect(withoutStaleRates(before, Date.parse(at(40)), INTERVAL)).toBe(before);
    expect(withoutStaleRates(before, Date.parse(at(41)), INTERVAL)).toEqual({ ...before, rates: null });
  });

  it('property: whatever resets, duplicates and late samples come, totals are the traffic that was seen and rates are possible ones', () => {
    const step = fc.record({ bytes: fc.nat(1_000_000), reset: fc.boolean(), again: fc.boolean(), seconds: fc.integer({ min: 1, max: 60 }) });
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let now = 0, epoch = 0, device = 0, seen = 0;
      let state: CounterTrack | undefined;
      const sent: [string, TunnelCountersSampled][] = [];
      for (const { bytes, reset, again, seconds } of steps) {
        now += seconds;
        if (reset) { epoch++; device = 0; }
        device += bytes;
        seen += bytes;
        sent.push([at(now), sample(String(epoch), io(device))]);
        state = track(state, sent.at(-1)![1], sent.at(-1)![0], INTERVAL);
        if (again) for (const [time, old] of sent) state = track(state, old, time, INTERVAL);
        expect(state.totals.original.bytesIn).toBe(seen);
        if (sent.length === 1 || seconds > 30) expect(state.rates).toBeNull();
        else expect(state.rates?.originalInBps).toBeCloseTo((bytes * 8) / seconds, 6);
      }
    }));
  });
});
