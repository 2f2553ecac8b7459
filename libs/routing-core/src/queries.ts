import type { http, RouteAdvertised } from '@bordergate/contracts';
import { comparePrefixes, formatPrefix, PrefixTable, type Prefix } from '@bordergate/kernel';
import { priorityText } from './decision.js';
import type { Verdict } from './fib.js';
import type { GatewayTables } from './gateway-tables.js';
import { legOf } from './legs.js';
import { inListingOrder, type Walk } from './listing.js';
import type { Path } from './path.js';
import type { Router } from './router.js';

/**
 * What people ask the router, each answer with its reasons (law 9). Undefined: the router knows no such thing. A table that peers fill
 * can be asked from a prefix on; its rows are made one by one, so that a page costs what is on it.
 */

export type RouteTableKind = 'static' | 'propagated' | 'effective';

/** The product's three tables of a gateway (semantics 3.1). Candidates that do not count are listed too, and say why. */
export function gatewayRoutesFrom(router: Router, borderGatewayId: string, table: RouteTableKind, from?: Prefix): Iterable<http.GatewayRoute> | undefined {
  const gateway = known(router, borderGatewayId);
  return gateway && rowsOfGateway(gateway, table, from);
}

/** The whole table. */
export const gatewayRoutes = (router: Router, borderGatewayId: string, table: RouteTableKind): http.GatewayRoute[] | undefined => all(gatewayRoutesFrom(router, borderGatewayId, table));

const all = <T>(rows: Iterable<T> | undefined): T[] | undefined => rows && [...rows];

function* rowsOfGateway(gateway: GatewayTables, table: RouteTableKind, from: Prefix | undefined): Generator<http.GatewayRoute> {
  const inTable = (path: Path): boolean => (path.routeType === 'static') === (table === 'static') || table === 'effective';
  for (const prefix of inListingOrder((offer) => gateway.rib.forPrefixesWith(inTable, offer), from)) {
    for (const verdict of gateway.verdicts(prefix)) if (inTable(verdict.path) && (table !== 'effective' || verdict.effective)) yield gatewayRoute(prefix, verdict);
  }
}

function gatewayRoute(prefix: Prefix, { path, nextHops, effective, because }: Verdict): http.GatewayRoute {
  return {
    bgwRouteDestination: formatPrefix(prefix), origin: path.routeType === 'static' ? 'static' : 'propagated', nextHopType: path.nextHopType, routeType: path.routeType,
    bgwRouteNexthop: path.nextHop.id, nextHops: [...nextHops], asPath: [...(path.learned?.asPath ?? [])], bgwRoutePriority: priorityText(path), effective, because, source: path.source,
  };
}

/** All candidates of a VPC's route tables, or of one of them; undefined also when the VPC has no such table. */
export function vpcRoutes(router: Router, vpcId: string, routeTableId?: string): http.VpcRoute[] | undefined {
  const tables = router.topology.vpcs.has(vpcId) ? router.vpcs.get(vpcId)?.tables : undefined;
  if (!tables || (routeTableId !== undefined && !tables.has(routeTableId))) return undefined;
  const ids = routeTableId === undefined ? [...tables.keys()].sort() : [routeTableId];
  return ids.flatMap((id) => [...tables.get(id)!.entries()].sort(([a], [b]) => comparePrefixes(a, b)).flatMap(([, row]) => row.candidates.map((candidate): http.VpcRoute => ({
    destination: row.prefix, routeTableId: id, routeType: candidate.routeType, nextHop: candidate.borderGatewayId ?? 'local', effective: candidate.effective, because: candidate.because,
    source: candidate.vpcRouteId ?? candidate.propagationId ?? 'local',
  }))));
}

/** How full a gateway is, and each route table of a VPC. */
export const gatewayLimit = (router: Router, borderGatewayId: string): http.RouteLimit | undefined => known(router, borderGatewayId)?.room(router.topology);

export function vpcLimits(router: Router, vpcId: string): http.TableRouteLimit[] | undefined {
  const rooms = router.vpcs.get(vpcId)?.rooms(router.topology, (id) => router.gateways.get(id));
  return rooms && [...rooms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([routeTableId, room]) => ({ routeTableId, ...room }));
}

/** The Adj-RIB-In of a peer, by its tunnel or virtual interface: what it said, whether it counts or not. */
export function learnedRoutesFrom(router: Router, peerId: string, from?: Prefix): Iterable<http.LearnedRoute> | undefined {
  const leg = legOf(router.topology, peerId);
  return leg && rowsLearned(router.gateways.get(leg.borderGatewayId), peerId, from);
}

export const learnedRoutes = (router: Router, peerId: string): http.LearnedRoute[] | undefined => all(learnedRoutesFrom(router, peerId));

function* rowsLearned(gateway: GatewayTables | undefined, peerId: string, from: Prefix | undefined): Generator<http.LearnedRoute> {
  if (!gateway) return;
  const { rib } = gateway;
  for (const prefix of inListingOrder((offer) => rib.forRowsOf(peerId, (row) => offer(rib.rows.prefixOf(row))), from)) {
    const { path, effective, because } = gateway.verdicts(prefix).find((verdict) => verdict.path.source === peerId)!;
    const { asPath, origin, med, communities, since } = path.learned!;
    yield { prefix: formatPrefix(prefix), asPath: [...asPath], origin, med, communities: [...communities], since, effective, because };
  }
}

/** The Adj-RIB-Out of a peer. */
export function advertisedRoutesFrom(router: Router, peerId: string, from?: Prefix): Iterable<http.AdvertisedRoute> | undefined {
  const leg = legOf(router.topology, peerId);
  return leg && rowsTold(router.gateways.get(leg.borderGatewayId)?.told.get(peerId), from);
}

export const advertisedRoutes = (router: Router, peerId: string): http.AdvertisedRoute[] | undefined => all(advertisedRoutesFrom(router, peerId));

function* rowsTold(told: PrefixTable<RouteAdvertised> = new PrefixTable(), from: Prefix | undefined): Generator<http.AdvertisedRoute> {
  const walk: Walk = (offer) => {
    for (const [prefix] of told.entries()) offer(prefix);
  };
  for (const prefix of inListingOrder(walk, from)) {
    const { prefix: text, because } = told.get(prefix)!;
    yield { prefix: text, because };
  }
}

export function known(router: Router, borderGatewayId: string): GatewayTables | undefined {
  return router.topology.gateways.has(borderGatewayId) ? router.gateways.get(borderGatewayId) : undefined;
}
