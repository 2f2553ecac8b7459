import { z } from 'zod';
import { NEXT_HOP_TYPE, ROUTE_TYPE, SelectionReason, VpcRouteReason } from './derivations.js';
import { FibNextHop } from './observations.js';
import { Ipv4Text, PrefixText, rule } from './values.js';

/**
 * The answer to "why": what is known about a prefix or an address in a border gateway or a VPC. Every part has its
 * reason as a word for programs (`because`) and as a sentence for people (`why`); `text` is all of it for people.
 */
const sentence = z.string().describe('one sentence in plain English');
const nextHopType = z.enum(Object.keys(NEXT_HOP_TYPE) as [keyof typeof NEXT_HOP_TYPE, ...(keyof typeof NEXT_HOP_TYPE)[]]);
const routeType = z.enum(Object.keys(ROUTE_TYPE) as [keyof typeof ROUTE_TYPE, ...(keyof typeof ROUTE_TYPE)[]]);

export const ExplainQuery = z.strictObject({
  prefix: PrefixText.optional().describe('exactly this destination, and what covers it'), address: Ipv4Text.optional().describe('the longest match of this address'),
}).refine(({ prefix, address }) => (prefix === undefined) !== (address === undefined), { path: ['prefix'], ...rule('one-of-two', 'exactly one of prefix and address') });
export type ExplainQuery = z.infer<typeof ExplainQuery>;
/** A query with the table of a VPC; all its tables when it names none. */
export const ExplainInVpcQuery = ExplainQuery.safeExtend({ routeTableId: z.string().optional() });
export type ExplainInVpcQuery = z.infer<typeof ExplainInVpcQuery>;

/** Where a route comes from: a decision in the log, or what a peer said within a session. */
export const Provenance = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('decision'), type: z.string(), stream: z.string(), position: z.string().describe('place in the log, decimal'), eventId: z.string().nullable(),
    causationId: z.string().nullable().describe('id of the request that it answered'), actor: z.string().nullable(), at: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('peer'), vpnTunnelId: z.string().optional().describe('over a tunnel'), vpnConnectionId: z.string().nullable().optional(), vifId: z.string().optional().describe('over a virtual interface'), sessionEpoch: z.int().describe('start of the session in which it was said'),
    neighborAddress: z.string().nullable(), neighborAsn: z.int().nullable(), sessionSince: z.string().nullable().describe('null when that session is not established'),
  }),
]).meta({ id: 'Provenance' });
export type Provenance = z.infer<typeof Provenance>;

/** A less specific destination, and whether it would forward. */
const LessSpecific = z.object({ prefix: z.string(), forwards: z.boolean(), nextHops: z.array(z.string()).describe('ids; empty when it does not forward') });
const common = {
  region: z.string(), question: z.object({ prefix: z.string().nullable(), address: z.string().nullable() }),
  verdict: sentence.describe('what becomes of the packets, in one sentence'),
};

export const ExplainedCandidate = z.object({
  source: z.string().describe('the static route, attachment and subnet, or peer'), nextHopType, routeType, asPath: z.array(z.int()), asPathLength: z.int(),
  nextHop: z.object({ kind: z.enum(['attachment', 'connection', 'tunnel', 'vif']), id: z.string() }), nextHops: z.array(FibNextHop).describe('usable ones'),
  effective: z.boolean(), because: SelectionReason, why: sentence, from: z.array(Provenance),
}).meta({ id: 'ExplainedCandidate' });
export type ExplainedCandidate = z.infer<typeof ExplainedCandidate>;

/** What one VPC route table makes of a destination of a gateway. */
export const ExplainedPropagation = z.object({
  bgwId: z.string(), vpcId: z.string(), routeTableId: z.string(), propagationId: z.string().nullable().describe('null when the table has no relation with the gateway'),
  effective: z.boolean(), because: z.enum([...VpcRouteReason.options, 'outside-ranges', 'no-relation', 'not-forwarded']), why: sentence,
}).meta({ id: 'ExplainedPropagation' });
export type ExplainedPropagation = z.infer<typeof ExplainedPropagation>;

/** What one peer of the gateway is told of a destination. */
export const ExplainedAdvertisement = z.object({
  vpnTunnelId: z.string().optional(), vpnConnectionId: z.string().optional(), vifId: z.string().optional(), told: z.boolean(), because: z.enum(['attachment-route', 'static-route', 'transit', 'own-route', 'no-transit', 'bgp-off', 'not-forwarded']), why: sentence,
}).meta({ id: 'ExplainedAdvertisement' });
export type ExplainedAdvertisement = z.infer<typeof ExplainedAdvertisement>;

export const GatewayDestination = z.object({
  prefix: z.string(), candidates: z.array(ExplainedCandidate), fib: z.object({ nextHopType, routeType, nextHops: z.array(FibNextHop), because: SelectionReason }).nullable(),
  propagation: z.array(ExplainedPropagation), advertisements: z.array(ExplainedAdvertisement),
}).meta({ id: 'GatewayDestination' });
export type GatewayDestination = z.infer<typeof GatewayDestination>;

export const GatewayExplanation = z.object({
  in: z.literal('borderGateway'), bgwId: z.string(), ...common,
  destinations: z.array(GatewayDestination).describe('of an address, down to the one that forwards it; most specific first'), lessSpecific: z.array(LessSpecific), text: z.string(),
}).meta({ id: 'GatewayExplanation' });
export type GatewayExplanation = z.infer<typeof GatewayExplanation>;

export const ExplainedVpcRoute = z.object({
  routeType: z.enum(['local', 'static', 'propagated']), bgwId: z.string().nullable(), source: z.string().describe('the VPC route, the relation, or "local"'), effective: z.boolean(), because: VpcRouteReason, why: sentence,
  from: z.array(Provenance), onward: z.object({ prefix: z.string(), nextHops: z.array(FibNextHop) }).nullable().describe('how the gateway goes on with the packets; null when it has no route'),
}).meta({ id: 'ExplainedVpcRoute' });
export type ExplainedVpcRoute = z.infer<typeof ExplainedVpcRoute>;

export const VpcDestination = z.object({ prefix: z.string(), candidates: z.array(ExplainedVpcRoute), notPropagated: z.array(ExplainedPropagation).describe('relations that carry nothing to this destination') }).meta({ id: 'VpcDestination' });
export type VpcDestination = z.infer<typeof VpcDestination>;

export const VpcExplanation = z.object({
  in: z.literal('vpc'), vpcId: z.string(), ...common,
  tables: z.array(z.object({ routeTableId: z.string(), verdict: sentence, destinations: z.array(VpcDestination), lessSpecific: z.array(LessSpecific) })), text: z.string(),
}).meta({ id: 'VpcExplanation' });
export type VpcExplanation = z.infer<typeof VpcExplanation>;

export const Explanation = z.discriminatedUnion('in', [GatewayExplanation, VpcExplanation]).meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
