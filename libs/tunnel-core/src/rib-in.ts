import type { BirdProtocol, BirdRoute } from '@bordergate/bird';
import { keyOf, peerIdOf, type BgpObservation, type PeerRef } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';

/**
 * What BIRD says of a peer, as rows of bgp.rib-in.v1; and what must be published so that the topic says the same.
 *
 * "Before" is what the topic holds, not what a worker remembers: a restarted worker reads the topic to its end and
 * compares, so a prefix withdrawn while it was away gets its null. A row is published only when it differs.
 */
export type RibInTable = ReadonlyMap<string, BgpObservation>;
export interface RibInRow { readonly key: string; readonly value: BgpObservation | null }

export interface PeerLook {
  readonly ref: PeerRef;
  readonly customerAsn: number;
  readonly neighborAddress: string;
  /** Undefined when BIRD has no session with it. */
  readonly protocol: BirdProtocol | undefined;
  /** The Adj-RIB-In: all that the peer says, whether it is used or not; of a peer that restarts gracefully, what is kept of it. */
  readonly routes: readonly BirdRoute[];
}

/** The rows that change, the session's first: a reader that has seen it needs no order among the others. */
export function ribInChanges(table: RibInTable, look: PeerLook): RibInRow[] {
  const { borderGatewayId } = look.ref;
  const peerId = peerIdOf(look.ref);
  const sessionKey = keyOf.bgpSession(borderGatewayId, peerId);
  const before = table.get(sessionKey);
  const session = sessionOf(look, before);
  const rows = new Map<string, BgpObservation>();
  if (session) rows.set(sessionKey, session);
  if (session?.type === 'BgpSessionEstablished') {
    for (const route of look.routes) {
      const key = keyOf.bgpRoute(borderGatewayId, peerId, route.prefix);
      const kept = table.get(key);
      const known = kept?.type === 'BgpRouteAnnounced' && kept.epoch === session.epoch ? kept : undefined;
      rows.set(key, known && session === before ? known : announced(look.ref, session.epoch, route, known?.since));
    }
  }
  return difference(table, rows, `${borderGatewayId}/${peerId}/`);
}

/** Nulls for every row of a peer: the worker no longer runs its tunnel or virtual interface. */
export const ribInWithdrawal = (table: RibInTable, borderGatewayId: string, peerId: string): RibInRow[] =>
  difference(table, new Map(), `${borderGatewayId}/${peerId}/`);

/**
 * A peer that restarts gracefully (RFC 4724) leaves its routes in BIRD and in the kernel while its session is away;
 * then the session counts as it stood, since packets still follow its routes.
 */
function sessionOf({ ref, customerAsn, neighborAddress, protocol, routes }: PeerLook, before: BgpObservation | undefined): BgpObservation | undefined {
  const wasUp = before?.type === 'BgpSessionEstablished' ? before : undefined;
  if (protocol?.bgpState === 'Established') {
    return { type: 'BgpSessionEstablished', ...ref, epoch: epochOf(protocol.since), neighborAddress, neighborAsn: customerAsn, since: rfc3339Of(protocol.since) };
  }
  if (protocol && protocol.state === 'start' && routes.length > 0 && wasUp) return wasUp;
  // Closed once: which attempt is running now is no fact about a session.
  if (before?.type === 'BgpSessionClosed') return before;
  if (!wasUp) return undefined;
  const since = protocol ? rfc3339Of(protocol.since) : wasUp.since;
  return { type: 'BgpSessionClosed', ...ref, epoch: wasUp.epoch, reason: protocol?.lastError ?? protocol?.message ?? (protocol ? 'connection lost' : 'session removed'), since };
}

/** BIRD's time of a route is that of its last change; a route that changes its attributes is not a new one. */
const announced = (ref: PeerRef, epoch: number, route: BirdRoute, knownSince: string | undefined): BgpObservation => ({
  type: 'BgpRouteAnnounced', ...ref, epoch, prefix: route.prefix, asPath: [...route.asPath], asPathLength: route.asPathLength, origin: route.origin ?? 'igp',
  med: route.med ?? null, communities: [...route.communities], since: knownSince ?? rfc3339Of(route.since),
});

function difference(before: RibInTable, after: ReadonlyMap<string, BgpObservation>, prefix: string): RibInRow[] {
  const changes: RibInRow[] = [];
  for (const [key, value] of after) if (!sameData(before.get(key), value)) changes.push({ key, value });
  for (const key of before.keys()) if (key.startsWith(prefix) && !after.has(key)) changes.push({ key, value: null });
  return changes;
}

/** BIRD runs with TZ=UTC and `timeformat protocol iso long ms`: "2026-11-21 02:29:03.617". Grows with each session. */
export function epochOf(since: string): number {
  const epoch = Date.parse(rfc3339Of(since));
  if (Number.isNaN(epoch)) throw new Error(`not a time of BIRD in its long ISO format: ${since}`);
  return epoch;
}

const rfc3339Of = (since: string): string => `${since.replace(' ', 'T')}Z`;
