import type { FibNextHop, NextHopType, RouteType, StaticNextHopType } from '@bordergate/contracts';

/** What a path points to: an attachment, a connection (static routes never name a tunnel), a virtual interface, or the tunnel it was learned over. */
export interface PathNextHop {
  readonly kind: 'attachment' | 'connection' | 'tunnel' | 'vif';
  readonly id: string;
}

/** The attributes of a learned path (RFC 4271 section 5) and the session epoch it was heard in. */
export interface LearnedAttributes {
  readonly epoch: number;
  readonly asPath: readonly number[];
  readonly asPathLength: number;
  readonly origin: string;
  readonly med: number | null;
  readonly communities: readonly string[];
  readonly since: string;
}

/**
 * One candidate for a destination, as it was said: nothing in it depends on what is up or on another fact, so a path
 * is the same value whenever it is heard. What it is worth now is a question for fib.ts.
 */
export interface Path {
  /** Whose word it is, one path per source and prefix: a static route, attachment/subnet, or a peer (its tunnel or virtual interface). */
  readonly source: string;
  readonly nextHopType: NextHopType;
  readonly routeType: RouteType;
  readonly asPathLength: number;
  readonly nextHop: PathNextHop;
  readonly learned: LearnedAttributes | null;
  /** Since when it is said, as text that sorts: what the cloud decided (by its place in the log) before what peers say (by their time). */
  readonly age: string;
  /** Of a path that was not learned: equal ones of a source have equal text. */
  readonly text: string;
}

/** By attribute, and not as text: each announcement asks, and making a text of it costs more. */
export function sameLearned(a: LearnedAttributes | null, b: LearnedAttributes): boolean {
  return a !== null && a.epoch === b.epoch && a.asPathLength === b.asPathLength && a.origin === b.origin && a.med === b.med
    && sameNumbers(a.asPath, b.asPath) && sameTexts(a.communities, b.communities) && a.since === b.since;
}

/** One for each kind of element, because an engine compiles a comparison for the one kind it sees. */
function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The product's static routes: a next hop is a VPN connection, never a tunnel, a VPC attachment or a virtual interface (semantics 3.1). */
const STATIC: Record<StaticNextHopType, { readonly type: NextHopType; readonly kind: PathNextHop['kind'] }> = {
  vpn_connection: { type: 'vpn_connection', kind: 'connection' }, vpc_attachment: { type: 'vpc_attachment', kind: 'attachment' }, private_vif: { type: 'direct_connect', kind: 'vif' },
};
export const staticPath = (staticRouteId: string, nextHopType: StaticNextHopType, nextHopId: string, position: bigint): Path => ({
  source: staticRouteId, nextHopType: STATIC[nextHopType].type, routeType: 'static', asPathLength: 0,
  nextHop: { kind: STATIC[nextHopType].kind, id: nextHopId }, learned: null, age: decidedAt(position), text: `${nextHopType} ${nextHopId} ${position}`,
});

/** A subnet that an attachment propagates. */
export const attachmentPath = (vpcAttachmentId: string, subnetId: string, since: bigint): Path => ({
  source: `${vpcAttachmentId}/${subnetId}`, nextHopType: 'vpc_attachment', routeType: 'propagated', asPathLength: 0,
  nextHop: { kind: 'attachment', id: vpcAttachmentId }, learned: null, age: decidedAt(since), text: String(since),
});

/** A path a peer announced, over a tunnel or a virtual interface. Sessions with customers are external (semantics 3.5), so the route type is EBGP. */
export const learnedPath = (peerId: string, { epoch, asPath, asPathLength, origin, med, communities, since }: LearnedAttributes, kind: 'tunnel' | 'vif' = 'tunnel'): Path => ({
  source: peerId, nextHopType: kind === 'vif' ? 'direct_connect' : 'vpn_connection', routeType: 'ebgp', asPathLength,
  nextHop: { kind, id: peerId }, learned: { epoch, asPath, asPathLength, origin, med, communities, since }, age: `learned ${since}`,
  text: '',
});

const decidedAt = (position: bigint): string => `decided ${String(position).padStart(20, '0')}`;

/** One order and no doubles for sets of next hops, so that equal sets are equal text. */
export function nextHopSet(hops: readonly FibNextHop[]): FibNextHop[] {
  if (hops.length < 2) return [...hops];
  const byKey = new Map(hops.map((hop) => [`${hop.kind} ${hop.id}`, hop]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}
