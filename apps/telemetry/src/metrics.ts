import { ShownOperReason } from '@bordergate/contracts';
import type { TunnelOverview, TunnelStates } from '@bordergate/telemetry-core';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * What Prometheus sees of every configured tunnel, up or not. Labels are stable ids; names, addresses and the node are
 * in vpn_tunnel_info, to be joined. States are state sets (0 or 1 for each), not magic numbers.
 */
const IDS = ['region', 'bgw_id', 'vpn_connection_id', 'vpn_tunnel_id'] as const;
const idsOf = ({ connection, state }: TunnelOverview) => ({
  region: connection.region, bgw_id: state.bgwId, vpn_connection_id: state.vpnConnectionId, vpn_tunnel_id: state.vpnTunnelId,
});
const seconds = (time: string): number => Date.parse(time) / 1_000;

const INFO = (o: TunnelOverview) => ({
  vpn_connection_name: o.connection.name, bgw_name: o.borderGatewayName, customer_gateway_id: o.connection.customerGatewayId, customer_gateway_name: o.customerGatewayName,
  cloud_public_ip: o.tunnel.spec.cloudPublicIp, customer_ip: o.tunnel.spec.customerIp, tunnel_ip: o.tunnel.spec.tunnelIp, node: o.state.node, driver: o.state.driver ?? 'none',
});
const INFO_LABELS = ['vpn_connection_name', 'bgw_name', 'customer_gateway_id', 'customer_gateway_name', 'cloud_public_ip', 'customer_ip', 'tunnel_ip', 'node', 'driver'];

type Read = (overview: TunnelOverview) => number | null;

const GAUGES: Readonly<Record<string, readonly [help: string, read: Read]>> = {
  vpn_tunnel_oper_up: ['1 while the tunnel is usable', ({ state }) => Number(state.opStatus === 'UP')],
  vpn_tunnel_admin_up: ['1 while the tunnel is enabled', ({ state }) => Number(state.adminStatus === 'UP')],
  vpn_tunnel_last_transition_timestamp_seconds: ['when the oper status last changed; when the tunnel was added, while no worker has reported', ({ state, tunnel }) => seconds(state.opSince ?? tunnel.addedAt)],
  vpn_tunnel_ike_sas: ['IKE SAs', ({ state }) => state.ikeSas],
  vpn_tunnel_child_sas: ['CHILD SAs', ({ state }) => state.childSas],
  vpn_tunnel_last_sample_timestamp_seconds: ['time of the last counters; absent before the first', ({ state }) => (state.counters ? seconds(state.counters.sampledAt) : null)],
  vpn_tunnel_probe_loss_ratio: ['echo requests through the tunnel that were not answered; absent while none are sent', ({ state }) => state.probes?.lossRatio ?? null],
  vpn_tunnel_probe_answers: ['1 where the peer is known to answer echo requests, so that its silence means something; absent while none are sent', ({ state }) => (state.probes ? Number(state.probes.answers) : null)],
  vpn_tunnel_probe_rtt_seconds: ['round trip of echo requests through the tunnel, mean of the last sample', ({ state }) => (state.probes?.rttMs ? state.probes.rttMs.avg / 1_000 : null)],
  vpn_tunnel_probe_rtt_max_seconds: ['round trip of echo requests through the tunnel, longest of the last sample', ({ state }) => (state.probes?.rttMs ? state.probes.rttMs.max / 1_000 : null)],
  bgp_peer_last_transition_timestamp_seconds: ['when the BGP session was last established or lost; absent before, and where there is no BGP', ({ state }) => (state.bgpSince ? seconds(state.bgpSince) : null)],
  bgp_routes_received: ['prefixes learned from the peer in its present session', ({ state }) => state.learnedPrefixes],
};

const traffic = (of: 'original' | 'encrypted', what: 'bytesIn' | 'bytesOut' | 'packetsIn' | 'packetsOut'): Read => ({ state }) => state.counters?.[of][what] ?? 0;
const COUNTERS: Readonly<Record<string, readonly [help: string, read: Read]>> = {
  vpn_tunnel_original_in_bytes_total: ['inner bytes, customer to cloud, after decryption', traffic('original', 'bytesIn')],
  vpn_tunnel_original_out_bytes_total: ['inner bytes, cloud to customer, before encryption', traffic('original', 'bytesOut')],
  vpn_tunnel_original_in_packets_total: ['inner packets, customer to cloud', traffic('original', 'packetsIn')],
  vpn_tunnel_original_out_packets_total: ['inner packets, cloud to customer', traffic('original', 'packetsOut')],
  vpn_tunnel_encrypted_in_bytes_total: ['outer bytes, customer to cloud, before decryption', traffic('encrypted', 'bytesIn')],
  vpn_tunnel_encrypted_out_bytes_total: ['outer bytes, cloud to customer, after encryption', traffic('encrypted', 'bytesOut')],
  vpn_tunnel_encrypted_in_packets_total: ['outer packets, customer to cloud', traffic('encrypted', 'packetsIn')],
  vpn_tunnel_encrypted_out_packets_total: ['outer packets, cloud to customer', traffic('encrypted', 'packetsOut')],
  vpn_tunnel_rekeys_total: ['CHILD SA rekeys seen', ({ state }) => state.rekeys],
  vpn_tunnel_flaps_total: ['changes from UP to DOWN seen', ({ flaps }) => flaps],
  bgp_peer_flaps_total: ['BGP sessions seen that were established and ended', ({ bgpFlaps }) => bgpFlaps],
};

const STATE_SETS: Readonly<Record<string, readonly [help: string, label: string, values: readonly string[], read: (overview: TunnelOverview) => string]>> = {
  bgp_peer_state: ['1 for the state the BGP session is in', 'state', ['established', 'down', 'off'], ({ state }) => state.bgpStatus],
  vpn_tunnel_oper_reason: ['1 for the reason of the oper status', 'reason', ShownOperReason.options, ({ state }) => state.opReason],
};

export function registerTunnelMetrics(registry: Registry, states: TunnelStates): void {
  const overviews = oncePerTick(() => states.list());
  const registers = [registry];
  for (const [name, [help, read]] of Object.entries(GAUGES)) {
    new Gauge({ name, help, labelNames: IDS, registers, collect() {
      this.reset();
      for (const overview of overviews()) {
        const value = read(overview);
        if (value !== null) this.set(idsOf(overview), value);
      }
    } });
  }
  for (const [name, [help, read]] of Object.entries(COUNTERS)) {
    new Counter({ name, help, labelNames: IDS, registers, collect() {
      this.reset();
      for (const overview of overviews()) this.inc(idsOf(overview), read(overview) ?? 0);
    } });
  }
  for (const [name, [help, label, values, read]] of Object.entries(STATE_SETS)) {
    new Gauge({ name, help, labelNames: [...IDS, label], registers, collect() {
      this.reset();
      for (const overview of overviews()) for (const value of values) this.set({ ...idsOf(overview), [label]: value }, Number(read(overview) === value));
    } });
  }
  new Gauge({ name: 'vpn_tunnel_info', help: 'names and addresses of a tunnel; always 1', labelNames: [...IDS, ...INFO_LABELS], registers, collect() {
    this.reset();
    for (const overview of overviews()) this.set({ ...idsOf(overview), ...INFO(overview) }, 1);
  } });
}

/** A scrape reads all metrics in one tick: the states are computed once for it. */
function oncePerTick<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    if (!value) {
      value = { of: compute() };
      setImmediate(() => { value = undefined; });
    }
    return value.of;
  };
}
