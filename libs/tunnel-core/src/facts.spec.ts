import type { Decision, Derivation } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Facts } from './facts.js';
import { bgpOptions, created, NODE, REGION, spec } from './fixtures.test-support.js';

type Fact = { stream: string; position: bigint; decision: Decision } | { key: string; derivation: Derivation | null; table: 'fib' | 'vpcRoutes' | 'ribOut' };

/** One list per source: order counts inside a list and nowhere else. */
const SOURCES: Fact[][] = [
  stream('vpc', [
    { type: 'VpcCreated', vpcId: 'vpc-1', region: REGION, name: 'v', description: '', cidr: '10.1.0.0/16', mainRouteTableId: 'rtb-1' },
    { type: 'SubnetCreated', vpcId: 'vpc-1', subnetId: 'subnet-1', name: 's', cidr: '10.1.0.0/24', routeTableId: 'rtb-1' },
    { type: 'SubnetCreated', vpcId: 'vpc-1', subnetId: 'subnet-2', name: 's2', cidr: '10.1.1.0/24', routeTableId: 'rtb-1' },
    { type: 'SubnetRouteTableChanged', vpcId: 'vpc-1', subnetId: 'subnet-1', routeTableId: 'rtb-2' },
    { type: 'SubnetDeleted', vpcId: 'vpc-1', subnetId: 'subnet-2' },
  ]),
  stream('bgw', [
    { type: 'BorderGatewayCreated', borderGatewayId: 'bgw-1', region: REGION, name: 'g', description: '', bgpAsn: 65000 },
    { type: 'VpcAttached', borderGatewayId: 'bgw-1', vpcAttachmentId: 'vpcatt-1', vpcId: 'vpc-1', name: 'a', propagateType: 'all', subnetIds: [] },
    { type: 'StaticRouteAdded', borderGatewayId: 'bgw-1', staticRouteId: 'bgwrt-1', destination: '10.2.0.0/24', nextHopType: 'vpn_connection', nextHopId: 'vpn-1', description: '' },
    { type: 'StaticRouteAdded', borderGatewayId: 'bgw-1', staticRouteId: 'bgwrt-2', destination: '10.9.0.0/24', nextHopType: 'vpc_attachment', nextHopId: 'vpcatt-1', description: '' },
    { type: 'StaticRouteAdded', borderGatewayId: 'bgw-1', staticRouteId: 'bgwrt-3', destination: '10.3.0.0/24', nextHopType: 'vpn_connection', nextHopId: 'vpn-1', description: '' },
    { type: 'StaticRouteRemoved', borderGatewayId: 'bgw-1', staticRouteId: 'bgwrt-3' },
  ]),
  stream('vpn', [
    created('vpn-1'),
    { type: 'TunnelAdded', vpnConnectionId: 'vpn-1', tunnel: spec('tun-1') },
    { type: 'TunnelAdded', vpnConnectionId: 'vpn-1', tunnel: spec('tun-2') },
    { type: 'TunnelAdded', vpnConnectionId: 'vpn-1', tunnel: spec('tun-3', { node: 'node-2' }) },
    { type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' },
    { type: 'TunnelEnabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' },
    { type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' },
    { type: 'TunnelReconfigured', vpnConnectionId: 'vpn-1', tunnel: spec('tun-1', { options: { ipsecSaLifeSec: 600 } }) },
    { type: 'VpnConnectionUpdated', vpnConnectionId: 'vpn-1', name: 'c', description: '', bgpEnabled: true, bgpOptions: { ...bgpOptions, bfdEnabled: true } },
  ]),
  stream('gone', [
    created('vpn-2'),
    { type: 'TunnelAdded', vpnConnectionId: 'vpn-2', tunnel: spec('tun-9') },
    { type: 'TunnelRemoved', vpnConnectionId: 'vpn-2', tunnelId: 'tun-9' },
    { type: 'VpnConnectionDeleted', vpnConnectionId: 'vpn-2' },
  ]),
  [
    table('fib', 'bgw-1/10.1.0.0/24', { type: 'FibEntryInstalled', region: REGION, borderGatewayId: 'bgw-1', prefix: '10.1.0.0/24', nextHopType: 'vpc_attachment', routeType: 'propagated', nextHops: [{ kind: 'attachment', id: 'vpcatt-1' }, { kind: 'attachment', id: 'vpcatt-unknown' }], because: 'only-path' }),
    table('fib', 'bgw-1/10.8.0.0/24', { type: 'FibEntryInstalled', region: REGION, borderGatewayId: 'bgw-1', prefix: '10.8.0.0/24', nextHopType: 'vpc_attachment', routeType: 'static', nextHops: [{ kind: 'attachment', id: 'vpcatt-1' }], because: 'only-path' }),
    table('fib', 'bgw-1/10.2.0.0/24', { type: 'FibEntryInstalled', region: REGION, borderGatewayId: 'bgw-1', prefix: '10.2.0.0/24', nextHopType: 'vpn_connection', routeType: 'static', nextHops: [{ kind: 'tunnel', id: 'tun-1' }], because: 'best' }),
    { table: 'fib', key: 'bgw-1/10.8.0.0/24', derivation: null },
  ],
  [table('vpcRoutes', 'rtb-1/10.2.0.0/24', {
    type: 'VpcRoutePropagated', region: REGION, vpcId: 'vpc-1', routeTableId: 'rtb-1', prefix: '10.2.0.0/24',
    candidates: [
      { routeType: 'propagated', borderGatewayId: 'bgw-1', vpcRouteId: null, propagationId: 'prop-1', effective: true, because: 'only-route' },
      { routeType: 'propagated', borderGatewayId: 'bgw-2', vpcRouteId: null, propagationId: 'prop-2', effective: false, because: 'gateway-not-attached' },
    ],
  })],
  [
    table('ribOut', 'bgw-1/tun-1/10.1.0.0/24', { type: 'RouteAdvertised', region: REGION, borderGatewayId: 'bgw-1', tunnelId: 'tun-1', prefix: '10.1.0.0/24', because: 'attachment-route' }),
    table('ribOut', 'bgw-1/tun-1/10.0.0.0/24', { type: 'RouteAdvertised', region: REGION, borderGatewayId: 'bgw-1', tunnelId: 'tun-1', prefix: '10.0.0.0/24', because: 'attachment-route' }),
  ],
];

describe('Facts', () => {
  const wanted = wantedAfter(SOURCES.flat());

  it('wants the tunnels of its own node, with what they need to be run', () => {
    expect([...wanted.tunnels.keys()]).toEqual(['tun-1', 'tun-2']);
    expect(wanted.tunnels.get('tun-1')).toMatchObject({
      ref: { region: REGION, borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: NODE },
      adminStatus: 'DOWN', bgp: { localAsn: 65000, customerAsn: 65010, options: { bfdEnabled: true } }, advertise: ['10.0.0.0/24', '10.1.0.0/24'],
      spec: { options: { ipsecSaLifeSec: 600 } },
    });
  });

  it('takes static routes to connections from decisions and routes to attachments from the FIB', () => {
    expect(wanted.gateways.get('bgw-1')).toMatchObject({
      attachments: [{ vpcAttachmentId: 'vpcatt-1', vpcId: 'vpc-1' }],
      attachmentRoutes: [{ prefix: '10.1.0.0/24', routeType: 'propagated', vpcAttachmentIds: ['vpcatt-1'] }],
      staticRoutes: [{ prefix: '10.2.0.0/24', vpnConnectionId: 'vpn-1' }],
    });
  });

  it('gives a VPC its subnets and the routes that are effective', () => {
    expect(wanted.vpcs.get('vpc-1')).toEqual({
      vpcId: 'vpc-1', subnets: [{ subnetId: 'subnet-1', cidr: '10.1.0.0/24', routeTableId: 'rtb-2' }],
      routes: [{ routeTableId: 'rtb-1', prefix: '10.2.0.0/24', vpcAttachmentIds: ['vpcatt-1'] }],
    });
  });

  it('has a gateway on a node without tunnels when a VPC is attached, and under another router id', () => {
    const facts = new Facts();
    take(facts, SOURCES.flat());
    const elsewhere = facts.wanted(REGION, 'node-7');
    expect(elsewhere.gateways.get('bgw-1')).toMatchObject({ tunnels: [], attachments: [{ vpcAttachmentId: 'vpcatt-1' }] });
    expect(elsewhere.gateways.get('bgw-1')!.routerId).not.toBe(wanted.gateways.get('bgw-1')!.routerId);
    expect(facts.wanted('cn-south-1', NODE)).toEqual({ gateways: new Map(), vpcs: new Map(), tunnels: new Map(), vifs: new Map() });
  });

  it('knows whether another tunnel of a connection, on another node, may carry its traffic', () => {
    const facts = new Facts();
    take(facts, SOURCES.flat());
    const others = () => [facts.wanted(REGION, NODE).tunnels.get('tun-1'), facts.wanted(REGION, 'node-2').tunnels.get('tun-3')].map(tunnel => tunnel!.hasOtherElsewhere);
    expect(others()).toEqual([true, true]);
    facts.decided('vpn', 100n, { type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-3' });
    expect(others()).toEqual([false, true]);
    facts.decided('vpn', 101n, { type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-2' });
    expect(others()).toEqual([false, false]);
  });

  it('remembers where a removed tunnel was, so that it can be taken down', () => {
    const facts = new Facts();
    take(facts, SOURCES.flat());
    expect(facts.known('tun-9')).toMatchObject({ borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-2', spec: { tunnelId: 'tun-9' } });
    expect(facts.known('tun-x')).toBeUndefined();
  });

  it('knows a decision that comes again by its position, whatever other streams have said since', () => {
    const facts = new Facts();
    take(facts, SOURCES.flat());
    facts.decided('vpn', 2n, { type: 'TunnelAdded', vpnConnectionId: 'vpn-1', tunnel: spec('tun-1') });
    expect(facts.wanted(REGION, NODE)).toEqual(wanted);
    facts.decided('vpn', 100n, { type: 'TunnelEnabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' });
    expect(facts.wanted(REGION, NODE).tunnels.get('tun-1')).toMatchObject({ adminStatus: 'UP', generation: 2 });
  });

  it('wants the same whatever the interleaving of sources and whatever comes twice', () => {
    fc.assert(fc.property(interleaving(), ({ order, again }) => {
      const heads = SOURCES.map(() => 0);
      const arrived: Fact[] = [];
      for (const [step, source] of order.entries()) {
        arrived.push(SOURCES[source]![heads[source]!++]!);
        // A redelivered decision, anywhere later, is known by its position.
        const twice = arrived[again[step]! % arrived.length]!;
        if ('decision' in twice) arrived.push(twice);
      }
      expect(wantedAfter(arrived)).toEqual(wanted);
    }));
  });
});

function stream(name: string, decisions: Decision[]): Fact[] {
  return decisions.map((decision, version) => ({ stream: name, position: BigInt(version + 1), decision }));
}
function table(name: 'fib' | 'vpcRoutes' | 'ribOut', key: string, derivation: Derivation): Fact {
  return { table: name, key, derivation };
}
function take(facts: Facts, all: readonly Fact[]): void {
  for (const fact of all) {
    if ('decision' in fact) facts.decided(fact.stream, fact.position, fact.decision);
    else if (fact.derivation) facts.derived(fact.key, fact.derivation);
    else facts.withdrawn(fact.table, fact.key);
  }
}
function wantedAfter(all: readonly Fact[]) {
  const facts = new Facts();
  take(facts, all);
  return facts.wanted(REGION, NODE);
}
/** A shuffle of "whose turn": each source appears as often as it has facts. */
function interleaving() {
  const turns = SOURCES.flatMap((facts, source) => facts.map(() => source));
  return fc.record({
    order: fc.shuffledSubarray(turns.map((_, i) => i), { minLength: turns.length, maxLength: turns.length }).map(order => order.map(i => turns[i]!)),
    again: fc.array(fc.nat(), { minLength: turns.length, maxLength: turns.length }),
  });
}
