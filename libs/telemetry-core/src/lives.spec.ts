import type { CloudEvent, Decision } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lives } from './lives.js';

const HOUR = 3_600_000;
const event = (data: object, at: number) => ({ data: data as Decision, time: new Date(at).toISOString() }) as CloudEvent<Decision>;
const connection = (at: number) => event({ type: 'VpnConnectionCreated', vpnConnectionId: 'vpn-1', region: 'region-1', borderGatewayId: 'bgw-1' }, at);
const added = (tunnelId: string, at: number) => event({ type: 'TunnelAdded', vpnConnectionId: 'vpn-1', tunnel: { tunnelId } }, at);
const removed = (tunnelId: string, at: number) => event({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId }, at);
const deleted = (at: number) => event({ type: 'VpnConnectionDeleted', vpnConnectionId: 'vpn-1' }, at);

function after(...events: CloudEvent<Decision>[]): Lives {
  const lives = new Lives();
  for (const each of events) lives.decision(each);
  return lives;
}
const seconds = (lives: Lives, hour: number) => Object.fromEntries(lives.within(hour * HOUR, (hour + 1) * HOUR).map(({ life, seconds }) => [life.id, seconds]));

describe('an hour', () => {
  const lives = after(connection(HOUR + 1_800_000), added('tun-1', HOUR + 2_700_000), added('tun-2', 2 * HOUR), removed('tun-2', 2 * HOUR + 600_000), deleted(3 * HOUR + 60_000));
  it.each<[number, object]>([[0, {}], [1, { 'vpn-1': 1_800, 'tun-1': 900 }], [2, { 'vpn-1': 3_600, 'tun-1': 3_600, 'tun-2': 600 }], [3, { 'vpn-1': 60, 'tun-1': 60 }], [4, {}]])('%i has what there was in it', (hour, expected) => expect(seconds(lives, hour)).toEqual(expected));
  it('says where each belongs', () => expect(lives.within(2 * HOUR, 3 * HOUR)[2]!.life).toMatchObject({ kind: 'vpnTunnel', id: 'tun-2', region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1' }));
  it('counts what was there for a moment as a second', () => expect(seconds(after(connection(10), added('tun-1', 10), removed('tun-1', 11)), 0)).toEqual({ 'vpn-1': 3_600, 'tun-1': 1 }));
});

it('a log that is told twice, whole or from any place on, says the same', () => {
  const log = [connection(0), added('tun-1', 1_000), added('tun-2', HOUR), removed('tun-1', HOUR + 5_000), deleted(2 * HOUR + 7_000)];
  fc.assert(fc.property(fc.nat(log.length), fc.nat(log.length), (again, upTo) => {
    const twice = after(...log.slice(0, upTo), ...log.slice(Math.min(again, upTo)));
    for (const hour of [0, 1, 2, 3]) expect(seconds(twice, hour)).toEqual(seconds(after(...log), hour));
  }));
});
