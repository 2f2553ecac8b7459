import { describe, expect, it } from 'vitest';
import { progressOf, type Present } from './progress.js';

const nothing: Present = { vpcs: [], publicAddresses: [], borderGateways: [], vpcAttachments: [], customerGateways: [], vpnConnections: [], vpnTunnels: [], staticRoutes: [], routePropagations: [], states: [] };
const io = (packetsIn: number, packetsOut: number) => ({ bytesIn: 0, bytesOut: 0, packetsIn, packetsOut });
const state = (opStatus: 'UP' | 'DOWN', bgpStatus: 'established' | 'down' | 'off', original = io(0, 0)): Present['states'][number] => ({ opStatus, bgpStatus, vpnConnectionId: 'v', counters: { original, encrypted: io(0, 0), sampledAt: '' } });
const made: Present = { ...nothing, borderGateways: [1], vpcAttachments: [1], customerGateways: [1], vpnConnections: [{ vpnConnectionId: 'v', bgpEnabled: true }], vpnTunnels: [1], routePropagations: [1] };
const done = (present: Partial<Present>) => progressOf({ ...nothing, ...present }).steps.map(Number).join('');

describe('the nine steps', () => {
  it.each([
    ['of nothing', {}, '000000000'],
    ['in any order', { customerGateways: [1], routePropagations: [1] }, '001000010'],
    ['with a tunnel that is down', { ...made, states: [state('DOWN', 'down')] }, '111110010'],
    ['with a tunnel that is up', { ...made, states: [state('UP', 'down')] }, '111111010'],
    ['with BGP', { ...made, states: [state('UP', 'established')] }, '111111110'],
    ['with static routing, without a route', { ...made, vpnConnections: [{ vpnConnectionId: 'v', bgpEnabled: false }], states: [state('UP', 'off')] }, '111111010'],
    ['with static routing and a route', { ...made, vpnConnections: [{ vpnConnectionId: 'v', bgpEnabled: false }], staticRoutes: [{ bgwRouteNexthop: 'v' }], states: [state('UP', 'off')] }, '111111110'],
    ['with packets one way', { ...made, states: [state('UP', 'established', io(5, 0))] }, '111111110'],
    ['with packets both ways', { ...made, states: [state('UP', 'established', io(5, 5))] }, '111111111'],
  ])('%s', (_, present, steps) => expect(done(present)).toBe(steps));

  it('begin with the first that is not done', () => {
    expect(progressOf(nothing).next).toBe(0);
    expect(progressOf({ ...nothing, borderGateways: [1], customerGateways: [1] }).next).toBe(1);
    expect(progressOf({ ...made, states: [state('UP', 'established', io(5, 5))] }).next).toBeNull();
  });

  it('need a VPC with a subnet, and two addresses', () => {
    expect(progressOf({ ...nothing, vpcs: [{ vpcId: 'a', subnetIds: [] }], publicAddresses: [1] })).toMatchObject({ vpc: false, addresses: false });
    expect(progressOf({ ...nothing, vpcs: [{ vpcId: 'a', subnetIds: ['s'] }], publicAddresses: [1, 2] })).toMatchObject({ vpc: true, addresses: true });
  });
});
