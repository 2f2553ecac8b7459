import { comparePrefixes, type Prefix } from '@bordergate/kernel';

/** Limits are data. */
export interface RoutingPolicy {
  /** Propagated and BGP routes of one border gateway that may count, together. */
  readonly dynamicRoutes: number;
}
/**
 * No limit over a whole gateway yet: BIRD refuses the excess of each session at its import limit (300, semantics 1.6) and
 * such routes never get here. A limit over all peers has to be in BIRD's configuration first, or the FIBs would differ.
 */
export const DEFAULT_POLICY: RoutingPolicy = { dynamicRoutes: Number.POSITIVE_INFINITY };

/**
 * How the room for dynamic routes is shared. The excess is refused and the session stays (design 4). Who is refused may
 * not depend on who came first, or a restart would choose anew; so the product's "the batch that goes over" (semantics
 * 3.6) becomes a rule over the present set:
 *  - attachment-propagated subnets first, in the order they began to propagate: the cloud's own routes do not yield to
 *    what a customer's router says;
 *  - what is left is shared fairly among the peers (max-min): a peer gets all it needs before any other gets more than
 *    an equal share, so one that floods pushes out nobody but itself;
 *  - of its routes a peer keeps the first in prefix order. Redundant tunnels that announce the same routes keep the same
 *    ones, and their equal-cost sets stay whole as far as the room is even.
 */
export function fairShares(wanted: ReadonlyMap<string, number>, room: number): Map<string, number> {
  const modestFirst = [...wanted].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  const shares = new Map<string, number>();
  let left = room;
  modestFirst.forEach(([peer, count], i) => {
    const share = Math.min(count, Math.floor(left / (modestFirst.length - i)));
    shares.set(peer, share);
    left -= share;
  });
  return shares;
}

/** The first prefix a peer may not keep, in prefix order: it and all after it are refused. Undefined when all may stay. */
export function firstRefused(prefixes: readonly Prefix[], share: number): Prefix | undefined {
  return prefixes.length <= share ? undefined : [...prefixes].sort(comparePrefixes)[share];
}

export const isRefused = (prefix: Prefix, from: Prefix | undefined): boolean => from !== undefined && comparePrefixes(prefix, from) >= 0;
