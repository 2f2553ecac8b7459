import type { FibNextHop } from '@bordergate/contracts';
import { comparePrefixes, type Prefix } from '@bordergate/kernel';
import type { NotACandidate, Standing, StandingOf } from './fib.js';
import { legOf } from './legs.js';
import { attachmentPath, nextHopSet, staticPath, type Path } from './path.js';
import { propagatedSubnets } from './propagation.js';
import type { Gateway, Topology } from './topology.js';
import type { Wire } from './wire.js';

/** A route the cloud itself has for a gateway, static or propagated by an attachment, and what it is worth now. */
export interface LocalRoute {
  readonly prefix: Prefix;
  readonly path: Path;
  readonly standing: Standing;
}

/** By what makes them and not as text: each decision about a gateway asks of all its routes. */
export const sameLocal = (a: LocalRoute, b: LocalRoute | undefined): boolean =>
  b !== undefined && a.path.source === b.path.source && a.path.text === b.path.text && comparePrefixes(a.prefix, b.prefix) === 0 && sameStanding(a.standing, b.standing);

function sameStanding(a: Standing, b: Standing): boolean {
  if (!('nextHops' in a) || !('nextHops' in b)) return 'because' in a && 'because' in b && a.because === b.because;
  return a.nextHops.length === b.nextHops.length && a.nextHops.every(({ kind, id }, n) => b.nextHops[n]!.kind === kind && b.nextHops[n]!.id === id);
}

const not = (because: NotACandidate): Standing => ({ because });
const through = (nextHops: readonly FibNextHop[]): Standing => (nextHops.length > 0 ? { nextHops: nextHopSet(nextHops) } : not('no-usable-next-hop'));

/** A leg can carry packets when it is meant to (admin) and does (oper); an unknown one cannot. */
export function isUsable(legId: string, topology: Topology, wire: Wire): boolean {
  const leg = legOf(topology, legId);
  return leg?.enabled === true && wire.isUp(legId, leg.node);
}

/** The static and attachment routes of a gateway. */
export function localRoutes(borderGatewayId: string, gateway: Gateway, topology: Topology, wire: Wire): LocalRoute[] {
  const RESOLVE = { vpn_connection: tunnelsOf, vpc_attachment: attachmentOf, private_vif: vifOf };
  const statics = [...gateway.staticRoutes].map(([id, route]): LocalRoute => ({
    prefix: route.destination, path: staticPath(id, route.nextHopType, route.nextHopId, route.said.position),
    standing: through(RESOLVE[route.nextHopType](route.nextHopId)),
  }));
  const propagated = propagatedSubnets(gateway, topology.vpcs).map((subnet): LocalRoute => {
    const standing = subnet.effective ? through(attachmentOf(subnet.vpcAttachmentId)) : not('overlaps-earlier-attachment');
    return { prefix: subnet.prefix, path: attachmentPath(subnet.vpcAttachmentId, subnet.subnetId, subnet.since), standing };
  });
  return [...statics, ...propagated];

  /** Product rule: traffic uses all tunnels of the connection that are up (semantics 3.3). */
  function tunnelsOf(vpnConnectionId: string): FibNextHop[] {
    const connection = topology.connections.get(vpnConnectionId);
    if (connection?.borderGatewayId !== borderGatewayId) return [];
    return [...connection.tunnels.keys()].filter((id) => isUsable(id, topology, wire)).map((id) => ({ kind: 'tunnel', id }));
  }

  function vifOf(vifId: string): FibNextHop[] {
    return topology.vifs.get(vifId)?.borderGatewayId === borderGatewayId && isUsable(vifId, topology, wire) ? [{ kind: 'vif', id: vifId }] : [];
  }

  function attachmentOf(vpcAttachmentId: string): FibNextHop[] {
    const attachment = gateway.attachments.get(vpcAttachmentId);
    return attachment && topology.vpcs.has(attachment.vpcId) ? [{ kind: 'attachment', id: vpcAttachmentId }] : [];
  }
}

/** What a node by itself can forward: its BIRD only sees the legs that end on it, attachments are on every node of the gateway. */
export const onNode = (standingOf: StandingOf, node: string, topology: Topology): StandingOf => (path, prefix) => {
  const standing = standingOf(path, prefix);
  if (!('nextHops' in standing)) return standing;
  return through(standing.nextHops.filter((hop) => hop.kind === 'attachment' || legOf(topology, hop.id)?.node === node));
};
