import { describe, expect, it } from 'vitest';
import type { TunnelState } from '../api/types.js';
import { LINES, pictureOf, WAYS, type Parts } from './picture.js';

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
type Told = { opStatus?: string; adminStatus?: string; bgpStatus?: string };
/** A gateway with connections, each given as its tunnels. */
function parts(connections: readonly (readonly Told[])[], more: Partial<Parts> = {}): Parts {
  const tunnels = connections.flatMap((each, c) => each.map((told, i) => ({ vpnTunnelId: `tun-${c}-${i}`, vpnConnectionId: `vpn-${c}`, bgwId: 'bgw-1', opStatus: 'UP', adminStatus: 'UP', bgpStatus: 'established', ...told })));
  return {
    gateways: [{ bgwId: 'bgw-1', bgwName: 'gateway', bgpAsn: 65_000 }], attachments: [], vpcs: [], tunnels, vifs: [], states: new Map(), vifStates: new Map(),
    connections: connections.map((_, c) => ({ vpnConnectionId: `vpn-${c}`, vpnConnectionName: `to-${c}`, bgwId: 'bgw-1', cgwId: `cgw-${c % 2}` })),
    customers: [{ customerGatewayId: 'cgw-0', customerGatewayName: 'zebra', customerIps: ['198.51.100.1'], bgpAsn: 65_010 }, { customerGatewayId: 'cgw-1', customerGatewayName: 'ant', customerIps: [], bgpAsn: 65_020 }],
    ...more,
  } as unknown as Parts;
}
const ways = (given: Parts, everything = false) => pictureOf(given, 'bgw-1', everything)!.fars.flatMap((far) => far.ways);
const up: Told = {};
const down: Told = { opStatus: 'DOWN' };
const disabled: Told = { opStatus: 'DOWN', adminStatus: 'DOWN' };
const noBgp: Told = { bgpStatus: 'down' };

describe('a picture', () => {
  it.each([
    ['all up', [up, up], 'up', 2], ['one down', [up, down], 'warn', 1], ['none up', [down, down], 'down', 0], ['one disabled', [up, disabled], 'up', 1], ['the only enabled one down', [down, disabled], 'down', 0],
    ['all disabled', [disabled], 'off', 0], ['up without its session', [up, noBgp], 'warn', 2], ['without BGP', [{ bgpStatus: 'off' }], 'up', 1], ['draining: disabled, but up', [{ adminStatus: 'DOWN' }], 'up', 1], ['without tunnels', [], 'off', 0],
  ])('of a connection with %s', (_, tunnels, tone, n) => expect(ways(parts([tunnels]))).toMatchObject([{ tone, up: n, of: tunnels.length }]));

  it('shows what the live stream says rather than what the list said', () => {
    const state = { opStatus: 'DOWN', adminStatus: 'UP', bgpStatus: 'down', rates: { originalInBps: 5, originalOutBps: 7 } } as TunnelState;
    const picture = pictureOf(parts([[up, up]], { states: new Map([['tun-0-0', state]]) }), 'bgw-1')!;
    expect(picture.fars[0]!.ways[0]!.lines.map(({ tone, rates }) => [tone, rates])).toEqual([['down', { inBps: 5, outBps: 7 }], ['up', null]]);
    expect(picture.total).toEqual({ up: 1, down: 1, disabled: 0, rates: { inBps: 5, outBps: 7 } });
  });

  it('keeps ways to one customer together, by name', () => expect(pictureOf(parts([[up], [up], [up]]), 'bgw-1')!.fars.map((far) => [far.name, far.ways.map(({ id }) => id)])).toEqual([['ant', ['vpn-1']], ['zebra', ['vpn-0', 'vpn-2']]]));

  it('draws the tunnels of a well connection as one line where there are many, and those of another one by one', () => {
    const many = parts([[down, up], ...numbers(LINES / 2).map(() => [up, up])]);
    expect(ways(many).filter(({ lines }) => lines.length === 2).map(({ id }) => id)).toEqual(['vpn-0']);
    expect(ways(many, true).every(({ lines }) => lines.length === 2)).toBe(true);
    expect(pictureOf(many, 'bgw-1')!.total).toMatchObject({ up: LINES + 1, down: 1 });
  });

  it('leaves out what is well where there is too much', () => {
    const many = parts([...numbers(WAYS + 5).map(() => [up]), [down]]);
    expect(pictureOf(many, 'bgw-1')!.left).toBe(6);
    expect(ways(many).map(({ id }) => id)).toContain(`vpn-${WAYS + 5}`);
    expect(ways(many, true)).toHaveLength(WAYS + 6);
  });

  it('has nothing of other gateways', () => {
    const given = parts([[up]]);
    expect(pictureOf({ ...given, connections: given.connections.map((one) => ({ ...one, bgwId: 'bgw-2' })) }, 'bgw-1')!.fars).toEqual([]);
    expect(pictureOf(given, 'bgw-3')).toBeUndefined();
  });

  it('draws a direct line to the other end of it', () => {
    const vif = { vifId: 'vif-1', vifName: 'line', bgwId: 'bgw-1', remoteVifIp: '10.9.0.1', customerAsn: 65_010, opStatus: 'UP', adminStatus: 'UP', bgpStatus: 'established' };
    expect(pictureOf(parts([], { vifs: [vif as never] }), 'bgw-1')!.fars).toMatchObject([{ id: null, name: '10.9.0.1', asn: 65_010, ways: [{ id: 'vif-1', tone: 'up', of: 1 }] }]);
  });
});
