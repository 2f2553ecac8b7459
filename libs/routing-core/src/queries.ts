import type { http } from '@bordergate/contracts';
import { comparePrefixes, formatPrefix, type Prefix } from '@bordergate/kernel';
import { priorityText } from './decision.js';
import type { Verdict } from './fib.js';
import type { GatewayTables } from './gateway-tables.js';
import { legOf } from './legs.js';
import type { Router } from './router.js';

/** What people ask the router, each answer with its reasons (law 9). Undefined: the router knows no such thing. */

export type RouteTableKind = 'static' | 'propagated' | 'effective';

/** The product's three tables of a gateway (semantics 3.1). Candidates that do not count are listed too, and say why. */
export function gatewayRoutes(router: Router, borderGatewayId: string, table: RouteTableKind): http.GatewayRoute[] | undefined {
  const gateway = known(router, borderGatewayId);
  if (!gateway) return undefined;
  const wanted: Record<RouteTableKind, (verdict: Verdict) => boolean> = {
    static: ({ path }) => path.routeType === 'static', propagated: ({ path }) => path.routeType !== 'static', effective: ({ effective }) => effective,
  };
  return sortedPrefixes(gateway).flatMap((prefix) => gateway.verdicts(prefix).filter(wanted[table]).map((verdict) => gatewayRoute(prefix, verdict)));
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
export function learnedRoutes(router: Router, peerId: string): http.LearnedRoute[] | undefined {
  const leg = legOf(router.topology, peerId);
  if (!leg) return undefined;
  const gateway = router.gateways.get(leg.borderGatewayId);
  return [...(gateway?.rib.routesOf(peerId) ?? [])].sort(([a], [b]) => comparePrefixes(a, b)).map(([prefix, path]): http.LearnedRoute => {
    const { asPath, origin, med, communities, since } = path.learned!;
    const { effective, because } = gateway!.verdicts(prefix).find((verdict) => verdict.path === path)!;
    return { prefix: formatPrefix(prefix), asPath: [...asPath], origin, med, communities: [...communities], since, effective, because };
  });
}

/** The Adj-RIB-Out of a peer. */
export function advertisedRoutes(router: Router, peerId: string): http.AdvertisedRoute[] | undefined {
  const leg = legOf(router.topology, peerId);
  if (!leg) return undefined;
  const told = router.gateways.get(leg.borderGatewayId)?.told.get(peerId);
  return [...(told?.entries() ?? [])].sort(([a], [b]) => comparePrefixes(a, b)).map(([, row]) => ({ prefix: row.prefix, because: row.because }));
}

export function known(router: Router, borderGatewayId: string): GatewayTables | undefined {
  return router.topology.gateways.has(borderGatewayId) ? router.gateways.get(borderGatewayId) : undefined;
}

const sortedPrefixes = (gateway: GatewayTables): Prefix[] => [...gateway.rib.entries()].map(([prefix]) => prefix).sort(comparePrefixes);
