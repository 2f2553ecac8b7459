import type { VirtualInterfaceDecision } from '@bordergate/contracts';
import type { Said } from './said.js';
import type { Topology } from './topology.js';

/**
 * An outside leg of a gateway: a VPN tunnel, or a virtual interface of a direct connection. Packets leave by it and a BGP
 * session may run over it; so its id is a next hop's and a peer's. It ends on one node.
 */
export interface Leg {
  readonly kind: 'tunnel' | 'vif';
  readonly id: string;
  readonly region: string;
  readonly borderGatewayId: string;
  /** Of a tunnel. */
  readonly vpnConnectionId: string | null;
  readonly bgpEnabled: boolean;
  readonly localAsn: number;
  /** Null where nobody was named: no BGP there. */
  readonly customerAsn: number | null;
  readonly node: string;
  readonly enabled: boolean;
  /** The decision that made its admin status what it is. */
  readonly said: Said;
}

export type VirtualInterface = Omit<Leg, 'kind' | 'id' | 'vpnConnectionId'>;

/** Undefined while no decision has named it, and once one has removed it. */
export function legOf(topology: Topology, id: string): Leg | undefined {
  const vif = topology.vifs.get(id);
  if (vif) return { kind: 'vif', id, vpnConnectionId: null, ...vif };
  const found = topology.tunnel(id);
  if (!found) return undefined;
  const { tunnel: { node, enabled, said }, connection: { region, borderGatewayId, bgpEnabled, localAsn, customerAsn }, vpnConnectionId } = found;
  return { kind: 'tunnel', id, vpnConnectionId, region, borderGatewayId, bgpEnabled, localAsn, customerAsn, node, enabled, said };
}

export function* legsOf(topology: Topology, borderGatewayId: string): Generator<Leg> {
  for (const [, connection] of topology.connectionsOf(borderGatewayId)) for (const id of connection.tunnels.keys()) yield legOf(topology, id)!;
  for (const id of topology.vifsOf(borderGatewayId)) yield legOf(topology, id)!;
}

/** The AS numbers a gateway speaks under, on connections that have no tunnel yet, too: as its BIRD is told. */
export const ownAsnsOf = (topology: Topology, borderGatewayId: string): Set<number> => new Set([
  ...[...topology.connectionsOf(borderGatewayId)].map(([, connection]) => connection.localAsn),
  ...[...topology.vifs.values()].filter((vif) => vif.borderGatewayId === borderGatewayId).map((vif) => vif.localAsn),
]);

/** Its id as a peer's, under the name that tells its kind. */
export const peerOf = ({ kind, id }: Pick<Leg, 'kind' | 'id'>): { tunnelId: string } | { vifId: string } => (kind === 'tunnel' ? { tunnelId: id } : { vifId: id });

/** Folds a decision about a virtual interface; answers the gateway whose tables it can change. */
export function evolveVirtualInterface(vifs: Map<string, VirtualInterface>, decision: VirtualInterfaceDecision, said: Said): string | undefined {
  const before = vifs.get(decision.vifId);
  switch (decision.type) {
    case 'VirtualInterfaceCreated': {
      const { region, borderGatewayId, bgpEnabled, localAsn, customerAsn, line: { node }, adminStatus } = decision;
      vifs.set(decision.vifId, { region, borderGatewayId, bgpEnabled, localAsn, customerAsn, node, enabled: adminStatus === 'UP', said });
      return borderGatewayId;
    }
    case 'VirtualInterfaceChanged':
      if (before) vifs.set(decision.vifId, { ...before, bgpEnabled: decision.bgpEnabled, localAsn: decision.localAsn, customerAsn: decision.customerAsn });
      break;
    case 'VirtualInterfaceEnabled':
    case 'VirtualInterfaceDisabled':
      if (before) vifs.set(decision.vifId, { ...before, enabled: decision.type === 'VirtualInterfaceEnabled', said });
      break;
    case 'VirtualInterfaceDeleted':
      vifs.delete(decision.vifId);
  }
  return before?.borderGatewayId;
}
