import type { Decision } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { Facts } from './facts.js';
import { bgpOptions, NODE, REGION, wantedVif } from './fixtures.test-support.js';
import { planVif, vifSnapshotOf, type FoundVif, type VifOperation } from './vif-plan.js';

const WANTED = wantedVif('vif-1');
const up: FoundVif = { device: { up: true, carrier: true, address: '10.255.1.2/30' }, obstacle: null };
const device = (changes: Partial<NonNullable<FoundVif['device']>>): FoundVif => ({ device: { ...up.device!, ...changes }, obstacle: null });
const nothing: FoundVif = { device: null, obstacle: null };
const disabled = wantedVif('vif-1', { adminStatus: 'DOWN' });

describe('the plan of a virtual interface', () => {
  it.each<[what: string, wanted: typeof WANTED | undefined, found: FoundVif, plan: string]>([
    ['is there', WANTED, up, ''],
    ['is there without carrier: the line is not ours to mend', WANTED, device({ carrier: false }), ''],
    ['is not there', WANTED, nothing, 'take, up'],
    ['cannot be taken', WANTED, { device: null, obstacle: 'interface-in-use' }, ''],
    ['was made by a worker that was killed', WANTED, device({ up: false, address: null }), 'take, up'],
    ['has another address', WANTED, device({ address: '10.255.9.2/30' }), 'take'],
    ['is disabled: drained, and the line is kept', disabled, up, 'wait, withdraw, wait, down'],
    ['is disabled and down', disabled, device({ up: false }), ''],
    ['is disabled before it was made', disabled, nothing, ''],
    ['is enabled again', WANTED, device({ up: false }), 'up'],
    ['is deleted: drained, and given back', undefined, up, 'wait, withdraw, wait, down, give-back'],
    ['is deleted while it was disabled', undefined, device({ up: false }), 'give-back'],
    ['is deleted and gone', undefined, nothing, ''],
  ])('%s', (_, wanted, found, plan) => expect(planVif(wanted, found).map(word).join(', ')).toBe(plan));
});
const word = (operation: VifOperation): string => (operation.op === 'set-device' ? (operation.up ? 'up' : 'down') : operation.op);

describe('what is told of a virtual interface', () => {
  it.each<[reason: string, wanted: typeof WANTED, found: FoundVif]>([
    ['link-up', WANTED, up], ['no-carrier', WANTED, device({ carrier: false })], ['preparing', WANTED, device({ up: false })], ['preparing', WANTED, device({ address: null })],
    ['preparing', WANTED, nothing], ['interface-missing', WANTED, { device: null, obstacle: 'interface-missing' }], ['interface-in-use', WANTED, { device: null, obstacle: 'interface-in-use' }],
    ['draining', disabled, up], ['admin-down', disabled, device({ up: false })], ['admin-down', disabled, nothing],
  ])('%s', (reason, wanted, found) => expect(vifSnapshotOf(undefined, wanted, found, 0)).toMatchObject({ reason, operStatus: reason === 'link-up' ? 'UP' : 'DOWN' }));

  it('since when it is so, not since when it was looked at', () => {
    const first = vifSnapshotOf(undefined, WANTED, up, 1_000);
    expect(vifSnapshotOf(first, WANTED, up, 9_000).since).toBe(first.since);
    expect(vifSnapshotOf(first, WANTED, device({ carrier: false }), 9_000)).toMatchObject({ operStatus: 'DOWN', since: '1970-01-01T00:00:09.000Z', detail: 'eth1 has no carrier: the line is cut, or its other end is down.' });
  });
});

describe('facts about virtual interfaces', () => {
  const created: Decision = {
    type: 'VirtualInterfaceCreated', vifId: 'vif-1', region: REGION, name: 'line', description: '', borderGatewayId: 'bgw-1', line: { node: NODE, interface: 'eth1', vlanId: 100 }, vifIp: '10.255.1.0/30',
    localVifIp: '10.255.1.2', remoteVifIp: '10.255.1.1', bgpEnabled: true, localAsn: 64512, customerAsn: 65010, bgpOptions, adminStatus: 'UP',
  };
  const gateway: Decision = { type: 'BorderGatewayCreated', borderGatewayId: 'bgw-1', region: REGION, name: 'g', description: '', bgpAsn: 65000 };
  const route = (staticRouteId: string, destination: string, nextHopId = 'vif-1'): Decision =>
    ({ type: 'StaticRouteAdded', borderGatewayId: 'bgw-1', staticRouteId, destination, nextHopType: 'private_vif', nextHopId, description: '' });
  function facts(...more: Decision[]): Facts {
    const all = new Facts();
    for (const [i, decision] of [gateway, created, ...more].entries()) all.decided('vifId' in decision ? 'virtual-interface-vif-1' : 'border-gateway-bgw-1', BigInt(i), decision);
    all.derived('bgw-1/vif-1/10.1.0.0/24', { type: 'RouteAdvertised', region: REGION, borderGatewayId: 'bgw-1', vifId: 'vif-1', prefix: '10.1.0.0/24', because: 'attachment-route' });
    return all;
  }

  it('are what its node needs: the line, the addresses, the peer, what it is told, its static routes', () => {
    const wanted = facts(route('r1', '10.20.0.0/16'), route('r2', '10.21.0.0/16', 'vif-other')).wanted(REGION, NODE);
    expect(wanted.vifs.get('vif-1')).toEqual({
      ref: { region: REGION, borderGatewayId: 'bgw-1', vifId: 'vif-1', node: NODE }, line: { node: NODE, interface: 'eth1', vlanId: 100 }, localAddress: '10.255.1.2/30', remoteIp: '10.255.1.1',
      adminStatus: 'UP', bgp: { localAsn: 64512, customerAsn: 65010, options: bgpOptions }, advertise: ['10.1.0.0/24'], transit: [], staticPrefixes: ['10.20.0.0/16'],
    });
    expect(wanted.gateways.get('bgw-1')!.vifs).toEqual([wanted.vifs.get('vif-1')]);
    expect(facts().wanted(REGION, 'node-7')).toMatchObject({ vifs: new Map(), gateways: new Map() });
  });
  it('follow every decision', () => {
    const after = (...more: Decision[]) => facts(...more).wanted(REGION, NODE).vifs.get('vif-1');
    const { type: _, region: __, borderGatewayId: ___, line: ____, adminStatus: _____, ...own } = created as Extract<Decision, { type: 'VirtualInterfaceCreated' }>;
    expect(after({ type: 'VirtualInterfaceDisabled', vifId: 'vif-1' })).toMatchObject({ adminStatus: 'DOWN' });
    expect(after({ type: 'VirtualInterfaceDisabled', vifId: 'vif-1' }, { type: 'VirtualInterfaceEnabled', vifId: 'vif-1' })).toMatchObject({ adminStatus: 'UP' });
    expect(after({ type: 'VirtualInterfaceDisabled', vifId: 'vif-1' }, { type: 'VirtualInterfaceChanged', ...own, bgpEnabled: false })).toMatchObject({ adminStatus: 'DOWN', bgp: null });
    expect(after({ type: 'VirtualInterfaceDeleted', vifId: 'vif-1' })).toBeUndefined();
    expect(after(route('r1', '10.20.0.0/16'), { type: 'StaticRouteRemoved', borderGatewayId: 'bgw-1', staticRouteId: 'r1' })).toMatchObject({ staticPrefixes: [] });
  });
});
