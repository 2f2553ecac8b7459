import { expect, it } from 'vitest';
import type { TunnelState } from '../api/types.js';
import { byDay, detailOf, remembered, toneOf } from './changes.js';

it.each([['oper UP', 'up'], ['BGP established', 'up'], ['admin UP', 'up'], ['oper DOWN', 'down'], ['BGP down', 'down'], ['admin DOWN', 'off'], ['negotiation failed', 'warn'], ['gone', 'warn'], ['added', 'off'], ['what a newer platform says', 'off']])('shows "%s" as %s', (what, tone) => expect(toneOf(what)).toBe(tone));

const change = (at: string, what = 'oper UP') => ({ at, what, detail: '', vpnTunnelId: 'tun-1', vpnConnectionId: 'vpn-1' });

it('puts changes under their day, in order', () => {
  const changes = ['2026-11-28T02:00:00Z', '2026-11-28T01:00:00Z', '2026-11-27T23:00:00Z'].map((at) => change(at));
  expect(byDay(changes, (at) => at.slice(0, 10)).map(({ day, changes: of }) => [day, of.map(({ at }) => at)])).toEqual([['2026-11-28', ['2026-11-28T02:00:00Z', '2026-11-28T01:00:00Z']], ['2026-11-27', ['2026-11-27T23:00:00Z']]]);
  expect(byDay([], String)).toEqual([]);
});

it('remembers what the states of several tunnels remember, newest first', () => {
  const states = [['tun-1', ['3', '1']], ['tun-2', ['4', '2']]].map(([id, times]) => ({ vpnTunnelId: id, vpnConnectionId: 'vpn-1', history: (times as string[]).map((at) => ({ at, what: 'oper UP', detail: '' })) }));
  expect(remembered(states as unknown as TunnelState[]).map(({ at, vpnTunnelId }) => at + vpnTunnelId)).toEqual(['4tun-2', '3tun-1', '2tun-2', '1tun-1']);
});

it.each([['dpd-timeout: no answer', 'dpd-timeout', 'no answer'], ['peer-silent', 'peer-silent', ''], ['by alice', null, 'by alice'], ['unknown-word: x', null, 'unknown-word: x'], ['', null, '']])('reads the detail "%s"', (detail, reason, rest) => expect(detailOf(detail, (word) => ['dpd-timeout', 'peer-silent'].includes(word))).toEqual({ reason, rest }));
