import { peerIdOf } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';
import { pausing } from '@bordergate/platform';
import { ribInWithdrawal, type Wanted } from '@bordergate/tunnel-core';
import type { Context } from './context.js';
import type { Change, Judgement, VifPlace } from './data-plane.js';
import { GatewayRunner } from './gateway-runner.js';
import type { Inbox } from './inbox.js';
import type { TunnelStanding } from './metrics.js';
import { TopologyRunner } from './topology-runner.js';
import { TunnelRunner } from './tunnel-runner.js';
import { VifRunner } from './vif-runner.js';

export interface LoopOptions {
  /** How long nothing wanted may change before the facts count as complete: derivations follow looks by a little. */
  readonly settleMs: number;
  readonly lookMs: number;
  readonly sweepMs: number;
}

/** A thing that hangs must not keep a worker from its work, nor a gateway that never rests. In settle times. */
const LOOKS_AT_MOST = 20;
const UNREST_AT_MOST = 4;

/**
 * Brings what is there to what is wanted, for ever. Facts, the driver's events and timers are only triggers: each
 * runner looks for itself. Three runners: topology (namespaces, links), one per gateway (BIRD, FIB), one per tunnel.
 *
 * A start has two gates. `read`: the topics were read to their end, so tunnels that are wanted may be made or adopted.
 * `settled`: derivations have come to rest, so BIRD may be configured and what nobody wants may be removed. Between the
 * two the worker only looks and tells, since routes of VPCs follow from what it tells.
 */
export class Loop {
  readonly #topology: TopologyRunner;
  readonly #gateways = new Map<string, GatewayRunner>();
  readonly #tunnels = new Map<string, TunnelRunner>();
  readonly #vifs = new Map<string, VifRunner>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #closing = new AbortController();
  #wanted: Wanted = { gateways: new Map(), vpcs: new Map(), tunnels: new Map(), vifs: new Map() };
  #read = false;
  #settled = false;
  #refreshing = false;
  #lastChangeAt = 0;

  constructor(private readonly context: Context, private readonly inbox: Inbox, private readonly options: LoopOptions) {
    this.#topology = new TopologyRunner(context, {
      wanted: () => this.#wanted,
      settled: () => this.#settled,
      gatewayOf: id => inbox.facts.known(id)?.borderGatewayId,
      configureBird: async id => { await this.#gateways.get(id)?.configure(); },
      foundTunnels: ids => { for (const id of ids) if (!this.#wanted.tunnels.has(id)) this.#tunnel(id).trigger(); },
      foundVifs: vifs => { for (const vif of vifs) if (!this.#wanted.vifs.has(vif.vifId)) this.#vif(vif).trigger(); },
      gatewayLeaves: id => this.#gatewayLeaves(id),
      changed: () => this.#look(),
    });
    context.dataPlane.onChange(change => this.#onChange(change));
    context.dataPlane.sentinel.onJudgement(judgement => this.#onJudgement(judgement));
  }

  /** To be called once the topics were read to their end. Resolves when the facts have settled and the sweep has begun. */
  async start(): Promise<void> {
    this.#read = true;
    this.#refresh();
    this.#topology.trigger();
    this.#timers.push(setInterval(() => this.#look(), this.options.lookMs).unref(), setInterval(() => this.#topology.trigger(), this.options.sweepMs).unref());
    await this.#atRest();
    if (this.#closing.signal.aborted) return;
    this.#settled = true;
    this.context.log.info('facts have settled', { tunnels: this.#wanted.tunnels.size, gateways: this.#wanted.gateways.size });
    this.#withdrawForgotten();
    this.#topology.trigger();
  }

  /** Facts came in; many batches are one refresh. */
  factsChanged(): void {
    if (!this.#read || this.#refreshing || this.#closing.signal.aborted) return;
    this.#refreshing = true;
    setImmediate(() => {
      this.#refreshing = false;
      if (!this.#closing.signal.aborted) this.#refresh();
    });
  }

  get wanted(): Wanted {
    return this.#wanted;
  }

  *standings(): Generator<TunnelStanding> {
    for (const tunnel of this.#wanted.tunnels.values()) {
      const { tunnelId } = tunnel.ref;
      const runner = this.#tunnels.get(tunnelId);
      yield { tunnel, snapshot: runner?.snapshot, failures: runner?.failureCounts ?? new Map() };
    }
  }

  /** Runners end what they are at; daemons, namespaces and tunnels stay. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#topology, ...this.#gateways.values(), ...this.#tunnels.values(), ...this.#vifs.values()].map(runner => runner.close()));
  }

  /** Only what differs is triggered: one change touches one tunnel. */
  #refresh(): void {
    const { region, node } = this.context;
    const [before, now] = [this.#wanted, this.inbox.facts.wanted(region, node)];
    this.#wanted = now;
    for (const id of changedKeys(before.tunnels, now.tunnels)) this.#tunnel(id).trigger();
    for (const id of changedKeys(before.vifs, now.vifs)) this.#vif((now.vifs.get(id) ?? before.vifs.get(id))!.ref).trigger();
    for (const id of changedKeys(before.gateways, now.gateways)) this.#gateway(id).trigger();
    if (!sameData(topologyOf(before), topologyOf(now))) this.#topology.trigger();
    if (!sameWanted(before, now)) this.#lastChangeAt = this.context.clock.now();
  }

  #look(): void {
    for (const id of this.#wanted.tunnels.keys()) this.#tunnel(id).trigger();
    for (const { ref } of this.#wanted.vifs.values()) this.#vif(ref).trigger();
    for (const id of this.#wanted.gateways.keys()) this.#gateway(id).trigger();
  }

  #onChange(change: Change): void {
    if (!this.#read || this.#closing.signal.aborted) return;
    if (change.what === 'tunnel') {
      this.#tunnels.get(change.tunnelId)?.noted(change.event);
      return;
    }
    this.#gateways.get(change.borderGatewayId)?.trigger();
    // A line's carrier comes and goes without another sign.
    for (const vif of this.#vifs.values()) if (vif.place.borderGatewayId === change.borderGatewayId) vif.trigger();
  }

  #onJudgement(judgement: Judgement): void {
    const { tunnelId, verdict } = judgement;
    this.context.log[verdict === 'usable' ? 'info' : 'warn']('liveness', { ...judgement });
    if (this.#closing.signal.aborted) return;
    if (![...this.#gateways.values()].some(gateway => gateway.judged(judgement))) return;
    this.#tunnels.get(tunnelId)?.trigger();
  }

  #tunnel(tunnelId: string): TunnelRunner {
    const existing = this.#tunnels.get(tunnelId);
    if (existing) return existing;
    const runner = new TunnelRunner(this.context, tunnelId, {
      wanted: id => this.#wanted.tunnels.get(id),
      known: id => this.inbox.facts.known(id),
      gatewayReady: id => this.#topology.hasGateway(id),
      settled: () => this.#settled && this.#topology.linked,
      withdraw: async (gatewayId, id) => { await this.#gateways.get(gatewayId)?.withdraw(id); },
      restore: (gatewayId, id) => this.#gateways.get(gatewayId)?.restore(id),
      verdict: (gatewayId, id) => this.#gateways.get(gatewayId)?.verdict(id) ?? 'usable',
      carriedBy: (gatewayId, id, ikeSas) => this.#gateways.get(gatewayId)?.liveness.ike(id, ikeSas),
      routingChanged: gatewayId => this.#gateways.get(gatewayId)?.trigger(),
      gone: id => this.#gone(id),
    });
    this.#tunnels.set(tunnelId, runner);
    return runner;
  }

  #vif({ vifId, borderGatewayId }: VifPlace): VifRunner {
    const existing = this.#vifs.get(vifId);
    if (existing) return existing;
    const runner = new VifRunner(this.context, { vifId, borderGatewayId }, {
      wanted: id => this.#wanted.vifs.get(id),
      gatewayReady: id => this.#topology.hasGateway(id),
      settled: () => this.#settled && this.#topology.linked,
      withdraw: async (gatewayId, id) => { await this.#gateways.get(gatewayId)?.withdraw(id); },
      restore: (gatewayId, id) => this.#gateways.get(gatewayId)?.restore(id),
      routingChanged: gatewayId => this.#gateways.get(gatewayId)?.trigger(),
      gone: place => this.#vifGone(place),
    });
    this.#vifs.set(vifId, runner);
    return runner;
  }

  #vifGone(place: VifPlace): void {
    this.#withdrawPeer(place.borderGatewayId, place.vifId);
    void this.#vifs.get(place.vifId)?.close();
    this.#vifs.delete(place.vifId);
    if (this.#wanted.vifs.has(place.vifId) && !this.#closing.signal.aborted) this.#vif(place).trigger(); // again, meanwhile
    this.#topology.trigger();
  }

  #gateway(borderGatewayId: string): GatewayRunner {
    const existing = this.#gateways.get(borderGatewayId);
    if (existing) return existing;
    const runner = new GatewayRunner(this.context, borderGatewayId, {
      wanted: id => this.#wanted.gateways.get(id),
      ready: id => this.#topology.hasGateway(id),
      settled: () => this.#settled && this.#topology.linked,
      link: id => this.#topology.link(id),
      ribIn: this.inbox.ribIn,
      judged: id => this.#tunnels.get(id)?.trigger(),
    });
    this.#gateways.set(borderGatewayId, runner);
    return runner;
  }

  async #gatewayLeaves(borderGatewayId: string): Promise<void> {
    const runner = this.#gateways.get(borderGatewayId);
    this.#gateways.delete(borderGatewayId);
    await runner?.close();
  }

  /** Told by the runner as the last of its work, for whose end nobody can wait here. */
  #gone(tunnelId: string): void {
    const known = this.inbox.facts.known(tunnelId);
    if (known) this.#withdrawPeer(known.borderGatewayId, tunnelId);
    void this.#tunnels.get(tunnelId)?.close();
    this.#tunnels.delete(tunnelId);
    if (this.#wanted.tunnels.has(tunnelId) && !this.#closing.signal.aborted) this.#tunnel(tunnelId).trigger(); // again, meanwhile
    this.#topology.trigger();
  }

  /** Peers this node speaks for in the topic and does not run any more: removed while no worker was there. */
  #withdrawForgotten(): void {
    const { region, node } = this.context;
    const ours = [...this.inbox.ribIn.values()].filter(row => row.region === region && row.node === node);
    const forgotten = new Map(ours.filter(row => !this.#wanted.tunnels.has(peerIdOf(row)) && !this.#wanted.vifs.has(peerIdOf(row))).map(row => [peerIdOf(row), row.borderGatewayId]));
    for (const [peerId, borderGatewayId] of forgotten) this.#withdrawPeer(borderGatewayId, peerId);
  }

  #withdrawPeer(borderGatewayId: string, peerId: string): void {
    const rows = ribInWithdrawal(this.inbox.ribIn, borderGatewayId, peerId);
    this.context.publisher.ribIn(borderGatewayId, rows);
    for (const { key } of rows) this.inbox.ribIn.delete(key);
  }

  /**
   * Everything of ours was looked at and told, and then nothing that this node wants has changed for a while: what
   * routing derives from our looks has come back. Facts about others do not count; a busy region is no unrest.
   */
  async #atRest(): Promise<void> {
    const { settleMs } = this.options;
    const pause = (ms: number): Promise<void> => pausing(ms, this.#closing.signal);
    await Promise.race([this.#firstLooks(), pause(LOOKS_AT_MOST * settleMs)]);
    this.#lastChangeAt = this.context.clock.now();
    const latest = this.#lastChangeAt + UNREST_AT_MOST * settleMs;
    for (;;) {
      const left = Math.min(this.#lastChangeAt + settleMs, latest) - this.context.clock.now();
      if (left <= 0 || this.#closing.signal.aborted) return;
      await pause(left);
    }
  }

  async #firstLooks(): Promise<void> {
    await this.#topology.idle();
    this.#look();
    await Promise.all([...this.#gateways.values(), ...this.#tunnels.values(), ...this.#vifs.values()].map(runner => runner.idle()));
    await this.context.publisher.told();
  }
}

function changedKeys<V>(before: ReadonlyMap<string, V>, now: ReadonlyMap<string, V>): Set<string> {
  const changed = new Set([...before.keys()].filter(key => !now.has(key)));
  for (const [key, value] of now) if (!before.has(key) || !sameData(before.get(key), value)) changed.add(key);
  return changed;
}

const sameWanted = (a: Wanted, b: Wanted): boolean =>
  [[a.gateways, b.gateways], [a.tunnels, b.tunnels], [a.vifs, b.vifs], [a.vpcs, b.vpcs]].every(([x, y]) => sameData([...x!], [...y!]));

/** What the topology runner looks at: a changed tunnel option is none of it. */
const topologyOf = (wanted: Wanted): unknown => ({
  gateways: [...wanted.gateways.values()].map(({ borderGatewayId, transitEnabled, attachments }) => ({ borderGatewayId, transitEnabled, attachments })),
  vpcs: [...wanted.vpcs.values()],
});
