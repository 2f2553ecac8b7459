import type { CloudEvent, TunnelProbesSampled } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { latest, withoutStale } from './probes.js';
import { TunnelStates } from './tunnel-states.js';

const sample = (sent: number, received: number): TunnelProbesSampled => ({
  type: 'TunnelProbesSampled', region: 'r', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: 'n', sent, received, answers: true,
  rttMs: received > 0 ? { min: 1, avg: 2, max: 3 } : null,
});
const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 3, 0, second)).toISOString();

describe('probes', () => {
  it('are shown with their loss', () => {
    expect(latest(undefined, sample(100, 75), at(0))).toEqual({ sampledAt: at(0), sent: 100, received: 75, lossRatio: 0.25, rttMs: { min: 1, avg: 2, max: 3 }, answers: true });
    expect(latest(undefined, sample(10, 0), at(0))).toMatchObject({ lossRatio: 1, rttMs: null });
  });

  it('that come late or twice change nothing', () => {
    const now = latest(undefined, sample(100, 100), at(10));
    for (const second of [0, 10]) expect(latest(now, sample(100, 0), at(second))).toBe(now);
    expect(latest(now, sample(100, 0), at(11)).lossRatio).toBe(1);
  });

  it('are forgotten when they stay away', () => {
    const last = latest(undefined, sample(100, 100), at(0));
    expect(withoutStale(last, Date.parse(at(30)), 10_000)).toBe(last);
    expect(withoutStale(last, Date.parse(at(31)), 10_000)).toBeUndefined();
  });

  it('touch the state of their tunnel', () => {
    const states = new TunnelStates(10_000);
    const event = { id: 'e', time: at(0), data: sample(100, 100) } as CloudEvent<TunnelProbesSampled>;
    expect(states.sample(event)).toEqual(['tun-1']);
    expect(states.sample(event)).toEqual([]);
    expect(states.passTime(Date.parse(at(20)))).toEqual([]);
    expect(states.passTime(Date.parse(at(40)))).toEqual(['tun-1']);
  });
});
