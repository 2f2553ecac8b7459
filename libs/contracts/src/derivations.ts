import { z } from 'zod';
import { FibNextHop } from './observations.js';
import { Node, PrefixText, Region } from './values.js';

/** Derivations: what follows from decisions and observations. Tables under keys; null removes; recomputed at will. */
const id = z.string().min(1).max(64);
const derivation = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

/** Which rule a candidate lost by, or that it is in the equal-cost set. Names of the elimination steps. */
export const SelectionReason = z.enum([
  'only-path', 'equal-cost', 'best', // in the FIB
  'next-hop-type', 'route-type', 'as-path-length', // lost at this step
  'overlaps-earlier-attachment', 'no-usable-next-hop', 'session-down', 'martian', 'own-asn', 'over-limit', // not a candidate
]);
export type SelectionReason = z.infer<typeof SelectionReason>;

/** Product rule (semantics 3.2): compared in this order, the lower number wins. */
export const NEXT_HOP_TYPE = { vpc_attachment: 100, direct_connect: 120, vpn_connection: 140 } as const;
export type NextHopType = keyof typeof NEXT_HOP_TYPE;
export const ROUTE_TYPE = { static: 100, propagated: 120, ebgp: 150, ibgp: 200 } as const;
export type RouteType = keyof typeof ROUTE_TYPE;

/**
 * routing.fib.v1, key <gateway>/<prefix>: what the RIB expects in the gateway's FIB on each node. `nodes`: those that the tunnels and virtual
 * interfaces among the next hops end on, so those that can carry packets to it (ADR 33). None with attachments, which are on every node.
 */
export const FibEntryInstalled = derivation('FibEntryInstalled', {
  region: Region, borderGatewayId: id, prefix: PrefixText, nextHopType: z.enum(['vpc_attachment', 'direct_connect', 'vpn_connection']),
  routeType: z.enum(['static', 'propagated', 'ebgp', 'ibgp']), nextHops: z.array(FibNextHop), because: SelectionReason, nodes: z.array(Node).optional(),
});
export type FibEntryInstalled = z.infer<typeof FibEntryInstalled>;

/** Why a VPC route is or is not effective (semantics 3.7: Local first, longest prefix by forwarding, static over propagated, then ECMP). */
export const VpcRouteReason = z.enum(['local', 'only-route', 'static-over-propagated', 'equal-cost', 'inside-vpc', 'gateway-not-attached', 'over-limit']);
export type VpcRouteReason = z.infer<typeof VpcRouteReason>;

/** routing.vpc-routes.v1, key <route table>/<prefix>: every candidate, and the effective next hops. */
export const VpcRoutePropagated = derivation('VpcRoutePropagated', {
  region: Region, vpcId: id, routeTableId: id, prefix: PrefixText,
  candidates: z.array(z.object({
    routeType: z.enum(['local', 'static', 'propagated']), borderGatewayId: id.nullable(), vpcRouteId: id.nullable(), propagationId: id.nullable(),
    effective: z.boolean(), because: VpcRouteReason,
  })),
});
export type VpcRoutePropagated = z.infer<typeof VpcRoutePropagated>;

/** routing.rib-out.v1, key <gateway>/<peer>/<prefix>: what a peer is told, over its tunnel or its virtual interface. */
export const RouteAdvertised = derivation('RouteAdvertised', {
  region: Region, borderGatewayId: id, tunnelId: id.optional(), vifId: id.optional(), prefix: PrefixText, because: z.enum(['attachment-route', 'static-route', 'transit']),
});
export type RouteAdvertised = z.infer<typeof RouteAdvertised>;

/** routing.limits.v1, key <gateway>/<prefix>: a destination over the gateway's limit of dynamic routes. BIRD must not forward it by one of them. */
export const RouteRefused = derivation('RouteRefused', { region: Region, borderGatewayId: id, prefix: PrefixText, because: z.literal('over-limit') });
export type RouteRefused = z.infer<typeof RouteRefused>;

/** How full a table with a limit is: near from four fifths on, over when something is refused. */
export const LimitStatus = z.enum(['ok', 'near-limit', 'over-limit']);
export type LimitStatus = z.infer<typeof LimitStatus>;

/** routing.limits.v1, key <gateway or VPC route table>/status: a warning; there is none while all is well. */
export const RouteLimitReached = derivation('RouteLimitReached', {
  region: Region, quotaType: z.enum(['bgw_propagated_route', 'vpc_propagated_route']), resourceId: id, maxLimit: z.int(), status: LimitStatus.exclude(['ok']),
});
export type RouteLimitReached = z.infer<typeof RouteLimitReached>;

export const Derivation = z.discriminatedUnion('type', [FibEntryInstalled, VpcRoutePropagated, RouteAdvertised, RouteRefused, RouteLimitReached]);
export type Derivation = z.infer<typeof Derivation>;
