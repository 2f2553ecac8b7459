import { z } from 'zod';
import { VifCountersSampled, VifGone, VifOperStatusChanged, vifRef, type VifRef } from './vif-observations.js';
import { Ipv4Text, Node, OperStatus, PrefixText, Region } from './values.js';

/**
 * Observations: what the wire said, reported by tunnel workers. `at` of a fact is the CloudEvent's time.
 * Everything may arrive twice and order holds only within one key's source (design, law 3 and 4).
 */
const id = z.string().min(1).max(64);
const observation = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

export const Driver = z.enum(['xfrm', 'libipsec', 'simulated']);
export type Driver = z.infer<typeof Driver>;

/** Whose tunnel: on each observation, so that a reader needs no decision to place it. */
const tunnelRef = { region: Region, borderGatewayId: id, vpnConnectionId: id, tunnelId: id, node: Node };

/** Why a negotiation failed, as the doctor sees it (reference/dataplane.md C.1). */
export const NegotiationFault = z.enum([
  'peer-not-responding', 'no-proposal-chosen', 'authentication-failed', 'ts-unacceptable', 'child-no-proposal-chosen', 'peer-deleted', 'dpd-timeout', 'charon-not-running', 'unknown',
]);
export type NegotiationFault = z.infer<typeof NegotiationFault>;

/** Why a tunnel is not UP, or "established" when it is. */
export const OperReason = z.enum(['established', 'negotiating', 'admin-down', 'draining', 'peer-silent', ...NegotiationFault.options]);
export type OperReason = z.infer<typeof OperReason>;

/** What is shown of a tunnel has one more: its node has not been heard for longer than its lease, and its worker's last word is not known to hold. */
export const ShownOperReason = z.enum([...OperReason.options, 'node-silent']);
export type ShownOperReason = z.infer<typeof ShownOperReason>;

/** The detail of node-silent. */
export const nodeSilent = (node: string, since: string, what: 'tunnel' | 'line' = 'tunnel'): string => `${node} has not been heard since ${since}; whether the ${what} carries is not known`;

/** The detail of admin-down, whoever says it first: the decision, or the worker that has obeyed. */
export const ADMIN_DOWN = 'Disabled by its owner.';

/** RFC 7296: an IKE SA exists; SPIs and unique ids tell one from another. */
const IkeSaEstablished = observation('IkeSaEstablished', { ...tunnelRef, uniqueId: z.string(), ikeVersion: z.string(), initiator: z.boolean(), remoteHost: z.string() });
const IkeSaDeleted = observation('IkeSaDeleted', { ...tunnelRef, uniqueId: z.string() });
const ChildSaInstalled = observation('ChildSaInstalled', { ...tunnelRef, uniqueId: z.string(), spiIn: z.string(), spiOut: z.string(), cipher: z.string() });
const ChildSaRekeyed = observation('ChildSaRekeyed', { ...tunnelRef, uniqueId: z.string(), spiIn: z.string(), spiOut: z.string(), cipher: z.string() });
const ChildSaDeleted = observation('ChildSaDeleted', { ...tunnelRef, uniqueId: z.string() });
const NegotiationFailed = observation('NegotiationFailed', { ...tunnelRef, fault: NegotiationFault, detail: z.string() });
/** The tunnel's oper status after looking at charon and the device; published on change and again when a worker starts. */
const TunnelOperStatusChanged = observation('TunnelOperStatusChanged', {
  ...tunnelRef, operStatus: OperStatus, reason: OperReason, detail: z.string(), since: z.string(), driver: Driver,
  generation: z.int().min(0).optional().describe('how often the tunnel had been enabled when what is told of it began; left out: never'),
});
/** A tunnel its worker no longer runs. */
const TunnelGone = observation('TunnelGone', tunnelRef);
/** One next hop of a FIB entry, in the words of the product; `unknown` is a device that nobody asked for. */
export const FibNextHop = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attachment'), id }), z.object({ kind: z.literal('tunnel'), id }), z.object({ kind: z.literal('vif'), id }),
  z.object({ kind: z.literal('unknown'), id: z.string() }),
]);
export type FibNextHop = z.infer<typeof FibNextHop>;
/** What the kernel of a node really has for a gateway (routes of protocol bird), read from the kernel. */
const KernelFibObserved = observation('KernelFibObserved', {
  region: Region, borderGatewayId: id, node: Node, entries: z.array(z.object({ prefix: PrefixText, nextHops: z.array(FibNextHop) })),
});

export const TunnelObservation = z.discriminatedUnion('type', [
  IkeSaEstablished, IkeSaDeleted, ChildSaInstalled, ChildSaRekeyed, ChildSaDeleted, NegotiationFailed, TunnelOperStatusChanged, TunnelGone, VifOperStatusChanged, VifGone,
  KernelFibObserved,
]);
export type TunnelObservation = z.infer<typeof TunnelObservation>;

/** Whose session: that over a tunnel, or that over a virtual interface. Its id is the peer's in keys and next hops. */
const peerRef = { region: Region, borderGatewayId: id, node: Node, vpnConnectionId: id.optional(), tunnelId: id.optional(), vifId: vifRef.vifId.optional() };
export type PeerRef = TunnelRef | VifRef;
export const peerIdOf = (ref: { readonly tunnelId?: string | undefined; readonly vifId?: string | undefined }): string => ref.tunnelId ?? ref.vifId ?? '';

/**
 * bgp.rib-in.v1 is a table: the session of a peer under <gateway>/<peer>/session, each announced prefix under
 * <gateway>/<peer>/<prefix>; null withdraws. A route counts only while its epoch is the established session's:
 * the loss of a peer is one fact. The epoch is the session's start in ms since 1970, so it grows and outlives workers.
 */
const BgpSessionEstablished = observation('BgpSessionEstablished', { ...peerRef, epoch: z.int(), neighborAddress: Ipv4Text, neighborAsn: z.int(), since: z.string() });
const BgpSessionClosed = observation('BgpSessionClosed', { ...peerRef, epoch: z.int(), reason: z.string(), since: z.string() });
/**
 * All that the peer said, whether it is used or not. `asPathLength` is what best path compares (an AS_SET counts one, RFC 4271 9.1.2.2), not
 * the number of ASNs seen. `since`: announced without a break within the session; a change of attributes is none.
 */
const BgpRouteAnnounced = observation('BgpRouteAnnounced', {
  ...peerRef, epoch: z.int(), prefix: PrefixText, asPath: z.array(z.int()), asPathLength: z.int(), origin: z.string(), med: z.int().nullable(), communities: z.array(z.string()), since: z.string(),
});
export const BgpObservation = z.discriminatedUnion('type', [BgpSessionEstablished, BgpSessionClosed, BgpRouteAnnounced]);
export type BgpObservation = z.infer<typeof BgpObservation>;

const io = z.object({ bytesIn: z.number(), bytesOut: z.number(), packetsIn: z.number(), packetsOut: z.number() });
/**
 * Counters of a tunnel, monotonic within one counterEpoch (a device's life). In = customer to cloud.
 * `original` counts inner IP packets on the tunnel device, `encrypted` outer ones on the wire: two measurements.
 */
export const TunnelCountersSampled = observation('TunnelCountersSampled', { ...tunnelRef, counterEpoch: z.string(), original: io, encrypted: io });
export type TunnelCountersSampled = z.infer<typeof TunnelCountersSampled>;
/**
 * Echo requests through a tunnel to the customer's inner address since the sample before: how many were sent and answered, and
 * the round trip of those. `answers`: the peer is known to answer, so that its silence means something.
 */
export const TunnelProbesSampled = observation('TunnelProbesSampled', {
  ...tunnelRef, sent: z.int().min(0), received: z.int().min(0), answers: z.boolean(),
  rttMs: z.object({ min: z.number(), avg: z.number(), max: z.number() }).nullable(),
});
export type TunnelProbesSampled = z.infer<typeof TunnelProbesSampled>;
/** What telemetry.samples.v1 carries. */
export const TelemetrySample = z.discriminatedUnion('type', [TunnelCountersSampled, TunnelProbesSampled, VifCountersSampled]);
export type TelemetrySample = z.infer<typeof TelemetrySample>;

export type TunnelRef = { region: string; borderGatewayId: string; vpnConnectionId: string; tunnelId: string; node: string };
