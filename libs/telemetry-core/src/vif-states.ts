import { keyOf, nodeSilent, type BgpObservation, type CloudEvent, type Decision, type DecisionOf, type http, type JournalRecord, type TelemetrySample, type TunnelObservation } from '@bordergate/contracts';
import { BgpPeer, type SessionObservation } from './bgp-peer.js';
import { track, withoutStaleRates, type CounterTrack } from './counters.js';
import { History, merged } from './history.js';
import { RecentIds } from './recent-ids.js';

export type VifState = ReturnType<typeof http.VifState.parse>;
type Oper = Pick<VifState, 'opStatus' | 'opReason' | 'opDetail' | 'opSince' | 'driver'>;
type Configured = Omit<DecisionOf<'VirtualInterfaceCreated'>, 'type'>;

/** What the wire says of one, whether or not its decision has come: sources know no order among each other. */
interface Watched {
  readonly history: History;
  readonly seen: RecentIds;
  readonly bgp: BgpPeer;
  oper?: Oper;
  counters?: CounterTrack;
}

/** The present state of every configured virtual interface, down ones included, as TunnelStates has it of tunnels. */
export class VifStates {
  readonly #configured = new Map<string, Configured>();
  readonly #watched = new Map<string, Watched>();
  /** Ids are never used again, so what still arrives about a removed one is late. */
  readonly #removed = new Set<string>();

  /** By region/node, when a silent node was last heard. */
  #silent: ReadonlyMap<string, string> = new Map();

  constructor(private readonly sampleIntervalMs: number) {}

  /** The nodes that are silent now. */
  nodes(silent: ReadonlyMap<string, string>): void {
    this.#silent = silent;
  }

  decision({ data, time, actor, id }: CloudEvent<Decision>): void {
    if (!('vifId' in data)) return;
    const { vifId } = data;
    const watched = this.#watch(vifId);
    if (!watched?.seen.admit(id)) return;
    const before = this.#configured.get(vifId);
    const happened = (what: string) => watched.history.add({ at: time, what, detail: `by ${actor}` });
    switch (data.type) {
      case 'VirtualInterfaceCreated':
        this.#configured.set(vifId, data);
        happened('added');
        break;
      case 'VirtualInterfaceChanged':
        if (before) this.#configured.set(vifId, { ...before, bgpEnabled: data.bgpEnabled, name: data.name });
        happened('reconfigured');
        break;
      case 'VirtualInterfaceEnabled':
      case 'VirtualInterfaceDisabled': {
        const adminStatus = data.type === 'VirtualInterfaceEnabled' ? 'UP' : 'DOWN';
        if (before) this.#configured.set(vifId, { ...before, adminStatus });
        happened(`admin ${adminStatus}`);
        break;
      }
      case 'VirtualInterfaceDeleted':
        this.#removed.add(vifId);
        this.#configured.delete(vifId);
        this.#watched.delete(vifId);
    }
  }

  observation({ data, time, id }: CloudEvent<TunnelObservation>): void {
    if (data.type !== 'VifOperStatusChanged' && data.type !== 'VifGone') return;
    const watched = this.#watch(data.vifId);
    if (!watched?.seen.admit(id)) return;
    if (data.type === 'VifGone') {
      delete watched.oper;
      watched.history.addNews({ at: time, what: 'gone', detail: `${data.node} no longer runs it` });
      return;
    }
    const { operStatus: opStatus, reason: opReason, detail: opDetail, since: opSince, driver } = data;
    const turned = watched.oper?.opStatus !== opStatus;
    watched.oper = { opStatus, opReason, opDetail, opSince, driver };
    watched.history.addNews({ at: turned ? opSince : time, what: `oper ${opStatus}`, detail: opDetail === '' ? opReason : `${opReason}: ${opDetail}` });
  }

  /** A record of bgp.rib-in.v1 that fits its key. A null does not say whose it is: it counts where the peer is known. */
  ribIn({ key, event }: Pick<JournalRecord<BgpObservation>, 'key' | 'event'>): void {
    const [, vifId = '', about = ''] = /^[^/]+\/([^/]+)\/(.+)$/.exec(key) ?? [];
    if (event ? event.data.vifId === undefined : !this.#watched.has(vifId)) return;
    const bgp = this.#watch(vifId)?.bgp;
    if (about === 'session') bgp?.session(event as CloudEvent<SessionObservation> | null);
    else bgp?.route(about, event);
  }

  sample({ data, time }: CloudEvent<TelemetrySample>): void {
    if (data.type !== 'VifCountersSampled') return;
    const watched = this.#watch(data.vifId);
    // Nothing is encrypted on the line: both measurements are the one.
    if (watched) watched.counters = track(watched.counters, { counterEpoch: data.counterEpoch, original: data.io, encrypted: data.io }, time, this.sampleIntervalMs);
  }

  /** Withdraws the rates of those whose samples have stayed away. */
  passTime(nowMs: number): void {
    for (const watched of this.#watched.values()) if (watched.counters) watched.counters = withoutStaleRates(watched.counters, nowMs, this.sampleIntervalMs);
  }

  regionOf(vifId: string): string | undefined {
    return this.#configured.get(vifId)?.region;
  }

  /** In order. */
  idsOf({ region, bgwId }: { readonly region?: string | undefined; readonly bgwId?: string | undefined } = {}): string[] {
    const fits = (vif: Configured) => (region === undefined || vif.region === region) && (bgwId === undefined || vif.borderGatewayId === bgwId);
    return [...this.#configured].filter(([, vif]) => fits(vif)).map(([id]) => id).sort();
  }

  get(vifId: string): VifState | undefined {
    const vif = this.#configured.get(vifId);
    const watched = this.#watched.get(vifId);
    if (!vif || !watched) return undefined;
    const { bgp, counters, history } = watched;
    const { node } = vif.line;
    const since = this.#silent.get(keyOf.node(vif.region, node));
    const silent: Oper | undefined = since === undefined || (vif.adminStatus === 'DOWN' && watched.oper?.opStatus !== 'UP')
      ? undefined : { opStatus: 'DOWN', opReason: 'node-silent', opDetail: nodeSilent(node, since, 'line'), opSince: since, driver: watched.oper?.driver ?? null };
    const oper = silent ?? watched.oper;
    return {
      vifId, bgwId: vif.borderGatewayId, node, adminStatus: vif.adminStatus,
      // Missing means closed: one that nobody reports is DOWN.
      ...(oper ?? { opStatus: 'DOWN', opReason: vif.adminStatus === 'DOWN' ? 'admin-down' : 'preparing', opDetail: `no report from ${node}`, opSince: null, driver: null }),
      bgpStatus: !vif.bgpEnabled ? 'off' : !silent && bgp.established ? 'established' : 'down', bgpSince: vif.bgpEnabled ? bgp.since : null, learnedPrefixes: vif.bgpEnabled ? bgp.learnedPrefixes : 0,
      counters: counters ? { ...counters.totals.original, sampledAt: counters.sampledAt } : null,
      rates: counters?.rates ? { inBps: counters.rates.originalInBps, outBps: counters.rates.originalOutBps, inPps: counters.rates.packetsInPps, outPps: counters.rates.packetsOutPps } : null,
      history: merged(history, bgp.history),
    };
  }

  #watch(vifId: string): Watched | undefined {
    if (this.#removed.has(vifId)) return undefined;
    const watched = this.#watched.get(vifId) ?? { history: new History(), seen: new RecentIds(), bgp: new BgpPeer() };
    this.#watched.set(vifId, watched);
    return watched;
  }
}
