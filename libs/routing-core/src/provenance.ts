import type { http } from '@bordergate/contracts';
import type { GatewayTables } from './gateway-tables.js';
import type { Path } from './path.js';
import type { Said } from './said.js';
import type { Topology } from './topology.js';

/** A decision as the answer to "where does this come from". */
export const decided = ({ type, stream, position, event }: Said): http.Provenance => ({
  kind: 'decision', type, stream, position: String(position), eventId: event?.id ?? null, causationId: event?.causationId ?? null, actor: event?.actor ?? null, at: event?.at ?? null,
});

/** A decision within a sentence: "TunnelDisabled by ann at 2026-01-01T00:00:00.000Z". */
export const saidBy = ({ type, position, event }: Said): string => (event ? `${type} by ${event.actor} at ${event.at}` : `${type} at position ${position}`);

/**
 * Where a path of a gateway comes from: the static route's decision; of a propagated subnet, those about the subnet and
 * the attachment, because either could take it away; or the peer and the session it was said in.
 */
export function provenanceOf(path: Path, gateway: GatewayTables, topology: Topology): http.Provenance[] {
  if (path.learned) return [heard(path, path.learned.epoch, gateway, topology)];
  const decisions = topology.gateways.get(gateway.borderGatewayId);
  const chosen = path.routeType === 'static' ? [decisions?.staticRoutes.get(path.source)?.said] : subnetDecisions(path);
  return chosen.flatMap((said) => (said ? [decided(said)] : []));

  function subnetDecisions({ source, nextHop }: Path): (Said | undefined)[] {
    const attachment = decisions?.attachments.get(nextHop.id);
    const subnet = attachment && topology.vpcs.get(attachment.vpcId)?.subnets.get(source.slice(nextHop.id.length + 1));
    return [subnet?.said, attachment?.said];
  }
}

function heard({ source: peerId, nextHop }: Path, sessionEpoch: number, gateway: GatewayTables, topology: Topology): http.Provenance {
  const session = gateway.sessions.get(peerId);
  const present = session?.established && session.epoch === sessionEpoch ? session : undefined;
  return {
    kind: 'peer', ...(nextHop.kind === 'vif' ? { vifId: peerId } : { vpnTunnelId: peerId, vpnConnectionId: topology.connectionOf(peerId) ?? null }), sessionEpoch,
    neighborAddress: present?.neighborAddress ?? null, neighborAsn: present?.neighborAsn ?? null, sessionSince: present?.since ?? null,
  };
}
