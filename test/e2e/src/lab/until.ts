import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
}

/**
 * Polls until `probe` returns something other than undefined or false.
 * A probe that throws is one that is not there yet; the last reason is told when time runs out.
 */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>, options: UntilOptions): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  let lastReason = 'never true';
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      if (error instanceof GivenUp) throw error;
      lastReason = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline) throw new Error(`waited ${options.timeoutMs} ms for ${what}: ${lastReason}`);
    await sleep(options.intervalMs ?? 20);
  }
}

/** Thrown by a probe that knows that waiting is useless, such as for a daemon that has died. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}
