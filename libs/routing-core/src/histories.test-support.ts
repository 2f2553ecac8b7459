import { keyOf, streamOf, type BgpObservation, type Decision, type TunnelObservation } from '@bordergate/contracts';
import fc from 'fast-check';
import { compareFib } from './compare.js';
import { explainInGateway, explainInVpc, questionOf } from './explain.js';
import { advertisedRoutes, gatewayLimit, gatewayRoutes, learnedRoutes, vpcLimits, vpcRoutes } from './queries.js';
import { Router, type RouterFact } from './router.js';

/**
 * Random worlds: two gateways, three VPCs with overlapping subnets, four connections of two tunnels and two virtual interfaces on two nodes, and
 * all that can happen to them, with references to what is not there (yet, or any more).
 */
export interface Told {
  /** Order is only promised within a source: a stream, a node's word about a tunnel, a key of a table. */
  readonly source: string;
  readonly fact: RouterFact;
}

const REGION = 'r-1';
const PREFIXES = ['10.0.1.0/24', '10.1.0.0/16', '10.2.0.0/16', '192.168.0.0/24', '172.16.0.0/16', '172.17.0.0/16', '0.0.0.0/0', '169.254.9.0/24'];
const VPC_CIDRS = ['10.0.0.0/15', '10.0.0.0/16', '10.2.0.0/15'];
const [GATEWAYS, VPCS, CONNECTIONS] = [['bgw-0', 'bgw-1'], ['vpc-0', 'vpc-1', 'vpc-2'], ['vpn-0', 'vpn-1', 'vpn-2', 'vpn-3']];
const TUNNELS = CONNECTIONS.flatMap((connection) => [0, 1].map((n) => `tun-${connection.at(-1)}${n}`));
/** Both of the first gateway, each on a node. */
const VIFS = ['vif-00', 'vif-01'];
const LEGS = [...TUNNELS, ...VIFS];
const SUBNETS: Record<string, string[]> = { 'vpc-0': ['10.0.1.0/24', '10.1.1.0/24', '10.1.0.0/16'], 'vpc-1': ['10.0.0.0/16', '10.0.1.0/24', '10.0.2.0/24'], 'vpc-2': ['10.2.0.0/16', '10.0.0.0/16', '192.168.0.0/24'] };

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!;
/** VPN connections 0 to 2 are the first gateway's, so that it has equal-cost paths. */
const gatewayOf = (connection: string): string => pick(GATEWAYS, connection === 'vpn-3' ? 1 : 0);
const connectionOf = (tunnelId: string): string => `vpn-${tunnelId.charAt(4)}`;
const nodeOf = (tunnelId: string): string => `node-${tunnelId.charAt(5)}`;
const refOf = (tunnelId: string) => {
  if (tunnelId.startsWith('vif-')) return { region: REGION, borderGatewayId: GATEWAYS[0]!, vifId: tunnelId, node: nodeOf(tunnelId) };
  const vpnConnectionId = connectionOf(tunnelId);
  return { region: REGION, borderGatewayId: gatewayOf(vpnConnectionId), vpnConnectionId, tunnelId, node: nodeOf(tunnelId) };
};

type Happening = { stream: string; decision: unknown } | { observation: unknown; source: string } | { key: string; value: unknown };
type Numbers = readonly [number, number, number, number];

const vpcDecision = (vpcId: string, decision: object): Happening => ({ stream: streamOf.vpc(vpcId), decision: { vpcId, ...decision } });
const gatewayDecision = (borderGatewayId: string, decision: object): Happening => ({ stream: streamOf.borderGateway(borderGatewayId), decision: { borderGatewayId, ...decision } });
const connectionDecision = (vpnConnectionId: string, decision: object): Happening => ({ stream: streamOf.vpnConnection(vpnConnectionId), decision: { vpnConnectionId, ...decision } });
const table = (vpcId: string, n: number) => `rtb-${vpcId.at(-1)}${n % 2}`;
const attachment = (gateway: string, vpc: string) => `vpcatt-${gateway.at(-1)}${vpc.at(-1)}`;
const subnetIds = (vpc: string) => [0, 1, 2].map((n) => `subnet-${vpc.at(-1)}${n}`);

const createVpc = (vpc: string): Happening => vpcDecision(vpc, { type: 'VpcCreated', region: REGION, name: vpc, description: '', cidr: VPC_CIDRS[Number(vpc.at(-1))]!, mainRouteTableId: table(vpc, 0) });
const createSubnet = (vpc: string, n: number): Happening => vpcDecision(vpc, { type: 'SubnetCreated', subnetId: subnetIds(vpc)[n % 3]!, name: 's', cidr: SUBNETS[vpc]![n % 3]!, routeTableId: table(vpc, 0) });
const createGateway = (id: string): Happening => gatewayDecision(id, { type: 'BorderGatewayCreated', region: REGION, name: id, description: '', bgpAsn: 65000 });
const attach = (id: string, vpc: string, n: number, type = 'VpcAttached'): Happening =>
  gatewayDecision(id, { type, vpcAttachmentId: attachment(id, vpc), vpcId: vpc, name: 'a', propagateType: pick(['all', 'partial', 'all', 'none'], n), subnetIds: subnetIds(vpc).filter((_, i) => (n >> i) % 2 === 1) });
const relate = (vpc: string, id: string, n: number): Happening =>
  vpcDecision(vpc, { type: 'RoutePropagationAdded', routeTableId: table(vpc, n), propagationId: `prop-${vpc.at(-1)}${n % 3}`, borderGatewayId: id, cidrs: pick([['0.0.0.0/0'], ['10.0.0.0/8'], ['10.1.0.0/16', '192.168.0.0/16']], n) });
const createConnection = (id: string, bgpEnabled: boolean): Happening =>
  connectionDecision(id, { type: 'VpnConnectionCreated', region: REGION, name: id, description: '', borderGatewayId: gatewayOf(id), customerGatewayId: 'cgw-0', bgpEnabled, localAsn: 65000 + Number(id.at(-1)) % 3, customerAsn: 65001 + Number(id.at(-1)) % 2, cloudPublicIps: [], bgpOptions: {} });
const addTunnel = (tunnelId: string): Happening => connectionDecision(connectionOf(tunnelId), { type: 'TunnelAdded', tunnel: { tunnelId, node: nodeOf(tunnelId) } });
const oper = (tunnelId: string, operStatus: string, node = nodeOf(tunnelId)): Happening =>
  ({ source: `${tunnelId}@${node}`, observation: { type: tunnelId.startsWith('vif-') ? 'VifOperStatusChanged' : 'TunnelOperStatusChanged', ...refOf(tunnelId), node, operStatus, reason: 'established', detail: '', since: '', driver: 'simulated' } });
const session = (tunnelId: string, epoch: number | null): Happening => {
  const { borderGatewayId } = refOf(tunnelId);
  const value = epoch === null ? null : epoch === 0 ? { type: 'BgpSessionClosed', ...refOf(tunnelId), epoch: 1, reason: '', since: '' } : { type: 'BgpSessionEstablished', ...refOf(tunnelId), epoch, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '' };
  return { key: keyOf.bgpSession(borderGatewayId, tunnelId), value };
};
const announce = (tunnelId: string, prefix: string, epoch: number | null, length: number): Happening => {
  const asPath = [65009, 65002].slice(0, 1 + (length % 2));
  const value = epoch === null ? null : { type: 'BgpRouteAnnounced', ...refOf(tunnelId), epoch, prefix, asPath, asPathLength: asPath.length, origin: 'IGP', med: null, communities: [], since: `2026-01-01T00:00:0${length % 7}.000Z` };
  return { key: keyOf.bgpRoute(refOf(tunnelId).borderGatewayId, tunnelId, prefix), value };
};
const createVif = (vifId: string, bgpEnabled: boolean): Happening =>
  ({ stream: streamOf.virtualInterface(vifId), decision: { type: 'VirtualInterfaceCreated', vifId, region: REGION, name: 'v', description: '', borderGatewayId: GATEWAYS[0], line: { node: nodeOf(vifId), interface: 'eth1', vlanId: null }, bgpEnabled, localAsn: 64512, customerAsn: 65001, adminStatus: 'UP' } });
const addStatic = (id: string, n: number, m: number, prefix: string): Happening => {
  const viaVpn = m % 3 > 0;
  return gatewayDecision(id, { type: 'StaticRouteAdded', staticRouteId: `bgwrt-${id.at(-1)}${n % 6}`, destination: prefix, nextHopType: viaVpn ? 'vpn_connection' : 'vpc_attachment', nextHopId: viaVpn ? pick(CONNECTIONS, m) : attachment(id, pick(VPCS, m)), description: '' });
};

const quota = (quotaType: string, parentResourceId: string | null, maxLimit: number | null): Happening =>
  ({ stream: streamOf.region(REGION), decision: { type: 'QuotaSet', region: REGION, quotaType, parentResourceId, maxLimit } });

/** What can happen; the frequent ones stand more than once. */
const HAPPENINGS: readonly ((n: Numbers) => Happening)[] = [
  ...Array(8).fill(([, a, b, c]: Numbers) => announce(pick(LEGS, a), pick(PREFIXES, b), c % 6 === 0 ? null : c % 6 === 1 ? 2 : 1, c >> 2)),
  ...Array(4).fill(([, a, b]: Numbers) => oper(pick(LEGS, a), b % 3 === 0 ? 'DOWN' : 'UP')),
  ...Array(3).fill(([, a, b]: Numbers) => session(pick(LEGS, a), pick([1, 2, 1, 0, null, 1], b))),
  ...Array(2).fill(([, a, b, c]: Numbers) => addStatic(pick(GATEWAYS, a >> 3), a, b, pick(PREFIXES, c))),
  ...Array(2).fill(([, a, b, c]: Numbers) => attach(pick(GATEWAYS, a), pick(VPCS, b), c, 'VpcAttachmentUpdated')),
  ([, a, b, c]) => quota('bgw_propagated_route', pick([null, null, ...GATEWAYS], a), pick([null, 2, 3, 5, 8], b + c)),
  ([, a, b, c]) => quota('vpc_propagated_route', pick([null, 'rtb-00', 'rtb-10', 'rtb-20'], a), pick([null, 0, 1, 2, 4], b + c)),
  ([, a, b]) => gatewayDecision(pick(GATEWAYS, a), { type: 'TransitChanged', transitEnabled: b % 3 > 0 }),
  ([, a, b]) => gatewayDecision(pick(GATEWAYS, a), { type: 'StaticRouteRemoved', staticRouteId: `bgwrt-${a % 2}${b % 6}` }),
  ([, a, b]) => gatewayDecision(pick(GATEWAYS, a), { type: 'VpcDetached', vpcAttachmentId: attachment(pick(GATEWAYS, a), pick(VPCS, b)) }),
  ([, a, b]) => createSubnet(pick(VPCS, a), b),
  ([, a, b]) => vpcDecision(pick(VPCS, a), { type: 'SubnetDeleted', subnetId: pick(subnetIds(pick(VPCS, a)), b) }),
  ([, a, b]) => vpcDecision(pick(VPCS, a), { type: 'VpcRouteTableCreated', routeTableId: table(pick(VPCS, a), b), name: 't' }),
  ([, a, b, c]) => (c % 3 === 0 ? vpcDecision(pick(VPCS, a), { type: 'VpcRouteTableDeleted', routeTableId: table(pick(VPCS, a), 1) }) : relate(pick(VPCS, a), pick(GATEWAYS, b), c)),
  ([, a, b]) => vpcDecision(pick(VPCS, a), { type: 'RoutePropagationRemoved', routeTableId: table(pick(VPCS, a), b), propagationId: `prop-${a % 3}${b % 3}` }),
  ([, a, b, c]) => vpcDecision(pick(VPCS, a), { type: 'VpcStaticRouteAdded', routeTableId: table(pick(VPCS, a), 0), vpcRouteId: `vpcrt-${a % 3}${b % 3}`, destination: pick(PREFIXES, c), borderGatewayId: pick(GATEWAYS, b), description: '' }),
  ([, a, b]) => vpcDecision(pick(VPCS, a), { type: 'VpcStaticRouteRemoved', routeTableId: table(pick(VPCS, a), 0), vpcRouteId: `vpcrt-${a % 3}${b % 3}` }),
  ([, a, b]) => connectionDecision(pick(CONNECTIONS, a), { type: 'VpnConnectionUpdated', name: 'n', description: '', bgpEnabled: b % 2 === 0, bgpOptions: {} }),
  ([, a, b]) => connectionDecision(connectionOf(pick(TUNNELS, a)), { type: pick(['TunnelDisabled', 'TunnelEnabled', 'TunnelEnabled'], b), tunnelId: pick(TUNNELS, a) }),
  ([, a, b]) => (b % 2 === 0 ? addTunnel(pick(TUNNELS, a)) : connectionDecision(connectionOf(pick(TUNNELS, a)), { type: 'TunnelRemoved', tunnelId: pick(TUNNELS, a) })),
  ([, a, b]) => oper(pick(TUNNELS, a), pick(['UP', 'DOWN'], b), 'node-old'),
  ([, a]) => ({ source: `${pick(TUNNELS, a)}@${nodeOf(pick(TUNNELS, a))}`, observation: { type: 'TunnelGone', ...refOf(pick(TUNNELS, a)) } }),
  ([, a, b, c]) => ({ source: `fib ${pick(GATEWAYS, a)} ${b % 2}`, observation: { type: 'KernelFibObserved', region: REGION, borderGatewayId: pick(GATEWAYS, a), node: `node-${b % 2}`, entries: [{ prefix: pick(PREFIXES, c), nextHops: [{ kind: 'tunnel', id: pick(TUNNELS, c) }] }] } }),
  ([, a, b]) => (b % 3 === 0 ? createVif(pick(VIFS, a), b % 2 === 0) : { stream: streamOf.virtualInterface(pick(VIFS, a)), decision: { type: pick(['VirtualInterfaceDisabled', 'VirtualInterfaceEnabled', 'VirtualInterfaceDeleted'], b), vifId: pick(VIFS, a) } }),
  ([, a, b, c]) => gatewayDecision(GATEWAYS[0]!, { type: 'StaticRouteAdded', staticRouteId: `bgwrt-0${a % 6}`, destination: pick(PREFIXES, b), nextHopType: 'private_vif', nextHopId: pick(VIFS, c), description: '' }),
  ([, a, b]) => (b % 4 === 0 ? gatewayDecision(pick(GATEWAYS, a), { type: 'BorderGatewayDeleted' }) : createGateway(pick(GATEWAYS, a))),
  ([, a, b]) => (b % 4 === 0 ? vpcDecision(pick(VPCS, a), { type: 'VpcDeleted' }) : createVpc(pick(VPCS, a))),
  ([, a, b]) => (b % 4 === 0 ? connectionDecision(pick(CONNECTIONS, a), { type: 'VpnConnectionDeleted' }) : createConnection(pick(CONNECTIONS, a), b % 4 !== 1)),
];

/** Most of a working world, so that what happens next happens to something. `n` leaves some of it out. */
function beginnings(n: number): Happening[] {
  const all = [
    ...GATEWAYS.map(createGateway), ...VPCS.map(createVpc), ...VPCS.flatMap((vpc, i) => [createSubnet(vpc, i), createSubnet(vpc, i + 1)]),
    ...GATEWAYS.flatMap((gateway, i) => VPCS.slice(i).map((vpc, j) => attach(gateway, vpc, (n >> (i + j)) % 4))),
    ...VPCS.map((vpc, i) => relate(vpc, pick(GATEWAYS, i), 2 * i)), ...CONNECTIONS.map((id) => createConnection(id, true)), ...TUNNELS.map(addTunnel), ...VIFS.map((id) => createVif(id, true)),
    // small limits, so that some histories run into them
    quota('bgw_propagated_route', null, 2 + (n % 23)), quota('vpc_propagated_route', null, 1 + (n % 17)), ...(n % 3 === 0 ? [gatewayDecision(GATEWAYS[0]!, { type: 'TransitChanged', transitEnabled: true })] : []),
    ...LEGS.map((id) => oper(id, 'UP')), ...LEGS.map((id) => session(id, 1)), ...LEGS.map((id, i) => announce(id, PREFIXES[4 + ((n >> i) % 2)]!, 1, n >> (i + 4))),
  ];
  return all.filter((_, i) => (n + i * 7) % 23 !== 0);
}

function told(happening: Happening, index: number): Told {
  if ('stream' in happening) return { source: happening.stream, fact: { kind: 'decision', stream: happening.stream, position: BigInt(index + 1), decision: happening.decision as Decision, event: { id: `e${index}`, actor: 'ann', at: `t${index}`, causationId: `r${index}` } } };
  if ('key' in happening) return { source: happening.key, fact: { kind: 'bgp', key: happening.key, observation: happening.value as BgpObservation | null } };
  return { source: happening.source, fact: { kind: 'tunnel', observation: happening.observation as TunnelObservation, at: `t${index}` } };
}

const nat = fc.nat({ max: 0xffff });
export const histories: fc.Arbitrary<Told[]> = fc.tuple(nat, fc.array(fc.tuple(nat, nat, nat, nat), { minLength: 4, maxLength: 28 })).map(([n, more]) =>
  [...beginnings(n), ...more.map((numbers) => pick(HAPPENINGS, numbers[0])(numbers))].map(told));

/** A small generator of its own (mulberry32): a road is a function of its seed, so a failure can be walked again. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Another road for the same facts: sources interleaved anew, a piece of a source delivered twice, all cut into batches. */
export function anotherRoad(history: readonly Told[], seed: number): RouterFact[][] {
  const random = randomOf(seed);
  const sources = new Map<string, Told[]>();
  for (const item of history) sources.set(item.source, [...(sources.get(item.source) ?? []), item]);
  const queues = [...sources.values()].map((items) => redelivered(items, random));
  const batches: RouterFact[][] = [[]];
  while (queues.length > 0) {
    const i = random(queues.length);
    batches.at(-1)!.push(queues[i]!.shift()!.fact);
    if (queues[i]!.length === 0) queues.splice(i, 1);
    if (random(4) === 0) batches.push([]);
  }
  return batches;
}

/** At least once, in the journal's way: after a crash a source goes on from a little before where it was. */
function redelivered(items: readonly Told[], random: (below: number) => number): Told[] {
  return items.flatMap((item, i) => (random(4) === 0 ? [item, ...items.slice(Math.max(0, i - random(3)), i + 1)] : [item]));
}

/** The last word of each key of the tables, as a compacted topic keeps it; everything else stays. */
export function compacted(history: readonly Told[]): RouterFact[] {
  const last = new Map(history.map((item, i) => [item.source, i]));
  return history.filter((item, i) => item.fact.kind !== 'bgp' || (last.get(item.source) === i && item.fact.observation !== null)).map((item) => item.fact);
}

/** Everything a router says to anybody, in one text. */
export function dump(router: Router): string {
  const rows = [...router.rows()].map((row) => `${row.topic} ${row.key} ${JSON.stringify(row.value)}`).sort();
  const answers = [
    ...GATEWAYS.map((id) => [id, ...(['static', 'propagated', 'effective'] as const).map((kind) => gatewayRoutes(router, id, kind)), compareFib(router, id), gatewayLimit(router, id)]),
    ...VPCS.map((id) => [id, vpcRoutes(router, id), vpcLimits(router, id)]), ...LEGS.map((id) => [id, learnedRoutes(router, id), advertisedRoutes(router, id)]),
  ];
  return [...rows, ...answers.map((answer) => JSON.stringify(answer))].join('\n');
}

/** What people ask: between them they touch every prefix of the worlds. */
const QUESTIONS = [...['10.0.1.5', '10.1.0.5', '172.16.0.5'].map((address) => questionOf({ address })), questionOf({ prefix: '10.2.0.0/16' }), questionOf({ prefix: '192.168.0.0/24' })];

/** Every answer to "why", in one text. */
export const explained = (router: Router): string =>
  JSON.stringify(QUESTIONS.flatMap((question) => [...GATEWAYS.map((id) => explainInGateway(router, id, question)), ...VPCS.map((id) => explainInVpc(router, id, undefined, question))]));
