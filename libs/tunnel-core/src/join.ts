import { limitOf, peerIdOf, type RouteAdvertised } from '@bordergate/contracts';
import { comparePrefixes, formatIpv4, prefixOf, toIpv4 } from '@bordergate/kernel';
import type { ConnectionFacts, FactTables } from './facts.js';
import { fnv1a } from './hash.js';
import type { Wanted, WantedAttachment, WantedGateway, WantedTunnel, WantedVif, WantedVpc } from './wanted.js';

/** All sources into what one node must run. A function of the tables alone: no answer is remembered. */
export function joinWanted(facts: FactTables, region: string, node: string): Wanted {
  const advertised = advertisedByPeer(facts.ribOut.values());
  const tunnels: WantedTunnel[] = [];
  for (const [vpnConnectionId, connection] of facts.connections) {
    if (connection.region === region) tunnels.push(...tunnelsOf(vpnConnectionId, connection, node, advertised));
  }
  tunnels.sort(by(tunnel => tunnel.spec.tunnelId));

  const vifs = [...vifsOf(facts, region, node, advertised)].sort(by(vif => vif.ref.vifId));
  const attachments = [...attachmentsOf(facts, region)].sort(by(attachment => attachment.vpcAttachmentId));
  const gatewayIds = new Set([...tunnels.map(tunnel => tunnel.ref.borderGatewayId), ...vifs.map(vif => vif.ref.borderGatewayId), ...attachments.map(attachment => attachment.borderGatewayId)]);
  const vpcIds = new Set(attachments.map(attachment => attachment.vpcId));
  return {
    gateways: new Map([...gatewayIds].sort().map(id => [id, gatewayOf(facts, id, node, attachments, tunnels, vifs)])),
    vpcs: new Map([...vpcIds].sort().map(id => [id, vpcOf(facts, id, attachments)])),
    tunnels: new Map(tunnels.map(tunnel => [tunnel.spec.tunnelId, tunnel])),
    vifs: new Map(vifs.map(vif => [vif.ref.vifId, vif])),
  };
}

function* tunnelsOf(vpnConnectionId: string, connection: ConnectionFacts, node: string, advertised: Map<string, Told>): Generator<WantedTunnel> {
  const { region, borderGatewayId, localAsn, customerAsn, bgpOptions, trafficSelectors } = connection;
  for (const { spec, adminStatus, generation } of connection.tunnels.values()) {
    if (spec.node !== node) continue;
    yield {
      ref: { region, borderGatewayId, vpnConnectionId, tunnelId: spec.tunnelId, node },
      spec, adminStatus, generation, trafficSelectors,
      hasOtherElsewhere: [...connection.tunnels.values()].some(other => other.spec.node !== node && other.adminStatus === 'UP'),
      bgp: connection.bgpEnabled ? { localAsn, customerAsn, options: bgpOptions } : null,
      advertise: advertised.get(spec.tunnelId)?.own ?? [],
      transit: advertised.get(spec.tunnelId)?.transit ?? [],
    };
  }
}

function* vifsOf(facts: FactTables, region: string, node: string, advertised: Map<string, Told>): Generator<WantedVif> {
  for (const [vifId, vif] of facts.vifs) {
    if (vif.region !== region || vif.line.node !== node) continue;
    const { borderGatewayId, line, vifIp, localVifIp, remoteVifIp, bgpEnabled, localAsn, customerAsn, bgpOptions, adminStatus } = vif;
    const routes = [...(facts.gateways.get(borderGatewayId)?.directRoutes.values() ?? [])].filter(route => route.vifId === vifId);
    yield {
      ref: { region, borderGatewayId, vifId, node }, line, adminStatus, localAddress: `${localVifIp}/${prefixOf(vifIp).length}`, remoteIp: remoteVifIp,
      bgp: bgpEnabled && customerAsn !== null ? { localAsn, customerAsn, options: bgpOptions } : null,
      advertise: advertised.get(vifId)?.own ?? [],
      transit: advertised.get(vifId)?.transit ?? [],
      staticPrefixes: [...new Set(routes.map(route => route.prefix))].sort(),
    };
  }
}

function* attachmentsOf(facts: FactTables, region: string): Generator<WantedAttachment> {
  for (const [borderGatewayId, gateway] of facts.gateways) {
    if (gateway.region !== region) continue;
    for (const [vpcAttachmentId, vpcId] of gateway.attachments) {
      if (facts.vpcs.get(vpcId)?.region === region) yield { vpcAttachmentId, borderGatewayId, vpcId };
    }
  }
}

function gatewayOf(
  facts: FactTables, borderGatewayId: string, node: string, attachments: readonly WantedAttachment[], tunnels: readonly WantedTunnel[],
  vifs: readonly WantedVif[],
): WantedGateway {
  const own = attachments.filter(attachment => attachment.borderGatewayId === borderGatewayId);
  const ownIds = new Set(own.map(attachment => attachment.vpcAttachmentId));
  const attachmentRoutes = [];
  for (const entry of facts.fib.values()) {
    if (entry.borderGatewayId !== borderGatewayId || entry.nextHopType !== 'vpc_attachment') continue;
    const vpcAttachmentIds = entry.nextHops.filter(hop => hop.kind === 'attachment' && ownIds.has(hop.id)).map(hop => hop.id).sort();
    if (vpcAttachmentIds.length > 0) attachmentRoutes.push({ prefix: entry.prefix, routeType: entry.routeType, vpcAttachmentIds });
  }
  const gateway = facts.gateways.get(borderGatewayId);
  const staticRoutes = [...(gateway?.staticRoutes.values() ?? [])];
  const transitEnabled = gateway?.transitEnabled ?? false;
  const speakers = [...facts.connections.values(), ...facts.vifs.values()].filter(leg => leg.borderGatewayId === borderGatewayId);
  return {
    borderGatewayId,
    routerId: routerId(borderGatewayId, node),
    attachments: own,
    attachmentRoutes: attachmentRoutes.sort(byPrefix),
    staticRoutes: staticRoutes.sort((a, b) => byPrefix(a, b) || by<{ vpnConnectionId: string }>(route => route.vpnConnectionId)(a, b)),
    transitEnabled,
    refused: [...facts.refused.values()].filter(route => route.borderGatewayId === borderGatewayId).map(route => route.prefix).sort(byText),
    maxDynamicRoutes: limitOf(facts.quotas.get(gateway?.region ?? '') ?? new Map(), 'bgw_propagated_route', borderGatewayId),
    ownAsns: transitEnabled ? [...new Set(speakers.map(leg => leg.localAsn))].sort((a, b) => a - b) : [],
    tunnels: tunnels.filter(tunnel => tunnel.ref.borderGatewayId === borderGatewayId),
    vifs: vifs.filter(vif => vif.ref.borderGatewayId === borderGatewayId),
  };
}

function vpcOf(facts: FactTables, vpcId: string, attachments: readonly WantedAttachment[]): WantedVpc {
  const attachmentTo = new Map(attachments.filter(attachment => attachment.vpcId === vpcId).map(a => [a.borderGatewayId, a.vpcAttachmentId]));
  const routes = [];
  for (const route of facts.vpcRoutes.values()) {
    if (route.vpcId !== vpcId) continue;
    const gateways = new Set(route.candidates.filter(candidate => candidate.effective).map(candidate => candidate.borderGatewayId));
    const vpcAttachmentIds = [...gateways].flatMap(id => (id === null ? [] : attachmentTo.get(id) ?? [])).sort();
    if (vpcAttachmentIds.length > 0) routes.push({ routeTableId: route.routeTableId, prefix: route.prefix, vpcAttachmentIds });
  }
  const subnets = [...facts.vpcs.get(vpcId)!.subnets].map(([subnetId, subnet]) => ({ subnetId, ...subnet }));
  return {
    vpcId,
    subnets: subnets.sort(by(subnet => subnet.subnetId)),
    routes: routes.sort((a, b) => by<{ routeTableId: string }>(route => route.routeTableId)(a, b) || byPrefix(a, b)),
  };
}

interface Told { readonly own: string[]; readonly transit: string[] }

function advertisedByPeer(routes: Iterable<RouteAdvertised>): Map<string, Told> {
  const byPeer = new Map<string, Told>();
  for (const route of routes) {
    const told = byPeer.get(peerIdOf(route)) ?? { own: [], transit: [] };
    byPeer.set(peerIdOf(route), told);
    (route.because === 'transit' ? told.transit : told.own).push(route.prefix);
  }
  for (const told of byPeer.values()) {
    told.own.sort(byText);
    told.transit.sort(byText);
  }
  return byPeer;
}

/** In 10.0.0.0/8 for the eye only: a BGP identifier is a number, not an address anyone reaches. */
const routerId = (borderGatewayId: string, node: string): string =>
  formatIpv4(toIpv4(0x0a000000 + ((fnv1a(`${borderGatewayId}@${node}`) & 0xffffff) || 1)));

const by = <T>(key: (of: T) => string) => (a: T, b: T): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
const byText = (a: string, b: string): number => comparePrefixes(prefixOf(a), prefixOf(b));
const byPrefix = (a: { prefix: string }, b: { prefix: string }): number => byText(a.prefix, b.prefix);
