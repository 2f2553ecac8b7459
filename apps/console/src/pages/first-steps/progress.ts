import type { Documents, TunnelState } from '../../api/types.js';

/** What is there, as far as the steps look at it. */
export interface Present {
  readonly vpcs: readonly Pick<Documents['vpcs'], 'vpcId' | 'subnetIds'>[];
  readonly publicAddresses: readonly unknown[];
  readonly borderGateways: readonly unknown[];
  readonly vpcAttachments: readonly unknown[];
  readonly customerGateways: readonly unknown[];
  readonly vpnConnections: readonly Pick<Documents['vpnConnections'], 'vpnConnectionId' | 'bgpEnabled'>[];
  readonly vpnTunnels: readonly unknown[];
  readonly staticRoutes: readonly Pick<Documents['staticRoutes'], 'bgwRouteNexthop'>[];
  readonly routePropagations: readonly unknown[];
  readonly states: readonly Pick<TunnelState, 'opStatus' | 'bgpStatus' | 'counters' | 'vpnConnectionId'>[];
}

export interface Progress {
  readonly vpc: boolean;
  readonly addresses: boolean;
  /** Of the nine steps, in their order. */
  readonly steps: readonly boolean[];
  /** The first that is not done; null when all are. */
  readonly next: number | null;
}

/** Which of the tutorial's nine steps are done: worked out from what exists, so that nobody has to remember anything. */
export function progressOf(present: Present): Progress {
  const { borderGateways, vpcAttachments, customerGateways, vpnConnections, vpnTunnels, staticRoutes, routePropagations, states } = present;
  const up = states.filter(({ opStatus }) => opStatus === 'UP');
  const withoutBgp = new Set(vpnConnections.filter(({ bgpEnabled }) => !bgpEnabled).map(({ vpnConnectionId }) => vpnConnectionId));
  const routed = new Set(staticRoutes.map(({ bgwRouteNexthop }) => bgwRouteNexthop));
  const knowsRoutes = up.some(({ bgpStatus, vpnConnectionId }) => bgpStatus === 'established' || (withoutBgp.has(vpnConnectionId) && routed.has(vpnConnectionId)));
  const steps = [
    borderGateways.length > 0, vpcAttachments.length > 0, customerGateways.length > 0, vpnConnections.length > 0, vpnTunnels.length > 0, up.length > 0, knowsRoutes, routePropagations.length > 0,
    up.some(({ counters }) => counters !== null && counters.original.packetsIn > 0 && counters.original.packetsOut > 0),
  ];
  const next = steps.indexOf(false);
  return { vpc: present.vpcs.some(({ subnetIds }) => subnetIds.length > 0), addresses: present.publicAddresses.length >= 2, steps, next: next < 0 ? null : next };
}
