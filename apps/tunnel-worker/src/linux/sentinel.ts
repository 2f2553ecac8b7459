import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseLogLine } from '@bordergate/bird';
import type { Log } from '@bordergate/platform';
import { awaitsAnyPacket, inDoubt, isHeard, isInUse, live, PROBE_INTERVAL_MS, UNKNOWN, verdictOf, type Liveness, type LivenessFact } from '@bordergate/tunnel-core';
import type { Judgement, ProbeSample, SentinelTarget } from '../data-plane.js';
import { ProbeTally } from '../probe-tally.js';
import { LogTail } from './log-file.js';
import { Prober, type ProbeResult } from './prober.js';

/** What the sentinel is told, and what it tells: plain data, for it may live in a thread of its own. */
export type SentinelOrder =
  | { readonly order: 'watch'; readonly borderGatewayId: string; readonly netns: string; readonly birdLog: string; readonly tunnels: readonly SentinelTarget[] }
  | { readonly order: 'bfd-looked-up'; readonly borderGatewayId: string; readonly up: readonly string[] }
  | { readonly order: 'samples'; readonly request: number }
  | { readonly order: 'close' };
export type SentinelReport =
  | { readonly report: 'judgement'; readonly judgement: Judgement }
  | { readonly report: 'samples'; readonly request: number; readonly samples: readonly ProbeSample[] }
  | { readonly report: 'closed' };

/** How often silence is looked for. It adds to the time of a failover; while nothing is in doubt it costs a look at a clock. */
const TICK_MS = 25;
/** An outage may last: who is only waited for is looked at now and then. */
const UNHURRIED_TICKS = 4;
/** A tick that comes so late makes its judge a bad witness of silence. */
const LATE_MS = PROBE_INTERVAL_MS;

interface Watched {
  target: SentinelTarget;
  readonly tally: ProbeTally;
  liveness: Liveness;
  verdict: Judgement['verdict'];
}

interface WatchedGateway {
  readonly prober: Prober;
  readonly tail: LogTail;
  readonly tunnels: Map<string, Watched>;
}

/** What the other nodes hear is not known here: a tunnel there counts as one that carries. */
const isLast = ({ target }: Watched, tunnels: readonly Watched[]): boolean =>
  !target.hasOtherElsewhere && !tunnels.some(other => other.target.vpnConnectionId === target.vpnConnectionId && isInUse(other.liveness));

/** Listens for the peers of all tunnels of a node, and takes a device down the moment its peer is found silent while others are heard. */
export class Sentinel {
  readonly #gateways = new Map<string, WatchedGateway>();
  readonly #timer = setInterval(() => this.#tick(), TICK_MS);
  #ticks = 0;
  #tickedAt = performance.now();
  #punctualSince = this.#tickedAt;

  constructor(private readonly log: Log, private readonly tell: (report: SentinelReport) => void) {}

  async take(order: SentinelOrder): Promise<void> {
    switch (order.order) {
      case 'watch': return this.#watch(order);
      case 'bfd-looked-up': return this.#lookedUp(order.borderGatewayId, new Set(order.up));
      case 'samples': return this.tell({ report: 'samples', request: order.request, samples: this.#samples() });
      case 'close': return this.#close();
    }
  }

  async #watch({ borderGatewayId, netns, birdLog, tunnels }: Extract<SentinelOrder, { order: 'watch' }>): Promise<void> {
    if (tunnels.length === 0 && !this.#gateways.has(borderGatewayId)) return;
    const gateway = this.#gateways.get(borderGatewayId) ?? await this.#begin(borderGatewayId, netns, birdLog);
    const wanted = new Map(tunnels.map(target => [target.tunnelId, target]));
    for (const [tunnelId, { target }] of gateway.tunnels) if (wanted.get(tunnelId)?.remoteTunnelIp !== target.remoteTunnelIp) gateway.tunnels.delete(tunnelId);
    for (const target of tunnels) {
      const watched = gateway.tunnels.get(target.tunnelId) ?? { target, tally: new ProbeTally(), liveness: UNKNOWN, verdict: 'usable' as const };
      watched.target = target;
      gateway.tunnels.set(target.tunnelId, watched);
      this.#learn(gateway, watched, { fact: 'ike', at: Date.now(), ikeSas: target.ikeSas, dpd: target.dpd });
    }
    if (tunnels.length === 0) {
      this.#gateways.delete(borderGatewayId);
      gateway.tail.close();
    }
    await gateway.prober.probe(tunnels);
  }

  async #begin(borderGatewayId: string, netns: string, birdLog: string): Promise<WatchedGateway> {
    const tunnels = new Map<string, Watched>();
    const gateway: WatchedGateway = {
      tunnels,
      prober: new Prober(netns, this.log, result => this.#probed(gateway, result)),
      // BIRD's own log, so that no one stands between a change of BFD and the device.
      tail: new LogTail(birdLog, line => this.#logged(gateway, line), error => this.log.error('the log of bird cannot be read', { borderGatewayId, error })),
    };
    this.#gateways.set(borderGatewayId, gateway);
    mkdirSync(path.dirname(birdLog), { recursive: true, mode: 0o755 });
    await gateway.tail.start();
    return gateway;
  }

  #lookedUp(borderGatewayId: string, up: ReadonlySet<string>): void {
    const gateway = this.#gateways.get(borderGatewayId);
    for (const watched of gateway?.tunnels.values() ?? []) this.#learn(gateway!, watched, { fact: 'bfd-looked-up', at: Date.now(), up: up.has(watched.target.remoteTunnelIp) });
  }

  #logged(gateway: WatchedGateway, line: string): void {
    const event = parseLogLine(line);
    if (event?.type !== 'bfd') return;
    for (const watched of gateway.tunnels.values()) {
      if (watched.target.remoteTunnelIp === event.neighborAddress) this.#learn(gateway, watched, { fact: 'bfd', at: Date.now(), state: event.to });
    }
  }

  #probed(gateway: WatchedGateway, { tunnelId, at, rttMs }: ProbeResult): void {
    const watched = gateway.tunnels.get(tunnelId);
    if (!watched) return;
    watched.tally.add(rttMs);
    if (rttMs !== null) this.#learn(gateway, watched, { fact: 'reply', at });
  }

  #tick(): void {
    const at = Date.now();
    const punctualMs = this.#punctualMs();
    const unhurried = ++this.#ticks % UNHURRIED_TICKS === 0;
    for (const gateway of this.#gateways.values()) {
      const tunnels = [...gateway.tunnels.values()];
      for (const watched of tunnels) if (watched.liveness.silent) this.#learn(gateway, watched, { fact: 'time', at, last: isLast(watched, tunnels) });
      const doubtful = tunnels.filter(({ liveness }) => inDoubt(liveness, at) || (unhurried && awaitsAnyPacket(liveness)));
      if (doubtful.length === 0) continue;
      const traffic = gateway.prober.traffic();
      for (const watched of doubtful) {
        const seen = traffic.get(watched.target.tunnelId);
        const heard = tunnels.some(other => isHeard(other.liveness, at));
        if (seen) this.#learn(gateway, watched, { fact: 'traffic', at, seen, witness: { heard, punctualMs } });
      }
    }
  }

  /** By a clock that nobody sets. */
  #punctualMs(): number {
    const now = performance.now();
    if (now - this.#tickedAt > TICK_MS + LATE_MS) this.#punctualSince = now;
    this.#tickedAt = now;
    return now - this.#punctualSince;
  }

  #learn(gateway: WatchedGateway, watched: Watched, fact: LivenessFact): void {
    watched.liveness = live(watched.liveness, fact);
    const verdict = verdictOf(watched.liveness, fact.at);
    if (verdict === watched.verdict) return;
    const { tunnelId } = watched.target;
    // Here and at once: in the kernel this moves every route that has another way.
    if (verdict === 'hold-down') gateway.prober.cutOff(tunnelId);
    watched.verdict = verdict;
    const { silent, relapses, heardAt } = watched.liveness;
    this.tell({ report: 'judgement', judgement: { tunnelId, verdict, ...(silent ? { because: silent.because, alone: silent.alone !== null, heardMsAgo: Math.round(silent.since - heardAt), relapses } : {}) } });
  }

  #samples(): ProbeSample[] {
    return [...this.#gateways.values()].flatMap(({ tunnels }) => [...tunnels].flatMap(([tunnelId, { tally, liveness }]): ProbeSample[] => {
      const sample = tally.take();
      return sample ? [{ tunnelId, ...sample, answers: liveness.answers }] : [];
    }));
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    for (const gateway of this.#gateways.values()) {
      gateway.tail.close();
      await gateway.prober.close();
    }
    this.#gateways.clear();
    this.tell({ report: 'closed' });
  }
}
