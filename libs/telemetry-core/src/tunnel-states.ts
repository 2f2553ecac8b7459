import { keyOf, nodeSilent, type BgpObservation, type CloudEvent, type Decision, type http, type JournalRecord, type TelemetrySample, type TunnelObservation } from '@bordergate/contracts';
import { BgpPeer, type SessionObservation } from './bgp-peer.js';
import { Configured, type ConfiguredConnection, type ConfiguredTunnel } from './configured.js';
import { track, withoutStaleRates, type CounterTrack } from './counters.js';
import { merged, type Change } from './history.js';
import { latest, withoutStale, type ProbeSample } from './probes.js';
import { ReportedTunnel, type OperState } from './reported.js';
import type { Levels, Place } from './series/books.js';

export type TunnelState = ReturnType<typeof http.TunnelState.parse>;

/** A state with what only metrics and filters ask: where it belongs, its names, and counts over its life. */
export interface TunnelOverview {
  readonly state: TunnelState;
  readonly tunnel: ConfiguredTunnel;
  readonly connection: ConfiguredConnection;
  readonly borderGatewayName: string;
  readonly customerGatewayName: string;
  readonly flaps: number;
  readonly bgpFlaps: number;
}

export interface TunnelFilter {
  readonly region?: string | undefined;
  readonly vpnConnectionId?: string | undefined;
  readonly bgwId?: string | undefined;
}

type Oper = Omit<OperState, 'reason'> & { readonly reason: TunnelState['opReason'] };

/** Ids of tunnels whose state may be another now; a removed one has no state any more. */
export type Touched = readonly string[];

interface Watched {
  reported?: ReportedTunnel;
  bgp?: BgpPeer;
  counters?: CounterTrack;
  probes?: ProbeSample;
}

/**
 * The present state of every configured tunnel, folded from four sources that know no order among each other. Each
 * source has its own fold per tunnel, and a state is computed from the four results: so no interleaving can matter.
 * What the wire says about a tunnel may come before its decision; it waits, unseen.
 */
export class TunnelStates {
  readonly #configured: Configured;
  readonly #watched = new Map<string, Watched>();
  /** Ids are never used again, so what still arrives about a removed tunnel is late. */
  readonly #removed = new Set<string>();
  readonly #sampleIntervalMs: number;
  /** By region/node, when a silent node was last heard. */
  #silent: ReadonlyMap<string, string> = new Map();

  /** @param onChange each change of a tunnel once, as it is told; for who keeps more than its history does */
  constructor(sampleIntervalMs: number, private readonly onChange: (tunnelId: string, change: Change) => void = () => {}) {
    this.#sampleIntervalMs = sampleIntervalMs;
    this.#configured = new Configured(onChange);
  }

  decision(event: CloudEvent<Decision>): Touched {
    const { changed, removed } = this.#configured.apply(event);
    for (const tunnelId of removed) {
      this.#removed.add(tunnelId);
      this.#watched.delete(tunnelId);
    }
    return [...changed, ...removed];
  }

  tunnelObservation(event: CloudEvent<TunnelObservation>): Touched {
    if (!('tunnelId' in event.data)) return []; // of a gateway or a virtual interface
    const { tunnelId } = event.data;
    const watched = this.#watch(tunnelId);
    if (!watched) return [];
    watched.reported ??= new ReportedTunnel((change) => this.onChange(tunnelId, change));
    return watched.reported.apply(event) ? [tunnelId] : [];
  }

  /** A record of bgp.rib-in.v1; the key says what a null is about. @throws when key and record do not fit (see fitsRibIn) */
  ribIn(record: RibInRecord): Touched {
    const key = ribInKey(record.key);
    if (!key || !fitsRibIn(record)) throw new Error(`not a record of bgp.rib-in: ${record.key}`);
    if (record.event?.data.vifId !== undefined) return []; // of a virtual interface
    const watched = this.#watch(key.tunnelId);
    if (!watched) return [];
    watched.bgp ??= new BgpPeer((change) => this.onChange(key.tunnelId, change));
    if (key.about === 'session') watched.bgp.session(record.event as CloudEvent<SessionObservation> | null);
    else watched.bgp.route(key.about, record.event);
    return [key.tunnelId];
  }

  sample({ data, time }: CloudEvent<TelemetrySample>): Touched {
    if (data.type === 'VifCountersSampled') return [];
    const watched = this.#watch(data.tunnelId);
    if (!watched) return [];
    const { counters, probes } = watched;
    if (data.type === 'TunnelCountersSampled') watched.counters = track(counters, data, time, this.#sampleIntervalMs);
    else watched.probes = latest(probes, data, time);
    return watched.counters === counters && watched.probes === probes ? [] : [data.tunnelId];
  }

  /** The nodes that are silent now. */
  nodes(silent: ReadonlyMap<string, string>): Touched {
    const before = this.#silent;
    this.#silent = silent;
    const turned = new Set([...before.keys(), ...silent.keys()].filter((key) => before.get(key) !== silent.get(key)));
    return [...this.#configured.tunnels()].filter((tunnel) => turned.has(nodeOf(tunnel, this.#configured.connection(tunnel.vpnConnectionId)!))).map(({ spec }) => spec.tunnelId);
  }

  /** Withdraws the rates and probes of tunnels whose samples have stayed away. */
  passTime(nowMs: number): Touched {
    const touched: string[] = [];
    for (const [tunnelId, watched] of this.#watched) {
      const counters = watched.counters && withoutStaleRates(watched.counters, nowMs, this.#sampleIntervalMs);
      const probes = watched.probes && withoutStale(watched.probes, nowMs, this.#sampleIntervalMs);
      if (counters === watched.counters && probes === watched.probes) continue;
      if (counters) watched.counters = counters;
      if (probes) watched.probes = probes;
      else delete watched.probes;
      touched.push(tunnelId);
    }
    return touched;
  }

  get(tunnelId: string): TunnelOverview | undefined {
    const tunnel = this.#configured.tunnel(tunnelId);
    return tunnel && this.#overview(tunnel);
  }

  /** False once it has been removed: its id does not come again. */
  isExpected(tunnelId: string): boolean {
    return !this.#removed.has(tunnelId);
  }

  /** Where a configured tunnel belongs. */
  placeOf(tunnelId: string): Place | undefined {
    const tunnel = this.#configured.tunnel(tunnelId);
    const connection = tunnel && this.#configured.connection(tunnel.vpnConnectionId);
    return connection && { region: connection.region, borderGatewayId: connection.borderGatewayId, vpnConnectionId: connection.vpnConnectionId, tunnelId };
  }

  /** Whether there is, at present, what a filter names. */
  isConfigured({ region, vpnConnectionId, bgwId }: TunnelFilter): boolean {
    if (vpnConnectionId !== undefined) return this.#configured.connection(vpnConnectionId)?.region === region;
    return bgwId === undefined || this.#configured.gatewayRegion(bgwId) === region;
  }

  /** The state of a configured tunnel as numbers, for its series. */
  levelsOf(tunnelId: string): Levels | undefined {
    const tunnel = this.#configured.tunnel(tunnelId);
    if (!tunnel) return undefined;
    const { reported, bgp } = this.#watched.get(tunnelId) ?? {};
    const connection = this.#configured.connection(tunnel.vpnConnectionId)!;
    const heard = !this.#silent.has(nodeOf(tunnel, connection));
    return {
      reported: reported?.oper ? { oper: Number(heard && reported.oper.status === 'UP'), ike: reported.ikeSas, child: reported.childSas } : null,
      peering: !connection.bgpEnabled ? 'off' : bgp?.known ? { bgp: Number(heard && bgp.established), prefixes: bgp.learnedPrefixes } : null,
    };
  }

  /** The ids of all configured tunnels that fit, in order. */
  idsOf(filter: TunnelFilter = {}): string[] {
    const ids: string[] = [];
    for (const { spec, vpnConnectionId } of this.#configured.tunnels()) {
      const connection = this.#configured.connection(vpnConnectionId)!;
      if (filter.region !== undefined && filter.region !== connection.region) continue;
      if (filter.vpnConnectionId !== undefined && filter.vpnConnectionId !== vpnConnectionId) continue;
      if (filter.bgwId !== undefined && filter.bgwId !== connection.borderGatewayId) continue;
      ids.push(spec.tunnelId);
    }
    return ids.sort();
  }

  list(filter: TunnelFilter = {}): TunnelOverview[] {
    return this.idsOf(filter).map((tunnelId) => this.get(tunnelId)!);
  }

  #watch(tunnelId: string): Watched | undefined {
    if (this.#removed.has(tunnelId)) return undefined;
    const watched = this.#watched.get(tunnelId) ?? {};
    this.#watched.set(tunnelId, watched);
    return watched;
  }

  #overview(tunnel: ConfiguredTunnel): TunnelOverview {
    const connection = this.#configured.connection(tunnel.vpnConnectionId)!; // a stream's order: no tunnel before its connection
    const watched = this.#watched.get(tunnel.spec.tunnelId) ?? {};
    return {
      state: stateOf(tunnel, connection, watched, this.#silent.get(nodeOf(tunnel, connection))),
      tunnel,
      connection,
      borderGatewayName: this.#configured.nameOf(connection.borderGatewayId),
      customerGatewayName: this.#configured.nameOf(connection.customerGatewayId),
      flaps: watched.reported?.flaps ?? 0,
      bgpFlaps: watched.bgp?.flaps ?? 0,
    };
  }
}

type RibInRecord = Pick<JournalRecord<BgpObservation>, 'key' | 'event'>;

const ribInKey = (key: string): { tunnelId: string; about: string } | undefined => {
  const [, tunnelId, about] = /^[^/]+\/([^/]+)\/(.+)$/.exec(key) ?? [];
  return tunnelId === undefined || about === undefined ? undefined : { tunnelId, about };
};

/** For the door: a session stands under its session's key, a route under its prefix. */
export function fitsRibIn({ key, event }: RibInRecord): boolean {
  const about = ribInKey(key)?.about;
  if (about === undefined || event === null) return about !== undefined;
  return event.data.type === 'BgpRouteAnnounced' ? event.data.prefix === about : about === 'session';
}

const nodeOf = ({ spec }: ConfiguredTunnel, { region }: ConfiguredConnection): string => keyOf.node(region, spec.node);

function stateOf(tunnel: ConfiguredTunnel, connection: ConfiguredConnection, { reported, bgp, counters, probes }: Watched, silentSince: string | undefined): TunnelState {
  // A node that is not heard may have tunnels that carry; nobody knows, and missing means closed. What is off by decision is off.
  const silent: Oper | undefined = silentSince === undefined || (tunnel.adminStatus === 'DOWN' && reported?.oper?.status !== 'UP')
    ? undefined : { status: 'DOWN', reason: 'node-silent', detail: nodeSilent(tunnel.spec.node, silentSince), since: silentSince };
  const oper: Oper | undefined = silent ?? reported?.oper;
  return {
    vpnTunnelId: tunnel.spec.tunnelId,
    vpnConnectionId: tunnel.vpnConnectionId,
    bgwId: connection.borderGatewayId,
    node: tunnel.spec.node,
    driver: reported?.driver ?? null,
    adminStatus: tunnel.adminStatus,
    // Missing means closed: a tunnel that nobody reports is DOWN.
    opStatus: oper?.status ?? 'DOWN',
    opReason: oper?.reason ?? (tunnel.adminStatus === 'DOWN' ? 'admin-down' : 'unknown'),
    opDetail: oper?.detail ?? `no report from ${tunnel.spec.node}`,
    opSince: oper?.since ?? null,
    ikeSas: reported?.ikeSas ?? 0,
    childSas: reported?.childSas ?? 0,
    rekeys: reported?.rekeys ?? 0,
    bgpStatus: !connection.bgpEnabled ? 'off' : !silent && bgp?.established ? 'established' : 'down',
    bgpSince: connection.bgpEnabled ? (bgp?.since ?? null) : null,
    learnedPrefixes: connection.bgpEnabled ? (bgp?.learnedPrefixes ?? 0) : 0,
    counters: counters ? { ...counters.totals, sampledAt: counters.sampledAt } : null,
    rates: counters?.rates ?? null,
    probes: probes ?? null,
    history: merged(reported?.history, bgp?.history, tunnel.history),
  };
}
