import type { BirdBfdSession } from '@bordergate/bird';
import type { TunnelProbesSampled } from '@bordergate/contracts';
import { inDoubt, live, UNKNOWN, verdictOf, type Liveness, type LivenessFact, type TrafficSeen, type Verdict, type WantedTunnel } from '@bordergate/tunnel-core';
import { portOf, type Context } from './context.js';
import type { BfdChange, ProbeResult, TunnelPort } from './data-plane.js';
import { ProbeTally } from './probe-tally.js';

export interface LivenessSurroundings {
  /** The verdict on a tunnel has changed: BIRD has to be told, and the device looked after. */
  judged(tunnelId: string): void;
}

/** How often silence is looked for. It adds to the time of a failover; while nothing is in doubt it costs a look at a clock. */
const TICK_MS = 25;

interface Watched {
  tunnel: WantedTunnel;
  port: TunnelPort;
  readonly tally: ProbeTally;
  liveness: Liveness;
  verdict: Verdict;
}

/** Listens for the peers of one gateway's tunnels, and takes a device down the moment its peer is found silent. */
export class LivenessRunner {
  readonly #watched = new Map<string, Watched>();
  /** What was said of tunnels, which may be before they are watched. */
  readonly #carriers = new Map<string, readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly context: Context, readonly borderGatewayId: string, private readonly around: LivenessSurroundings) {}

  /** The tunnels to be watched from now on; what is known of those that stay is kept. */
  async watch(tunnels: readonly WantedTunnel[]): Promise<void> {
    if (this.#closed) return;
    const ports = new Map(tunnels.map(tunnel => [tunnel.ref.tunnelId, portOf(tunnel)]));
    for (const [tunnelId, { port }] of this.#watched) if (ports.get(tunnelId)?.remoteTunnelIp !== port.remoteTunnelIp) this.#watched.delete(tunnelId);
    for (const tunnel of tunnels) {
      const { tunnelId } = tunnel.ref;
      const port = ports.get(tunnelId)!;
      const known = this.#watched.get(tunnelId);
      if (known) Object.assign(known, { tunnel, port });
      else {
        this.#watched.set(tunnelId, { tunnel, port, tally: new ProbeTally(), liveness: UNKNOWN, verdict: 'usable' });
        this.ike(tunnelId, this.#carriers.get(tunnelId) ?? []);
      }
    }
    await this.context.dataPlane.prober(this.borderGatewayId).probe([...ports.values()], result => this.#probed(result));
    clearInterval(this.#timer);
    this.#timer = this.#watched.size > 0 && !this.#closed ? setInterval(() => this.#tick(), TICK_MS).unref() : undefined;
  }

  verdict(tunnelId: string): Verdict {
    return this.#watched.get(tunnelId)?.verdict ?? 'usable';
  }

  get silent(): ReadonlySet<string> {
    return new Set([...this.#watched].filter(([, { verdict }]) => verdict !== 'usable').map(([tunnelId]) => tunnelId));
  }

  /** The IKE SAs that carry a tunnel; to be told before anything is done that ends them, or else their end looks like a failure. */
  ike(tunnelId: string, ikeSas: readonly string[]): void {
    this.#carriers.set(tunnelId, ikeSas);
    const watched = this.#watched.get(tunnelId);
    if (watched) this.#learn(watched, { fact: 'ike', at: this.context.clock.now(), ikeSas, dpd: watched.tunnel.spec.options.ikeDpdSec > 0 });
  }

  /** BIRD says that the state of a session has changed. */
  bfd({ neighborAddress, state }: BfdChange): void {
    for (const watched of this.#watched.values()) {
      if (watched.port.remoteTunnelIp === neighborAddress) this.#learn(watched, { fact: 'bfd', at: this.context.clock.now(), state });
    }
  }

  /** BIRD was asked for its sessions. */
  bfdLookedUp(sessions: readonly BirdBfdSession[]): void {
    const up = new Set(sessions.filter(session => session.state === 'up').map(session => session.neighborAddress));
    for (const watched of this.#watched.values()) this.#learn(watched, { fact: 'bfd-looked-up', at: this.context.clock.now(), up: up.has(watched.port.remoteTunnelIp) });
  }

  /** Probes since the last time this was asked. */
  samples(): TunnelProbesSampled[] {
    return [...this.#watched.values()].flatMap(({ tunnel, tally, liveness }): TunnelProbesSampled[] => {
      const sample = tally.take();
      return sample ? [{ type: 'TunnelProbesSampled', ...tunnel.ref, ...sample, answers: liveness.answers }] : [];
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#watched.clear();
    await this.context.dataPlane.prober(this.borderGatewayId).probe([], () => {});
  }

  #probed({ tunnelId, at, rttMs }: ProbeResult): void {
    const watched = this.#watched.get(tunnelId);
    if (!watched) return;
    watched.tally.add(rttMs);
    if (rttMs !== null) this.#learn(watched, { fact: 'reply', at });
  }

  #tick(): void {
    const at = this.context.clock.now();
    let traffic: ReadonlyMap<string, TrafficSeen> | undefined;
    for (const [tunnelId, watched] of this.#watched) {
      if (watched.liveness.silent) this.#learn(watched, { fact: 'time', at });
      if (!inDoubt(watched.liveness, at)) continue;
      traffic ??= this.context.dataPlane.prober(this.borderGatewayId).traffic() ?? new Map();
      const seen = traffic.get(tunnelId);
      if (seen) this.#learn(watched, { fact: 'traffic', at, seen });
    }
  }

  #learn(watched: Watched, fact: LivenessFact): void {
    watched.liveness = live(watched.liveness, fact);
    const verdict = verdictOf(watched.liveness, fact.at);
    if (verdict === watched.verdict) return;
    const { log, dataPlane, metrics } = this.context;
    const { tunnelId } = watched.port;
    const { silent } = watched.liveness;
    log.warn('liveness', { tunnelId, verdict, ...(silent ? { because: silent.because, relapses: watched.liveness.relapses } : {}) });
    watched.verdict = verdict;
    // At once and not by way of a plan, which may wait for others: in the kernel this moves every route that has another way.
    if (verdict === 'hold-down') {
      dataPlane.setDevice(watched.port, false).catch((error: unknown) => metrics.failed('tunnel', error, { tunnelId })).finally(() => this.around.judged(tunnelId));
      return;
    }
    this.around.judged(tunnelId);
  }
}
