import type { TelemetrySample } from '@bordergate/contracts';
import type { WantedTunnel } from '@bordergate/tunnel-core';
import { portOf, type Context } from './context.js';
import { Lane } from './lane.js';

/** Publishes counters and probes of every tunnel at an even pace; one that cannot be read is left out this time, and said. */
export class Sampler {
  readonly #lane: Lane;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly context: Context, intervalMs: number, private readonly tunnels: () => readonly WantedTunnel[]) {
    this.#lane = new Lane({
      work: () => context.metrics.timed('sampler', () => this.#sample()),
      onError: error => context.metrics.failed('sampler', error, {}),
      backoffMs: () => intervalMs,
    });
    this.#timer = setInterval(() => this.#lane.trigger(), intervalMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#lane.close();
  }

  async #sample(): Promise<null> {
    const { dataPlane, publisher, metrics } = this.context;
    const tunnels = this.tunnels();
    const samples = await Promise.all(tunnels.map(async tunnel => {
      try {
        const counters = await dataPlane.counters(portOf(tunnel));
        return counters ? [{ tunnel, counters }] : [];
      } catch (error) {
        metrics.failed('sampler', error, { tunnelId: tunnel.spec.tunnelId });
        return [];
      }
    }));
    await publisher.samples([
      ...samples.flat().map(({ tunnel, counters }): TelemetrySample => ({ type: 'TunnelCountersSampled', ...tunnel.ref, ...counters })),
      ...await this.#probes(tunnels),
    ]);
    return null;
  }

  async #probes(tunnels: readonly WantedTunnel[]): Promise<TelemetrySample[]> {
    const refs = new Map(tunnels.map(({ ref }) => [ref.tunnelId, ref]));
    return (await this.context.dataPlane.sentinel.samples()).flatMap((sample): TelemetrySample[] => {
      const ref = refs.get(sample.tunnelId);
      return ref ? [{ type: 'TunnelProbesSampled', ...ref, ...sample }] : [];
    });
  }
}
