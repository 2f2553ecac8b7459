import { peerIdOf, type PeerRef, type TelemetrySample } from '@bordergate/contracts';
import type { WantedTunnel, WantedVif } from '@bordergate/tunnel-core';
import { portOf, type Context } from './context.js';
import { Lane } from './lane.js';

/** Publishes counters and probes of every tunnel and virtual interface at an even pace; one that cannot be read is left out this time, and said. */
export class Sampler {
  readonly #lane: Lane;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly context: Context, intervalMs: number, private readonly wanted: () => { readonly tunnels: ReadonlyMap<string, WantedTunnel>; readonly vifs: ReadonlyMap<string, WantedVif> }) {
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
    const { tunnels, vifs } = this.wanted();
    const read = async (ref: PeerRef, sample: () => Promise<TelemetrySample | undefined>): Promise<TelemetrySample[]> => {
      try {
        return [await sample()].filter(one => one !== undefined);
      } catch (error) {
        metrics.failed('sampler', error, { legId: peerIdOf(ref) });
        return [];
      }
    };
    const ofTunnels = [...tunnels.values()].map(tunnel => read(tunnel.ref, async () => {
      const counters = await dataPlane.counters(portOf(tunnel));
      return counters && { type: 'TunnelCountersSampled', ...tunnel.ref, ...counters };
    }));
    const ofVifs = [...vifs.values()].map(({ ref }) => read(ref, async () => {
      const counters = await dataPlane.vifs.counters(ref);
      return counters && { type: 'VifCountersSampled', ...ref, ...counters };
    }));
    publisher.samples([...(await Promise.all([...ofTunnels, ...ofVifs])).flat(), ...(await this.#probes([...tunnels.values()]))]);
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
