import { NegotiationFault, type TunnelRef } from '@bordergate/contracts';
import type { Clock, Log } from '@bordergate/platform';
import type { TunnelSnapshot, WantedTunnel } from '@bordergate/tunnel-core';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type RunnerKind = 'tunnel' | 'vif' | 'gateway' | 'topology' | 'sampler';

/** What is said of a tunnel at a scrape. */
export interface TunnelStanding {
  readonly tunnel: WantedTunnel;
  readonly snapshot: TunnelSnapshot | undefined;
  /** Negotiations that failed, by fault. */
  readonly failures: ReadonlyMap<NegotiationFault, number>;
}

type IkeSa = TunnelSnapshot['ikeSas'][number];
type ChildSa = IkeSa['childSas'][number];

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** As telemetry labels its own. */
const IDS = ['region', 'bgw_id', 'vpn_connection_id', 'vpn_tunnel_id'] as const;

/**
 * The worker's metrics: its own work, and what its charons say of their SAs, under the names that strongSwan's exporters
 * have for it. What a tunnel is to its owner (up, reason, traffic, flaps) is telemetry's to tell. Every tunnel configured
 * for this node is present, down ones included, for a series that vanishes alarms nobody; those of a removed one vanish.
 */
export class WorkerMetrics {
  readonly refusedFacts: Counter<'topic'>;
  readonly #seconds: Histogram<'what'>;
  readonly #failures: Counter<'what'>;
  readonly #detection: Histogram<'because'>;
  readonly #switchover: Histogram<'because'>;
  readonly #registry: Registry;

  constructor(registry: Registry, private readonly clock: Clock, private readonly log: Log) {
    const registers = [registry];
    this.#registry = registry;
    this.refusedFacts = new Counter({ name: 'vpn_worker_refused_records_total', help: 'records of the journal that break their schema', labelNames: ['topic'], registers });
    this.#seconds = new Histogram({ name: 'vpn_reconcile_seconds', help: 'time of one look, plan and repair', labelNames: ['what'], buckets: SECONDS, registers });
    this.#failures = new Counter({ name: 'vpn_reconcile_failures_total', help: 'reconciliations that ended with an error and are tried again', labelNames: ['what'], registers });
    const labelNames = ['because'] as const;
    this.#detection = new Histogram({ name: 'vpn_detection_seconds', help: 'from the last packet of a peer that fell silent to the verdict that it has; at the verdict the kernel leaves the tunnel', labelNames, buckets: SECONDS, registers });
    this.#switchover = new Histogram({ name: 'vpn_switchover_seconds', help: 'from that verdict until BIRD routes without the tunnel', labelNames, buckets: SECONDS, registers });
  }

  detected(because: string, heardMsAgo: number): void {
    this.#detection.observe({ because }, heardMsAgo / 1_000);
  }

  switchedOver(because: string, ms: number): void {
    this.#switchover.observe({ because }, ms / 1_000);
  }

  async timed<T>(what: RunnerKind, work: () => Promise<T>): Promise<T> {
    const started = this.clock.now();
    try {
      return await work();
    } finally {
      this.#seconds.observe({ what }, (this.clock.now() - started) / 1_000);
    }
  }

  failed(what: RunnerKind, error: unknown, about: Record<string, unknown>): void {
    this.#failures.inc({ what });
    this.log.warn('reconciliation failed and will be tried again', { what, ...about, error });
  }

  watchMailbox(size: () => number): void {
    new Gauge({ name: 'vpn_worker_untold_records', help: 'what this worker has to tell and the journal has not taken yet', registers: [this.#registry], collect() { this.set(size()); } });
  }

  /** Read at each scrape, from what the runners saw last. */
  watch(info: { driver: string; region: string; node: string }, standings: () => Iterable<TunnelStanding>): void {
    const registers = [this.#registry];
    new Gauge({ name: 'vpn_worker_info', help: 'driver and place of this worker; always 1', labelNames: ['driver', 'region', 'node'], registers }).set(info, 1);
    const gauge = (name: string, help: string, measure: (snapshot: TunnelSnapshot | undefined) => number | undefined): void => {
      new Gauge({ name, help, labelNames: IDS, registers, collect() {
        this.reset();
        for (const { tunnel, snapshot } of standings()) {
          const value = measure(snapshot);
          if (value !== undefined) this.set(labels(tunnel.ref), value);
        }
      } });
    };
    gauge('ipsec_ike_sas', 'IKE SAs', snapshot => snapshot?.ikeSas.length ?? 0);
    gauge('strongswan_ike_established_seconds', 'age of its youngest IKE SA', snapshot => least(ikeSas(snapshot), sa => sa.establishedSeconds));
    gauge('strongswan_ike_rekey_seconds', 'until its IKE SA is rekeyed; below 0: overdue; absent where it is not', snapshot => most(ikeSas(snapshot), sa => sa.rekeySeconds));
    gauge('strongswan_sa_status', '0 installed, 1 the IKE SA is established, 2 down', saStatus);
    gauge('strongswan_sa_established_seconds', 'age of its youngest CHILD SA', snapshot => least(childSas(snapshot), child => child.installSeconds));
    gauge('strongswan_sa_rekey_seconds', 'until its CHILD SA is rekeyed; below 0: overdue; absent where it is not', snapshot => most(childSas(snapshot), child => child.rekeySeconds));
    gauge('strongswan_sa_inbound_bytes', 'inner bytes its CHILD SAs received; starts again at each rekey', snapshot => total(snapshot, 'bytesIn'));
    gauge('strongswan_sa_outbound_bytes', 'inner bytes its CHILD SAs sent; starts again at each rekey', snapshot => total(snapshot, 'bytesOut'));
    gauge('strongswan_sa_inbound_packets', 'inner packets its CHILD SAs received; starts again at each rekey', snapshot => total(snapshot, 'packetsIn'));
    gauge('strongswan_sa_outbound_packets', 'inner packets its CHILD SAs sent; starts again at each rekey', snapshot => total(snapshot, 'packetsOut'));
    new Counter({ name: 'vpn_negotiation_failures_total', help: 'negotiations that failed, by fault', labelNames: [...IDS, 'fault'], registers, collect() {
      this.reset();
      for (const { tunnel, failures } of standings()) for (const fault of NegotiationFault.options) this.inc({ ...labels(tunnel.ref), fault }, failures.get(fault) ?? 0);
    } });
  }
}

const labels = (ref: TunnelRef): Record<(typeof IDS)[number], string> =>
  ({ region: ref.region, bgw_id: ref.borderGatewayId, vpn_connection_id: ref.vpnConnectionId, vpn_tunnel_id: ref.tunnelId });

function saStatus(snapshot: TunnelSnapshot | undefined): number {
  const sas = snapshot?.ikeSas ?? [];
  if (sas.some(sa => sa.childSas.some(child => child.state === 'INSTALLED'))) return 0;
  return sas.some(sa => sa.state === 'ESTABLISHED') ? 1 : 2;
}

const ikeSas = (snapshot: TunnelSnapshot | undefined): readonly IkeSa[] => snapshot?.ikeSas ?? [];
const childSas = (snapshot: TunnelSnapshot | undefined): readonly ChildSa[] => ikeSas(snapshot).flatMap(sa => sa.childSas).filter(({ state }) => state === 'INSTALLED' || state === 'REKEYING');

const least = <T>(of: readonly T[], read: (one: T) => number | undefined): number | undefined => of.map(read).filter(value => value !== undefined).sort((a, b) => a - b)[0];
const most = <T>(of: readonly T[], read: (one: T) => number | undefined): number | undefined => of.map(read).filter(value => value !== undefined).sort((a, b) => b - a)[0];

const total = (snapshot: TunnelSnapshot | undefined, which: 'bytesIn' | 'bytesOut' | 'packetsIn' | 'packetsOut'): number =>
  ikeSas(snapshot).flatMap(sa => sa.childSas).reduce((sum, child) => sum + child[which], 0);
