import { Counter, Histogram, type Registry } from 'prom-client';

/** What an operator sees of the way into the store. */
export class IngestMetrics {
  readonly samples: Counter<'result'>;
  readonly #seconds: Histogram;
  readonly #tunnels: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.samples = new Counter({ name: 'bordergate_telemetry_samples_total', help: 'samples read for the series; ignored: duplicates, late ones, wrong clocks', labelNames: ['result'], registers });
    this.#seconds = new Histogram({ name: 'bordergate_telemetry_store_seconds', help: 'time in which what came in a minute is stored', buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30], registers });
    this.#tunnels = new Counter({ name: 'bordergate_telemetry_stored_tunnels_total', help: 'tunnels whose points were stored, each time', registers });
  }

  stored(tunnels: number, seconds: number): void {
    this.#tunnels.inc(tunnels);
    this.#seconds.observe(seconds);
  }
}
