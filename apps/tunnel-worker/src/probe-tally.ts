import type { ProbeSample } from './data-plane.js';

/** Counts probes until somebody asks. */
export class ProbeTally {
  #sent = 0;
  #received = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** `null`: no answer came in time. */
  add(rttMs: number | null): void {
    this.#sent += 1;
    if (rttMs === null) return;
    this.#received += 1;
    this.#sum += rttMs;
    this.#min = Math.min(this.#min, rttMs);
    this.#max = Math.max(this.#max, rttMs);
  }

  /** Undefined when nothing was sent. Counting begins anew. */
  take(): Pick<ProbeSample, 'sent' | 'received' | 'rttMs'> | undefined {
    if (this.#sent === 0) return undefined;
    const [sent, received] = [this.#sent, this.#received];
    const rttMs = received > 0 ? { min: this.#min, avg: Math.round((this.#sum / received) * 1_000) / 1_000, max: this.#max } : null;
    [this.#sent, this.#received, this.#sum, this.#min, this.#max] = [0, 0, 0, Infinity, 0];
    return { sent, received, rttMs };
  }
}
