import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { usePlatform, useTunnelStates } from '../api/platform.js';
import { useList } from '../api/queries.js';
import type { Page, VifState } from '../api/types.js';
import type { Parts } from './picture.js';

/** Virtual interfaces have no stream: while they are drawn, they are asked for so often. */
const POLL_MS = 5_000;

/** All of a region that is drawn, and whether it is there yet. */
export function useParts(): { readonly parts: Parts; readonly loading: boolean; readonly error: Error | null; readonly refetch: () => void } {
  const { api, region } = usePlatform();
  const gateways = useList('borderGateways');
  const attachments = useList('vpcAttachments');
  const vpcs = useList('vpcs');
  const connections = useList('vpnConnections');
  const tunnels = useList('vpnTunnels');
  const customers = useList('customerGateways');
  const vifs = useList('virtualInterfaces');
  const lists = [gateways, attachments, vpcs, connections, tunnels, customers, vifs];
  const states = useTunnelStates();
  const { data } = useQuery({
    queryKey: ['vifStates', region], queryFn: ({ signal }) => api.get<Page<VifState>>(`/v1/regions/${region}/vifStates`, { limit: 200 }, signal), refetchInterval: POLL_MS, enabled: vifs.rows.length > 0,
  });
  const vifStates = useMemo(() => new Map(data?.items.map((state) => [state.vifId, state])), [data]);
  const parts = { gateways: gateways.rows, attachments: attachments.rows, vpcs: vpcs.rows, connections: connections.rows, tunnels: tunnels.rows, customers: customers.rows, vifs: vifs.rows, states, vifStates };
  return { parts, loading: lists.some((list) => list.loading), error: lists.find((list) => list.error)?.error ?? null, refetch: () => { for (const list of lists) list.refetch(); } };
}
