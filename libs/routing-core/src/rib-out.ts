import type { FibEntryInstalled, RouteAdvertised } from '@bordergate/contracts';
import { peerOf, type Leg } from './legs.js';

/**
 * The Adj-RIB-Out of one peer (RFC 4271 section 3.2), one entry at a time. A peer is told what the gateway forwards into
 * its VPCs: subnets that attachments propagate, and static routes to an attachment. It is never told what leads to
 * another outside leg, learned or static: there is no transit between outside legs (semantics 1.1, 3.5). That also
 * keeps from a peer what would come straight back to it.
 *
 * What a peer is told must not depend on its own session or admin status: then a session that comes up finds its
 * Adj-RIB-Out complete, and one that goes down moves nothing.
 */
export function advertisement(entry: FibEntryInstalled, peer: Pick<Leg, 'kind' | 'id'>): RouteAdvertised | undefined {
  if (entry.nextHopType !== 'vpc_attachment') return undefined;
  return {
    type: 'RouteAdvertised', region: entry.region, borderGatewayId: entry.borderGatewayId, ...peerOf(peer), prefix: entry.prefix,
    because: entry.routeType === 'static' ? 'static-route' : 'attachment-route',
  };
}
