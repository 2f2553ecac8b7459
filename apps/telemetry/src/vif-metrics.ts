import { ShownVifReason } from '@bordergate/contracts';
import type { VifState, VifStates } from '@bordergate/telemetry-core';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What Prometheus sees of every configured virtual interface, up or not. */
const IDS = ['region', 'bgw_id', 'vif_id'] as const;

const GAUGES: Readonly<Record<string, readonly [help: string, read: (state: VifState) => number | null]>> = {
  vpn_vif_oper_up: ['1 while the virtual interface is usable', ({ opStatus }) => Number(opStatus === 'UP')],
  vpn_vif_admin_up: ['1 while it is enabled', ({ adminStatus }) => Number(adminStatus === 'UP')],
  vpn_vif_last_transition_timestamp_seconds: ['when the oper status last changed; absent while no worker has reported', ({ opSince }) => (opSince === null ? null : Date.parse(opSince) / 1_000)],
  vpn_vif_bgp_established: ['1 while its BGP session is established', ({ bgpStatus }) => Number(bgpStatus === 'established')],
  vpn_vif_bgp_routes_received: ['prefixes learned from the peer in its present session', ({ learnedPrefixes }) => learnedPrefixes],
};
const COUNTERS: Readonly<Record<string, readonly [help: string, what: 'bytesIn' | 'bytesOut' | 'packetsIn' | 'packetsOut']>> = {
  vpn_vif_in_bytes_total: ['bytes, customer to cloud', 'bytesIn'], vpn_vif_out_bytes_total: ['bytes, cloud to customer', 'bytesOut'],
  vpn_vif_in_packets_total: ['packets, customer to cloud', 'packetsIn'], vpn_vif_out_packets_total: ['packets, cloud to customer', 'packetsOut'],
};

export function registerVifMetrics(registry: Registry, states: VifStates): void {
  const each = function* (): Generator<[Record<(typeof IDS)[number], string>, VifState]> {
    for (const id of states.idsOf()) {
      const state = states.get(id)!;
      yield [{ region: states.regionOf(id)!, bgw_id: state.bgwId, vif_id: id }, state];
    }
  };
  const registers = [registry];
  for (const [name, [help, read]] of Object.entries(GAUGES)) {
    new Gauge({ name, help, labelNames: IDS, registers, collect() {
      this.reset();
      for (const [labels, state] of each()) {
        const value = read(state);
        if (value !== null) this.set(labels, value);
      }
    } });
  }
  for (const [name, [help, what]] of Object.entries(COUNTERS)) {
    new Counter({ name, help, labelNames: IDS, registers, collect() {
      this.reset();
      for (const [labels, { counters }] of each()) this.inc(labels, counters?.[what] ?? 0);
    } });
  }
  new Gauge({ name: 'vpn_vif_oper_reason', help: '1 for the reason of the oper status', labelNames: [...IDS, 'reason'], registers, collect() {
    this.reset();
    for (const [labels, { opReason }] of each()) for (const reason of ShownVifReason.options) this.set({ ...labels, reason }, Number(opReason === reason));
  } });
  new Gauge({ name: 'vpn_vif_info', help: 'node and driver of a virtual interface; always 1', labelNames: [...IDS, 'node', 'driver'], registers, collect() {
    this.reset();
    for (const [labels, { node, driver }] of each()) this.set({ ...labels, node, driver: driver ?? 'none' }, 1);
  } });
}
