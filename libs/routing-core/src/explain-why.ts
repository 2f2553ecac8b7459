import { NEXT_HOP_TYPE, ROUTE_TYPE, type FibNextHop, type NextHopType, type RouteType } from '@bordergate/contracts';
import { formatPrefix, overlaps, type Prefix } from '@bordergate/kernel';
import type { LosingStep } from './decision.js';
import type { Verdict } from './fib.js';
import type { GatewayTables } from './gateway-tables.js';
import { legOf, type Leg } from './legs.js';
import type { Path } from './path.js';
import { propagatedSubnets } from './propagation.js';
import { saidBy } from './provenance.js';
import type { Router } from './router.js';

/** The reasons of a gateway's selection as sentences: each names what the path lost to, or what it lacks. */

export const NEXT_HOP_TYPE_NAME: Record<NextHopType, string> = { vpc_attachment: 'VPC attachment', direct_connect: 'direct connection', vpn_connection: 'VPN connection' };
export const ROUTE_TYPE_NAME: Record<RouteType, string> = { static: 'static', propagated: 'propagated', ebgp: 'EBGP', ibgp: 'IBGP' };
const STEP_NAME: Record<LosingStep, string> = { 'next-hop-type': 'next-hop type', 'route-type': 'route type', 'as-path-length': 'AS_PATH length' };
const isStep = (because: string): because is LosingStep => because in STEP_NAME;

/** "a", "a and b", "a, b and c". */
export const listed = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
export const idsOf = (hops: readonly FibNextHop[]): string[] => hops.map((hop) => hop.id);

/** Why a path is or is not effective, given what became of all the paths to its destination. */
export function pathWhy(router: Router, gateway: GatewayTables, prefix: Prefix, verdict: Verdict, all: readonly Verdict[]): string {
  const { path, because } = verdict;
  const winners = all.filter((other) => other.effective);
  switch (because) {
    case 'only-path':
      return 'It is the only usable path.';
    case 'best':
      return bestWhy(all);
    case 'equal-cost':
      return `No step tells it from ${listed(winners.filter((other) => other !== verdict).map((other) => other.path.source))}: ${winners.length} paths share the traffic (ECMP).`;
    case 'next-hop-type': case 'route-type': case 'as-path-length':
      return lostWhy(because, verdict, winners[0]!);
    case 'overlaps-earlier-attachment':
      return `No candidate: its subnet overlaps ${earlier(router, gateway, prefix, path.source)}, and the first propagated wins.`;
    case 'no-usable-next-hop':
      return `No candidate: ${unusable(router, gateway, verdict)}.`;
    case 'session-down':
      return `No candidate: ${sessionWhy(router, gateway, path, path.learned!.epoch)}.`;
    case 'martian':
      return 'No candidate: nobody outside can have a way to it (loopback, link-local, "this network" or no unicast address, RFC 6890).';
    case 'own-asn':
      return "No candidate: its AS_PATH has an AS number of this gateway, so it has been here (RFC 4271, 9.1.2).";
    case 'over-limit': {
      const { maxLimit, count } = gateway.room(router.topology);
      return `No candidate: over the limit. ${count} destinations have propagated or BGP routes and ${maxLimit} are allowed (quota bgw_propagated_route); subnets come first, then what is there longest. It comes in by itself when there is room.`;
    }
  }
}

function bestWhy(all: readonly Verdict[]): string {
  const losers = all.filter((other) => isStep(other.because));
  const steps = (Object.keys(STEP_NAME) as LosingStep[]).filter((step) => losers.some((loser) => loser.because === step));
  return `It wins against ${losers.length === 1 ? losers[0]!.path.source : `${losers.length} other usable paths`} by ${listed(steps.map((step) => STEP_NAME[step]))}.`;
}

/** A winner outlives every step, so at the step where this path was lost the winner ranks before it. */
function lostWhy(step: LosingStep, { path }: Verdict, { path: winner }: Verdict): string {
  switch (step) {
    case 'next-hop-type':
      return `Lost at step 1, next-hop type: ${NEXT_HOP_TYPE_NAME[path.nextHopType]} (${NEXT_HOP_TYPE[path.nextHopType]}) yields to ${NEXT_HOP_TYPE_NAME[winner.nextHopType]} (${NEXT_HOP_TYPE[winner.nextHopType]}) of ${winner.source}.`;
    case 'route-type':
      return `Lost at step 2, route type: ${ROUTE_TYPE_NAME[path.routeType]} (${ROUTE_TYPE[path.routeType]}) yields to ${ROUTE_TYPE_NAME[winner.routeType]} (${ROUTE_TYPE[winner.routeType]}) of ${winner.source}.`;
    case 'as-path-length':
      return `Lost at step 3, AS_PATH length: ${path.asPathLength} is longer than the ${winner.asPathLength} of ${winner.source}.`;
  }
}

function earlier(router: Router, gateway: GatewayTables, prefix: Prefix, source: string): string {
  const subnets = propagatedSubnets(router.topology.gateways.get(gateway.borderGatewayId)!, router.topology.vpcs);
  const ours = subnets.find((subnet) => `${subnet.vpcAttachmentId}/${subnet.subnetId}` === source);
  const first = subnets.find((subnet) => subnet.effective && subnet.vpcAttachmentId !== ours?.vpcAttachmentId && overlaps(subnet.prefix, prefix))!;
  return `${formatPrefix(first.prefix)} of attachment ${first.vpcAttachmentId}, which began to propagate at log position ${first.since}${ours ? ` and this at ${ours.since}` : ''}`;
}

function unusable(router: Router, gateway: GatewayTables, { path: { nextHop } }: Verdict): string {
  if (nextHop.kind === 'tunnel' || nextHop.kind === 'vif') return legWhy(router, nextHop.kind, nextHop.id);
  if (nextHop.kind === 'attachment') {
    const attachment = router.topology.gateways.get(gateway.borderGatewayId)?.attachments.get(nextHop.id);
    return attachment ? `VPC ${attachment.vpcId} of attachment ${nextHop.id} does not exist` : `the gateway has no attachment ${nextHop.id}`;
  }
  const connection = router.topology.connections.get(nextHop.id);
  if (connection?.borderGatewayId !== gateway.borderGatewayId) return `the gateway has no connection ${nextHop.id}`;
  if (connection.tunnels.size === 0) return `connection ${nextHop.id} has no tunnels`;
  return `connection ${nextHop.id} has no usable tunnel: ${[...connection.tunnels.keys()].sort().map((id) => legWhy(router, 'tunnel', id)).join('; ')}`;
}

export const LEG_NAME: Record<Leg['kind'], string> = { tunnel: 'tunnel', vif: 'virtual interface' };

/** Why a leg that is not usable is not. */
function legWhy(router: Router, kind: Leg['kind'], id: string): string {
  const leg = legOf(router.topology, id);
  const name = `${LEG_NAME[kind]} ${id}`;
  if (!leg) return `${name} does not exist`;
  if (!leg.enabled) return `${name} is admin DOWN (${saidBy(leg.said)})`;
  const oper = router.wire.oper(id, leg.node);
  if (!oper) return `node ${leg.node} has not reported ${name}`;
  return `${name} is oper DOWN (${oper.reason}${oper.detail ? `: ${oper.detail.replace(/\.$/, '')}` : ''}${oper.since ? `, since ${oper.since}` : ''})`;
}

/** Why what was said in this session of a peer does not count. */
function sessionWhy(router: Router, gateway: GatewayTables, { nextHop: { kind, id } }: Path, epoch: number): string {
  const leg = legOf(router.topology, id);
  const name = `${kind === 'vif' ? LEG_NAME.vif : LEG_NAME.tunnel} ${id}`;
  if (leg?.borderGatewayId !== gateway.borderGatewayId) return `the gateway has no ${name}`;
  if (!leg.bgpEnabled) return `BGP is switched off on ${leg.vpnConnectionId === null ? name : `connection ${leg.vpnConnectionId}`}`;
  const session = gateway.sessions.get(id);
  if (!session) return `${name} has no BGP session`;
  if (!session.established) return `the BGP session over ${name} is down (${session.reason}${session.since ? `, since ${session.since}` : ''})`;
  return `it was said in the session with epoch ${epoch}, and the present session over ${name} has epoch ${session.epoch}`;
}
