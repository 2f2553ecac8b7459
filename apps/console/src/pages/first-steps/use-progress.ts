import { useTunnelStates } from '../../api/platform.js';
import { useList } from '../../api/queries.js';
import { progressOf, type Progress } from './progress.js';

/** How far it is, and what the steps lead to; undefined until all is known. */
export function useProgress(): { progress: Progress; connectionId: string | undefined } | undefined {
  const lists = {
    vpcs: useList('vpcs'), publicAddresses: useList('publicAddresses'), borderGateways: useList('borderGateways'), vpcAttachments: useList('vpcAttachments'), customerGateways: useList('customerGateways'),
    vpnConnections: useList('vpnConnections'), vpnTunnels: useList('vpnTunnels'), staticRoutes: useList('staticRoutes'), routePropagations: useList('routePropagations'),
  };
  const states = useTunnelStates();
  if (Object.values(lists).some(({ loading }) => loading)) return undefined;
  const progress = progressOf({
    vpcs: lists.vpcs.rows, publicAddresses: lists.publicAddresses.rows, borderGateways: lists.borderGateways.rows, vpcAttachments: lists.vpcAttachments.rows, customerGateways: lists.customerGateways.rows,
    vpnConnections: lists.vpnConnections.rows, vpnTunnels: lists.vpnTunnels.rows, staticRoutes: lists.staticRoutes.rows, routePropagations: lists.routePropagations.rows, states: [...states.values()],
  });
  const withoutTunnels = lists.vpnConnections.rows.find(({ vpnTunnelIds }) => vpnTunnelIds.length === 0);
  return { progress, connectionId: (withoutTunnels ?? lists.vpnConnections.rows[0])?.vpnConnectionId };
}
