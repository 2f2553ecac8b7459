import { http, NEXT_HOP_TYPE, ROUTE_TYPE } from '@bordergate/contracts';
import { parsePrefix } from '@bordergate/kernel';
import type { Document } from './client.js';
import { QUOTAS } from './quotas.js';
import { difference, still, type RegionSnapshot } from './snapshot.js';

/** What holds whenever the platform is at rest, whatever was sent before. Made anew from the product's rules: nothing of the services is used to check them. */
export interface Invariant {
  readonly name: string;
  /** What breaks it, in sentences; nothing when it holds. */
  readonly broken: (regions: readonly RegionSnapshot[]) => string[];
}

const invariant = (name: string, broken: Invariant['broken']): Invariant => ({ name, broken });
/** One region at a time. */
const each = (name: string, broken: (listed: Record<string, Document[]>, snapshot: RegionSnapshot) => string[]): Invariant =>
  invariant(name, (regions) => regions.flatMap((snapshot) => broken(snapshot.listed, snapshot).map((problem) => `${snapshot.region}: ${problem}`)));

const twice = (keys: readonly string[]): string[] => [...new Set(keys.filter((key, n) => keys.indexOf(key) !== n))];
const sorted = (items: readonly string[]): string => [...items].sort().join(' ');
const by = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => items.reduce((map, item) => map.set(keyOf(item), [...(map.get(keyOf(item)) ?? []), item]), new Map<string, T[]>());
const inside = (inner: string, outer: string): boolean => {
  const [a, b] = [parsePrefix(inner)!, parsePrefix(outer)!];
  return a.length >= b.length && (b.length === 0 || a.address >>> (32 - b.length) === b.address >>> (32 - b.length));
};
const overlap = (a: string, b: string): boolean => inside(a, b) || inside(b, a);
const overlapping = (prefixes: readonly string[]): string[] => prefixes.flatMap((a, n) => prefixes.slice(n + 1).filter((b) => overlap(a, b)).map((b) => `${a} and ${b}`));

/** [collection, field, the collection it refers to]. */
const REFERENCES: readonly (readonly [string, string, keyof typeof http.COLLECTIONS])[] = [
  ['subnets', 'vpcId', 'vpcs'], ['subnets', 'routeTableId', 'routeTables'], ['routeTables', 'vpcId', 'vpcs'], ['vpcs', 'mainRouteTableId', 'routeTables'],
  ['routePropagations', 'routeTableId', 'routeTables'], ['routePropagations', 'vpcId', 'vpcs'], ['routePropagations', 'bgwId', 'borderGateways'],
  ['vpcRoutes', 'routeTableId', 'routeTables'], ['vpcRoutes', 'vpcId', 'vpcs'], ['vpcRoutes', 'bgwId', 'borderGateways'],
  ['vpcAttachments', 'bgwId', 'borderGateways'], ['vpcAttachments', 'vpcId', 'vpcs'], ['vpcAttachments', 'subnetIds', 'subnets'], ['staticRoutes', 'bgwId', 'borderGateways'], ['virtualInterfaces', 'bgwId', 'borderGateways'],
  ['vpnConnections', 'bgwId', 'borderGateways'], ['vpnConnections', 'cgwId', 'customerGateways'], ['vpnConnections', 'cloudPublicIp', 'publicAddresses'],
  ['vpnTunnels', 'vpnConnectionId', 'vpnConnections'], ['vpnTunnels', 'bgwId', 'borderGateways'], ['vpnTunnels', 'cloudPublicIp', 'publicAddresses'],
  ['publicAddresses', 'vpnConnectionId', 'vpnConnections'], ['tunnelStates', 'vpnTunnelId', 'vpnTunnels'], ['tunnelStates', 'vpnConnectionId', 'vpnConnections'], ['tunnelStates', 'bgwId', 'borderGateways'],
];
/** [owner, its list of ids, the parts, the part's field that names the owner]. */
const INVERSES = [
  ['borderGateways', 'vpnConnectionIds', 'vpnConnections', 'bgwId'], ['borderGateways', 'vpcAttachmentIds', 'vpcAttachments', 'bgwId'], ['customerGateways', 'vpnConnectionIds', 'vpnConnections', 'cgwId'],
  ['borderGateways', 'vifIds', 'virtualInterfaces', 'bgwId'], ['vpcs', 'subnetIds', 'subnets', 'vpcId'], ['vpcs', 'routeTableIds', 'routeTables', 'vpcId'], ['vpnConnections', 'vpnTunnelIds', 'vpnTunnels', 'vpnConnectionId'], ['vpnConnections', 'cloudPublicIp', 'publicAddresses', 'vpnConnectionId'],
] as const;
const idOf = (collection: string): string => http.COLLECTIONS[collection as http.Collection].id;

const RESOURCES: readonly Invariant[] = [
  each('every listed resource can be read, and reads as it is listed', (listed, { read }) => Object.keys(http.COLLECTIONS).flatMap((collection) => listed[collection]!.flatMap((document) => {
    const differs = difference(still(document), still(read[`${collection}/${document[idOf(collection)]}`]));
    return differs ? [`${collection}/${document[idOf(collection)]}: ${differs}`] : [];
  }))),
  each('a list holds each resource once', (listed) => Object.keys(http.COLLECTIONS).flatMap((collection) => twice(listed[collection]!.map((document) => document[idOf(collection)])))),
  each('every reference leads to a resource of the same region', (listed) => REFERENCES.flatMap(([collection, field, target]) => {
    const known = new Set(listed[target]!.map((document) => document[idOf(target)]));
    return listed[collection]!.flatMap((document) => [document[field]].flat().filter((id) => id !== null && !known.has(id)).map((id) => `${collection}: ${field} ${id} is nowhere`));
  })),
  each('owners list exactly their parts', (listed) => INVERSES.flatMap(([owners, list, parts, field]) => listed[owners]!.flatMap((owner) => {
    const own = listed[parts]!.filter((part) => part[field] === owner[idOf(owners)]).map((part) => part[idOf(parts)]);
    return sorted(own) === sorted(owner[list]) ? [] : [`${owner[idOf(owners)]}.${list} is ${owner[list]}, the parts are ${own}`];
  }))),
  invariant('no public address twice in the whole platform', (regions) => twice(regions.flatMap(({ listed }) => listed.publicAddresses!.map(({ publicAddress }) => publicAddress)))),
  each('no cloud address in two connections, and two in each', ({ vpnConnections }) => [
    ...twice(vpnConnections!.flatMap(({ cloudPublicIp }) => cloudPublicIp)), ...vpnConnections!.filter(({ cloudPublicIp }) => new Set(cloudPublicIp).size !== 2).map(({ vpnConnectionId }) => vpnConnectionId),
  ]),
  each('a tunnel is between an address of its connection and one of its customer gateway, one for each pair', ({ vpnTunnels, vpnConnections, customerGateways }) => [
    ...twice(vpnTunnels!.map((tunnel) => `${tunnel.vpnConnectionId} ${tunnel.cloudPublicIp} ${tunnel.customerIp}`)),
    ...vpnTunnels!.filter((tunnel) => {
      const connection = vpnConnections!.find(({ vpnConnectionId }) => vpnConnectionId === tunnel.vpnConnectionId);
      const customer = customerGateways!.find(({ customerGatewayId }) => customerGatewayId === connection?.cgwId);
      return !(connection?.cloudPublicIp.includes(tunnel.cloudPublicIp) && customer?.customerIps.includes(tunnel.customerIp) && connection.bgwId === tunnel.bgwId);
    }).map(({ vpnTunnelId }) => vpnTunnelId),
  ]),
  each('no inner /30 twice on a gateway, each in its ranges and with the two middle addresses', ({ vpnTunnels, virtualInterfaces }) => [
    ...[...by([...vpnTunnels!, ...virtualInterfaces!], ({ bgwId }) => bgwId).values()].flatMap((ends) => overlapping(ends.map(({ tunnelIp, vifIp }) => tunnelIp ?? vifIp))),
    ...vpnTunnels!.filter(({ tunnelIp, localTunnelIp, remoteTunnelIp }) => {
      const [address, last] = [String(tunnelIp).split('/')[0]!.split('.'), Number(String(tunnelIp).split('/')[0]!.split('.')[3])];
      const middle = [1, 2].map((n) => [...address.slice(0, 3), last + n].join('.'));
      return !(tunnelIp.endsWith('/30') && ['169.254.0.0/20', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((range) => inside(tunnelIp, range)) && sorted(middle) === sorted([localTunnelIp, remoteTunnelIp]));
    }).map(({ vpnTunnelId, tunnelIp }) => `${vpnTunnelId} ${tunnelIp}`),
  ]),
  each('a quota counts what is listed, for the region or for each parent', (listed) => Object.entries(QUOTAS).flatMap(([type, [collection, owner]]) => {
    const parts = by(listed[collection]!, (document) => String(owner && document[owner]));
    const told = listed.quotas!.filter((quota) => quota.type === type && (owner === '') === (quota.parentResourceId === null));
    const silent = [...parts.keys()].filter((of) => !told.some(({ parentResourceId }) => (parentResourceId ?? '') === of));
    const wrong = told.map(({ parentResourceId, count }) => [parentResourceId ?? '', count, parts.get(parentResourceId ?? '')?.length ?? 0] as const).filter(([, count, there]) => count !== there);
    return [...silent.map((of) => `${type} of ${of} has no quota`), ...wrong.map(([of, count, there]) => `${there} ${collection} of ${of || 'the region'}, ${count} are counted`)];
  })),
  each('one attachment for a gateway and a VPC, propagating the subnets its type says', ({ vpcAttachments, subnets }) => [
    ...twice(vpcAttachments!.map(({ bgwId, vpcId }) => `${bgwId} ${vpcId}`)),
    ...vpcAttachments!.filter(({ vpcId, propagateType, subnetIds, propagateCidrInfos }) => {
      const meant = subnets!.filter((subnet) => subnet.vpcId === vpcId && (propagateType === 'all' || (propagateType === 'partial' && subnetIds.includes(subnet.subnetId))));
      return sorted(meant.map(({ subnetCidr, cidr }) => subnetCidr ?? cidr)) !== sorted(propagateCidrInfos.map((info: Document) => info.subnetCidr));
    }).map(({ vpcAttachmentId }) => vpcAttachmentId),
  ]),
  each('subnets lie in their VPC and apart, and use its tables', ({ subnets, vpcs, routeTables }) => [
    ...[...by(subnets!, ({ vpcId }) => vpcId).values()].flatMap((own) => overlapping(own.map(({ cidr }) => cidr))),
    ...subnets!.filter((subnet) => !(inside(subnet.cidr, vpcs!.find(({ vpcId }) => vpcId === subnet.vpcId)!.cidr) && routeTables!.some(({ routeTableId, vpcId }) => routeTableId === subnet.routeTableId && vpcId === subnet.vpcId))).map(({ subnetId }) => subnetId),
  ]),
  each('a VPC learns only from gateways that it is attached to', ({ routePropagations, vpcAttachments }) =>
    routePropagations!.filter(({ vpcId, bgwId }) => !vpcAttachments!.some((attachment) => attachment.vpcId === vpcId && attachment.bgwId === bgwId)).map(({ propagationId }) => propagationId)),
  each('a static route leads to a leg of its own gateway, each destination once for each next hop', ({ staticRoutes, vpnConnections, vpcAttachments, virtualInterfaces }) => [
    ...twice(staticRoutes!.map((route) => `${route.bgwId} ${route.bgwRouteDestination} ${route.bgwRouteNexthop}`)),
    ...staticRoutes!.filter((route) => ![...vpnConnections!, ...vpcAttachments!, ...virtualInterfaces!].some((leg) => leg.bgwId === route.bgwId && [leg.vpnConnectionId, leg.vpcAttachmentId, leg.vifId].includes(route.bgwRouteNexthop))).map(({ bgwRouteId }) => bgwRouteId),
  ]),
  each('a VPC static route has a destination of its own outside of the VPC', ({ vpcRoutes, vpcs }) => [
    ...twice(vpcRoutes!.map(({ routeTableId, destination, bgwId }) => `${routeTableId} ${destination} ${bgwId}`)),
    ...vpcRoutes!.filter((route) => inside(route.destination, vpcs!.find(({ vpcId }) => vpcId === route.vpcId)!.cidr)).map(({ vpcRouteId }) => vpcRouteId),
  ]),
  each('a connection is highly available exactly when the rule says so', ({ vpnConnections, customerGateways, vpnTunnels }) => vpnConnections!.filter(({ vpnConnectionId, cgwId, cloudPublicIp, haStatus }) => {
    const own = vpnTunnels!.filter((tunnel) => tunnel.vpnConnectionId === vpnConnectionId);
    const [one, two] = (cloudPublicIp as string[]).map((address) => own.filter((tunnel) => tunnel.cloudPublicIp === address));
    const different = one!.some((a) => two!.some((b) => a.customerIp !== b.customerIp));
    const redundant = customerGateways!.find(({ customerGatewayId }) => customerGatewayId === cgwId)!.customerIps.length > 1 && different && [one!, two!].every((tunnels) => tunnels.some(({ opStatus }) => opStatus === 'UP'));
    return haStatus !== (redundant ? 'redundancy' : 'no_redundancy');
  }).map(({ vpnConnectionId, haStatus }) => `${vpnConnectionId} is ${haStatus}`)),
  each('every tunnel has a state, and the state of its admin status', ({ vpnTunnels, tunnelStates }) => vpnTunnels!.flatMap((tunnel) => {
    const state = tunnelStates!.find(({ vpnTunnelId }) => vpnTunnelId === tunnel.vpnTunnelId);
    return state?.adminStatus === tunnel.adminStatus && (tunnel.adminStatus === 'UP' || tunnel.opStatus === 'DOWN') ? [] : [`${tunnel.vpnTunnelId}: ${JSON.stringify(state)?.slice(0, 200)}`];
  })),
];

/** Reasons that keep a route from being a candidate at all (semantics 3.2 compares candidates). */
const NO_CANDIDATE: ReadonlySet<string> = new Set(['overlaps-earlier-attachment', 'no-usable-next-hop', 'session-down', 'martian', 'own-asn', 'over-limit']);
const rank = (route: Document): number[] => [NEXT_HOP_TYPE[route.nextHopType as keyof typeof NEXT_HOP_TYPE], ROUTE_TYPE[route.routeType as keyof typeof ROUTE_TYPE], route.asPath.length];
const compare = (a: number[], b: number[]): number => a.map((value, n) => value - b[n]!).find((d) => d !== 0) ?? 0;

const ROUTING: readonly Invariant[] = [
  each('the effective table is the best of each destination, by next-hop type, route type and AS_PATH length', ({ borderGateways }, { read }) => borderGateways!.flatMap(({ bgwId }) => {
    const of = (table: string) => read[`borderGateways/${bgwId}/routes?table=${table}`] as Document[];
    const candidates = by([...of('static'), ...of('propagated')].filter(({ because }) => !NO_CANDIDATE.has(because)), ({ bgwRouteDestination }) => bgwRouteDestination);
    const best = [...candidates.values()].flatMap((routes) => routes.filter((route) => routes.every((other) => compare(rank(route), rank(other)) <= 0)));
    const keys = (routes: readonly Document[]) => sorted(routes.map((route) => `${route.bgwRouteDestination}>${route.source}`));
    return keys(best) === keys(of('effective')) ? [] : [`${bgwId}: ${keys(best)} should be ${keys(of('effective'))}`];
  })),
  each('a gateway refuses the dynamic routes that are over its limit, and no others', ({ borderGateways }, { read }) => borderGateways!.flatMap(({ bgwId }) => {
    const { maxLimit, count, refused } = (read[`borderGateways/${bgwId}/routes?limit=1`] as Document).dynamicRoutes;
    const propagated = read[`borderGateways/${bgwId}/routes?table=propagated`] as Document[];
    const destinations = (wanted: (because: string) => boolean): number => new Set(propagated.filter(({ because }) => wanted(because)).map(({ bgwRouteDestination }) => bgwRouteDestination)).size;
    const [over, asking] = [destinations((because) => because === 'over-limit'), destinations((because) => because === 'over-limit' || !NO_CANDIDATE.has(because))];
    return over === refused && asking === count && refused === Math.max(0, count - maxLimit) ? [] : [`${bgwId}: ${over} refused of ${asking}, ${refused} of ${count} are told, at most ${maxLimit}`];
  })),
  each('the static table is the static routes', ({ borderGateways, staticRoutes }, { read }) => borderGateways!.flatMap(({ bgwId }) => {
    const shown = (read[`borderGateways/${bgwId}/routes?table=static`] as Document[]).map((route) => `${route.bgwRouteDestination}>${route.bgwRouteNexthop}`);
    const meant = staticRoutes!.filter((route) => route.bgwId === bgwId).map((route) => `${route.bgwRouteDestination}>${route.bgwRouteNexthop}`);
    return sorted(shown) === sorted(meant) ? [] : [`${bgwId}: ${sorted(shown)} is shown, ${sorted(meant)} was decided`];
  })),
  each('the FIB of every node that reports is the one the RIB expects', ({ borderGateways }, { read }) => borderGateways!.flatMap(({ bgwId }) => {
    const { nodes } = read[`borderGateways/${bgwId}/fib`] as Document;
    return nodes.filter((node: Document) => !node.agreed).map((node: Document) => `${bgwId} on ${node.node}: ${JSON.stringify(node.differences).slice(0, 300)}`);
  })),
  each('a VPC table is Local for its own CIDR, and everything effective is reachable by an attachment', ({ vpcs, vpcAttachments }, { read }) => vpcs!.flatMap(({ vpcId, cidr }) => {
    const routes = read[`vpcs/${vpcId}/routes`] as Document[];
    const local = routes.filter(({ routeType, effective }) => routeType === 'local' && effective);
    const lost = routes.filter((route) => route.effective && route.nextHop !== 'local' && !vpcAttachments!.some((a) => a.vpcId === vpcId && a.bgwId === route.nextHop));
    return [...(local.every(({ destination }) => destination === cidr) && local.length > 0 ? [] : [`${vpcId} has no Local route`]), ...lost.map(({ destination, nextHop }) => `${vpcId}: ${destination} leads to ${nextHop}`)];
  })),
];

export const INVARIANTS: readonly Invariant[] = [...RESOURCES, ...ROUTING];
