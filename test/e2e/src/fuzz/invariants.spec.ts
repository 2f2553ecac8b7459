import { http } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import type { Document } from './client.js';
import { INVARIANTS } from './invariants.js';
import { QUOTAS } from './quotas.js';
import { difference, type RegionSnapshot, still, withoutReasons } from './snapshot.js';

/** A small world in which all holds. */
function world(): RegionSnapshot & { listed: Record<string, Document[]>; read: Record<string, any> } {
  const route = (source: string, bgwRouteNexthop: string, more: Document) => ({ bgwRouteDestination: '192.168.1.0/24', source, bgwRouteNexthop, nextHopType: 'vpn_connection', asPath: [], because: 'best', ...more });
  const fixed = route('bgwrt-1', 'vpn-1', { routeType: 'static' });
  const learned = route('tun-1', 'tun-1', { routeType: 'ebgp', asPath: [65001], because: 'route-type' });
  const tunnel = (n: number) => ({
    vpnTunnelId: `tun-${n}`, vpnConnectionId: 'vpn-1', bgwId: 'bgw-1', cloudPublicIp: `51.0.0.${n}`, customerIp: `20.0.0.${n}`, tunnelIp: `169.254.0.${4 * n}/30`, localTunnelIp: `169.254.0.${4 * n + 2}`, remoteTunnelIp: `169.254.0.${4 * n + 1}`,
    adminStatus: 'UP', opStatus: 'UP',
  });
  const listed: Record<string, Document[]> = {
    vpcs: [{ vpcId: 'vpc-1', cidr: '10.0.0.0/16', mainRouteTableId: 'rtb-1', subnetIds: ['subnet-1'], routeTableIds: ['rtb-1'] }], subnets: [{ subnetId: 'subnet-1', vpcId: 'vpc-1', cidr: '10.0.1.0/24', routeTableId: 'rtb-1' }],
    routeTables: [{ routeTableId: 'rtb-1', vpcId: 'vpc-1' }], routePropagations: [{ propagationId: 'prop-1', routeTableId: 'rtb-1', vpcId: 'vpc-1', bgwId: 'bgw-1' }], vpcRoutes: [{ vpcRouteId: 'vpcrt-1', routeTableId: 'rtb-1', vpcId: 'vpc-1', bgwId: 'bgw-1', destination: '172.16.0.0/12' }],
    borderGateways: [{ bgwId: 'bgw-1', vpnConnectionIds: ['vpn-1'], vpcAttachmentIds: ['vpcatt-1'], vifIds: ['vif-1'] }], virtualInterfaces: [{ vifId: 'vif-1', bgwId: 'bgw-1', vifIp: '10.254.0.0/30' }],
    vpcAttachments: [{ vpcAttachmentId: 'vpcatt-1', bgwId: 'bgw-1', vpcId: 'vpc-1', propagateType: 'all', subnetIds: [], propagateCidrInfos: [{ subnetId: 'subnet-1', subnetCidr: '10.0.1.0/24' }] }],
    staticRoutes: [{ bgwRouteId: 'bgwrt-1', bgwId: 'bgw-1', bgwRouteDestination: '192.168.1.0/24', bgwRouteNextHopType: 'vpn_connection', bgwRouteNexthop: 'vpn-1' }],
    customerGateways: [{ customerGatewayId: 'cgw-1', vpnConnectionIds: ['vpn-1'], customerIps: ['20.0.0.1', '20.0.0.2'] }],
    vpnConnections: [{ vpnConnectionId: 'vpn-1', bgwId: 'bgw-1', cgwId: 'cgw-1', cloudPublicIp: ['51.0.0.1', '51.0.0.2'], vpnTunnelIds: ['tun-1', 'tun-2'], haStatus: 'redundancy' }], vpnTunnels: [tunnel(1), tunnel(2)],
    publicAddresses: [1, 2].map((n) => ({ publicAddress: `51.0.0.${n}`, vpnConnectionId: 'vpn-1' })), tunnelStates: [1, 2].map((n) => ({ vpnTunnelId: `tun-${n}`, vpnConnectionId: 'vpn-1', bgwId: 'bgw-1', adminStatus: 'UP', opStatus: 'UP' })),
  };
  const parents: Document[] = Object.entries(QUOTAS).map(([type, [collection, owner]]) => ({ type, parentResourceId: owner ? listed[collection]![0]![owner] : null, count: listed[collection]!.length }));
  listed.quotas = [...parents, { type: 'vpc_subnet', parentResourceId: null, count: null }];
  const read: Record<string, unknown> = {
    'borderGateways/bgw-1/routes?limit=1': { items: [fixed], dynamicRoutes: { maxLimit: 300, count: 1, refused: 0, status: 'ok' } }, 'borderGateways/bgw-1/routes?table=static': [fixed], 'borderGateways/bgw-1/routes?table=propagated': [learned], 'borderGateways/bgw-1/routes?table=effective': [fixed],
    'borderGateways/bgw-1/fib': { nodes: [{ node: 'node-1', agreed: true, differences: [] }] }, 'vpcs/vpc-1/routes': [{ destination: '10.0.0.0/16', routeType: 'local', nextHop: 'local', effective: true }],
  };
  for (const [collection, { id }] of Object.entries(http.COLLECTIONS)) for (const document of listed[collection]!) read[`${collection}/${document[id]}`] = structuredClone(document);
  return { region: 'r', listed, read };
}
type World = ReturnType<typeof world>;
const brokenBy = (spoil: (w: World) => void): string[] => {
  const spoilt = world();
  spoil(spoilt);
  return INVARIANTS.filter(({ broken }) => broken([spoilt]).length > 0).map(({ name }) => name);
};
const first = (w: World, collection: string): Document => w.listed[collection]![0]!;

it('all hold in a world that is whole', () => expect(brokenBy(() => undefined)).toEqual([]));

// each invariant is broken by something, or it checks nothing
const SPOILT: readonly (readonly [name: string, spoil: (w: World) => void])[] = [
  ['every listed resource can be read, and reads as it is listed', (w) => { w.read['vpcs/vpc-1'].vpcName = 'other'; }],
  ['a list holds each resource once', (w) => w.listed.routePropagations!.push(first(w, 'routePropagations'))],
  ['every reference leads to a resource of the same region', (w) => { first(w, 'routePropagations').routeTableId = 'rtb-9'; }],
  ['owners list exactly their parts', (w) => { first(w, 'borderGateways').vpnConnectionIds = []; }],
  ['no public address twice in the whole platform', (w) => w.listed.publicAddresses!.push(first(w, 'publicAddresses'))],
  ['no cloud address in two connections, and two in each', (w) => { first(w, 'vpnConnections').cloudPublicIp = ['51.0.0.1', '51.0.0.1']; }],
  ['a tunnel is between an address of its connection and one of its customer gateway, one for each pair', (w) => { first(w, 'vpnTunnels').customerIp = '20.0.0.9'; }],
  ['no inner /30 twice on a gateway, each in its ranges and with the two middle addresses', (w) => { first(w, 'vpnTunnels').localTunnelIp = '169.254.0.7'; }],
  ['no inner /30 twice on a gateway, each in its ranges and with the two middle addresses', (w) => { Object.assign(w.listed.vpnTunnels![1]!, { tunnelIp: '169.254.0.4/30', localTunnelIp: '169.254.0.6', remoteTunnelIp: '169.254.0.5' }); }],
  ['a quota counts what is listed, for the region or for each parent', (w) => { w.listed.quotas!.find(({ type }) => type === 'vpc_subnet')!.count = 2; }],
  ['a quota counts what is listed, for the region or for each parent', (w) => { w.listed.quotas = w.listed.quotas!.filter(({ type }) => type !== 'vif'); }],
  ['one attachment for a gateway and a VPC, propagating the subnets its type says', (w) => { first(w, 'vpcAttachments').propagateType = 'none'; }],
  ['subnets lie in their VPC and apart, and use its tables', (w) => { first(w, 'subnets').cidr = '10.1.0.0/24'; }],
  ['a VPC learns only from gateways that it is attached to', (w) => { w.listed.vpcAttachments = []; }],
  ['a static route leads to a leg of its own gateway, each destination once for each next hop', (w) => { first(w, 'staticRoutes').bgwRouteNexthop = 'vpn-9'; }],
  ['a VPC static route has a destination of its own outside of the VPC', (w) => { first(w, 'vpcRoutes').destination = '10.0.7.0/24'; }],
  ['a connection is highly available exactly when the rule says so', (w) => { first(w, 'vpnTunnels').opStatus = 'DOWN'; }],
  ['every tunnel has a state, and the state of its admin status', (w) => { first(w, 'vpnTunnels').adminStatus = 'DOWN'; }],
  ['the effective table is the best of each destination, by next-hop type, route type and AS_PATH length', (w) => { w.read['borderGateways/bgw-1/routes?table=effective'] = w.read['borderGateways/bgw-1/routes?table=propagated']; }],
  ['a gateway refuses the dynamic routes that are over its limit, and no others', (w) => { w.read['borderGateways/bgw-1/routes?table=propagated'][0].because = 'over-limit'; }],
  ['a gateway refuses the dynamic routes that are over its limit, and no others', (w) => { w.read['borderGateways/bgw-1/routes?limit=1'].dynamicRoutes.maxLimit = 0; }],
  ['the static table is the static routes', (w) => { w.listed.staticRoutes = []; }],
  ['the FIB of every node that reports is the one the RIB expects', (w) => { w.read['borderGateways/bgw-1/fib'].nodes[0].agreed = false; }],
  ['a VPC table is Local for its own CIDR, and everything effective is reachable by an attachment', (w) => { w.read['vpcs/vpc-1/routes'][0].destination = '10.9.0.0/16'; }],
];
it.each(SPOILT)('%s', (name, spoil) => expect(brokenBy(spoil)).toContain(name));
it('each invariant is among them', () => expect(INVARIANTS.map(({ name }) => name).filter((name) => !SPOILT.some(([spoilt]) => spoilt === name))).toEqual([]));

describe('a difference', () => {
  it('is where two values first differ', () => expect(difference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe('/a/1/b: 2 and 3, of {"b":2}'));
  it('may be a missing member, on either side', () => expect([difference({ a: 1 }, {}), difference([], [1]), difference({ a: 1 }, { a: 1 })]).toEqual(['/a: 1 and undefined, of {"a":1}', '/0: undefined and 1, of []', undefined]));
  it('is not one in why and since when a leg is down, as sentences tell it; but in which leg', () => {
    const why = (tunnel: string, reason: string, day: string) => withoutReasons({ why: `tunnel ${tunnel} is oper DOWN (${reason}, since 2026-01-${day}T00:00:00.000Z); tunnel t9 is oper DOWN (${reason}, since 2026-01-${day}T00:00:00.000Z).` });
    expect(why('t1', 'dpd-timeout', '01')).toEqual({ why: 'tunnel t1 is oper DOWN; tunnel t9 is oper DOWN.' });
    expect(difference(why('t1', 'dpd-timeout', '01'), why('t1', 'peer-not-responding: no answer (RFC 7296)', '02'))).toBeUndefined();
    expect(difference(why('t1', 'dpd-timeout', '01'), why('t2', 'dpd-timeout', '01'))).toMatch(/^\/why/);
  });
  it('is not one in what moves by itself', () => expect(difference(still({ a: 1, rates: 2 }), still({ a: 1, rates: 3 }))).toBeUndefined());
});
