import type { FibNextHop, NextHopType, RouteType } from '@bordergate/contracts';

/** What a path points to: an attachment, a connection (static routes never name a tunnel), or the tunnel it was learned over. */
export interface PathNextHop {
  readonly kind: 'attachment' | 'connection' | 'tunnel';
  readonly id: string;
}

/** The attributes of a learned path (RFC 4271 section 5) and the session epoch it was heard in. */
export interface LearnedAttributes {
  readonly epoch: number;
  readonly asPath: readonly number[];
  readonly origin: string;
  readonly med: number | null;
  readonly communities: readonly string[];
}

/**
 * One candidate for a destination, as it was said: nothing in it depends on what is up or on another fact, so a path
 * is the same value whenever it is heard. What it is worth now is a question for fib.ts.
 */
export interface Path {
  /** Whose word it is, one path per source and prefix: a static route, attachment/subnet, or a peer (its tunnel). */
  readonly source: string;
  readonly nextHopType: NextHopType;
  readonly routeType: RouteType;
  readonly asPathLength: number;
  readonly nextHop: PathNextHop;
  readonly learned: LearnedAttributes | null;
  /** Equal paths of a source have equal text: what interning goes by. */
  readonly text: string;
}

/** The product's static route: its next hop is a VPN connection, never a tunnel, or a VPC attachment (semantics 3.1). */
export const staticPath = (staticRouteId: string, nextHopType: 'vpn_connection' | 'vpc_attachment', nextHopId: string): Path => ({
  source: staticRouteId, nextHopType, routeType: 'static', asPathLength: 0,
  nextHop: { kind: nextHopType === 'vpn_connection' ? 'connection' : 'attachment', id: nextHopId }, learned: null, text: `${nextHopType} ${nextHopId}`,
});

/** A subnet that an attachment propagates. */
export const attachmentPath = (vpcAttachmentId: string, subnetId: string): Path => ({
  source: `${vpcAttachmentId}/${subnetId}`, nextHopType: 'vpc_attachment', routeType: 'propagated', asPathLength: 0,
  nextHop: { kind: 'attachment', id: vpcAttachmentId }, learned: null, text: '',
});

/** A path a peer announced. Sessions with customers are external (semantics 3.5), so the route type is EBGP. */
export const learnedPath = (tunnelId: string, { epoch, asPath, origin, med, communities }: LearnedAttributes): Path => ({
  source: tunnelId, nextHopType: 'vpn_connection', routeType: 'ebgp', asPathLength: asPath.length,
  nextHop: { kind: 'tunnel', id: tunnelId }, learned: { epoch, asPath, origin, med, communities },
  text: `${epoch} ${asPath.join(',')} ${origin} ${med} ${communities.join('|')}`,
});

/** One order and no doubles for sets of next hops, so that equal sets are equal text. */
export function nextHopSet(hops: readonly FibNextHop[]): FibNextHop[] {
  if (hops.length < 2) return [...hops];
  const byKey = new Map(hops.map((hop) => [`${hop.kind} ${hop.id}`, hop]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}
