import { keyOf, type http, type VpcRoutePropagated } from '@bordergate/contracts';
import { contains, formatPrefix, type Prefix } from '@bordergate/kernel';
import { idsOf, listed } from './explain-why.js';
import type { GatewayTables } from './gateway-tables.js';
import { legsOf } from './legs.js';
import { leadsBack } from './rib-out.js';
import type { Router } from './router.js';

/** Where a destination of a gateway goes from there: into which VPC route tables, to which peers, and why not to others. */

type VpcCandidate = VpcRoutePropagated['candidates'][number];

/** All route tables of the VPCs that are attached to the gateway or name it. */
export function propagationsOf(router: Router, borderGatewayId: string, prefix: Prefix): http.ExplainedPropagation[] {
  const { topology } = router;
  const attached = [...(topology.gateways.get(borderGatewayId)?.attachments.values() ?? [])].map((attachment) => attachment.vpcId);
  return [...new Set([...attached, ...topology.vpcsUsing(borderGatewayId)])].sort().flatMap((vpcId) =>
    [...(topology.vpcs.get(vpcId)?.routeTables.keys() ?? [])].sort().flatMap((routeTableId) => propagationsInto(router, borderGatewayId, prefix, vpcId, routeTableId)));
}

/** One route table: an answer for each of its relations with the gateway, or one that says that it has none. */
export function propagationsInto(router: Router, bgwId: string, prefix: Prefix, vpcId: string, routeTableId: string): http.ExplainedPropagation[] {
  const place = { bgwId, vpcId, routeTableId };
  const relations = [...(router.topology.vpcs.get(vpcId)?.routeTables.get(routeTableId)?.propagations ?? [])].filter(([, relation]) => relation.borderGatewayId === bgwId).sort(([a], [b]) => (a < b ? -1 : 1));
  if (relations.length === 0) return [{ ...place, propagationId: null, effective: false, because: 'no-relation', why: `The table has no propagation relation with gateway ${bgwId}.` }];
  const candidates = router.vpcs.get(vpcId)?.tables.get(routeTableId)?.get(prefix)?.candidates ?? [];
  return relations.map(([propagationId, { cidrs }]): http.ExplainedPropagation => {
    const candidate = candidates.find((one) => one.propagationId === propagationId);
    if (candidate) return { ...place, propagationId, effective: candidate.effective, because: candidate.because, why: vpcRouteWhy(router, vpcId, routeTableId, prefix, candidate, candidates) };
    if (!router.gateways.get(bgwId)?.fib.get(prefix)) return { ...place, propagationId, effective: false, because: 'not-forwarded', why: `Gateway ${bgwId} has no effective route to ${formatPrefix(prefix)}, so there is nothing to copy.` };
    return { ...place, propagationId, effective: false, because: 'outside-ranges', why: `The relation only copies what is inside ${listed(cidrs.map(formatPrefix))}.` };
  });
}

/** Why a route of a VPC route table is or is not effective. */
export function vpcRouteWhy(router: Router, vpcId: string, routeTableId: string, prefix: Prefix, candidate: VpcCandidate, all: readonly VpcCandidate[]): string {
  const gateway = candidate.borderGatewayId ?? '';
  const others = (routeType: VpcCandidate['routeType']) => listed(all.filter((other) => other !== candidate && other.routeType === routeType).map((other) => other.vpcRouteId ?? other.propagationId!));
  switch (candidate.because) {
    case 'local':
      return "It is the VPC's own CIDR: Local comes first.";
    case 'only-route':
      return 'It is the only route to this destination.';
    case 'equal-cost':
      return `It shares the traffic with ${listed(all.filter((other) => other !== candidate && other.effective).map((other) => other.vpcRouteId ?? other.propagationId!))} (ECMP).`;
    case 'static-over-propagated':
      return candidate.effective ? `A static route comes before propagated ones (${others('propagated')}).` : `The static route ${others('static')} to the same destination comes first.`;
    case 'gateway-not-attached':
      return `Gateway ${gateway} has no attachment in VPC ${vpcId}, so no packet gets there.`;
    case 'over-limit': {
      const { maxLimit } = router.vpcs.get(vpcId)!.limits.get(keyOf.limitStatus(routeTableId))!;
      return `Over the limit of ${maxLimit} propagated routes of a route table (quota vpc_propagated_route), ineffective ones included; what is there longest stays. It comes in by itself when there is room.`;
    }
    case 'inside-vpc': {
      const cidr = router.topology.vpcs.get(vpcId)!.cidr;
      if (contains(cidr, prefix)) return `It lies inside the VPC's CIDR ${formatPrefix(cidr)}, where Local comes first.`;
      return `Gateway ${gateway} would send it straight back into this VPC.`;
    }
  }
}

/** What each peer of the gateway is told; legs without BGP are listed too, and say so. */
export function advertisementsOf(router: Router, gateway: GatewayTables, prefix: Prefix): http.ExplainedAdvertisement[] {
  return [...legsOf(router.topology, gateway.borderGatewayId)].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, vpnConnectionId, bgpEnabled }): http.ExplainedAdvertisement => {
    const told = gateway.told.get(id)?.get(prefix);
    const place = vpnConnectionId === null ? { vifId: id } : { vpnTunnelId: id, vpnConnectionId };
    if (told) return { ...place, told: true, because: told.because, why: `${TOLD_WHY[told.because]}${gateway.sessions.get(id)?.established ? '' : ', once the session is up'}.` };
    if (!bgpEnabled) return { ...place, told: false, because: 'bgp-off', why: `BGP is switched off on ${vpnConnectionId === null ? `virtual interface ${id}` : `connection ${vpnConnectionId}`}.` };
    const entry = gateway.fib.get(prefix);
    if (!entry) return { ...place, told: false, because: 'not-forwarded', why: 'The gateway does not forward it, and what is not forwarded is not told.' };
    if (entry.nextHops.some((hop) => hop.id === id)) return { ...place, told: false, because: 'own-route', why: 'It leads to this very peer.' };
    if (leadsBack(entry, id, router.topology)) return { ...place, told: false, because: 'own-route', why: `It leads to the AS of this peer (${listed(idsOf(entry.nextHops))}).` };
    return { ...place, told: false, because: 'no-transit', why: `It leads to the outside (${listed(idsOf(entry.nextHops))}), and there is no transit between outside legs.` };
  });
}

const TOLD_WHY = { 'attachment-route': 'Subnets that attachments propagate are told', 'static-route': 'Static routes into a VPC are told', transit: 'It leads to another outside leg, and transit between them is switched on' } as const;
