import type { RouteAdvertised } from '@bordergate/contracts';
import type { FibBody } from './fib.js';
import type { FibTable } from './fib-table.js';
import { legOf, type Leg } from './legs.js';
import type { Topology } from './topology.js';

/**
 * The Adj-RIB-Out of one peer (RFC 4271 section 3.2), one entry at a time. A peer is told what the gateway forwards into
 * its VPCs: subnets that attachments propagate, and static routes to an attachment. What leads to another outside leg, learned
 * or static, it is told only where transit between outside legs is switched on (semantics 1.1, 3.5), and never what leads
 * back to its own AS: over whichever leg, it would only come straight back.
 *
 * What a peer is told must not depend on its own session or admin status: then a session that comes up finds its
 * Adj-RIB-Out complete, and one that goes down moves nothing.
 */
export function toldBecause(entry: FibBody, peer: Leg, topology: Topology): RouteAdvertised['because'] | undefined {
  if (entry.nextHopType === 'vpc_attachment') return entry.routeType === 'static' ? 'static-route' : 'attachment-route';
  return topology.gateways.get(entry.borderGatewayId)?.transitEnabled && !leadsBack(entry, peer.id, topology) ? 'transit' : undefined;
}

/** The same by number of the FIB body, and worked out once for each: a million destinations share a few. Good for as long as the topology stays. */
export function toldByNumber(fib: FibTable, peer: Leg, topology: Topology): (number: number) => RouteAdvertised['because'] | undefined {
  const known: (RouteAdvertised['because'] | 'untold')[] = [];
  return (number) => {
    const body = fib.body(number);
    known[number] ??= (body && toldBecause(body, peer, topology)) ?? 'untold';
    return known[number] === 'untold' ? undefined : known[number];
  };
}

/** Some of it goes to the peer's own AS: it would refuse it as a loop (RFC 4271, 9.1.2), and a static route of ours has no AS_PATH to see that by. */
export function leadsBack(entry: FibBody, peerId: string, topology: Topology): boolean {
  const customerAsn = legOf(topology, peerId)?.customerAsn;
  return entry.nextHops.some((hop) => hop.id === peerId || (hop.kind !== 'attachment' && legOf(topology, hop.id)?.customerAsn === customerAsn));
}
