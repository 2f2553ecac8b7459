import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses between attempts: doubles from `first` up to `last`, in ms. */
export interface Backoff {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_BACKOFF: Backoff = { first: 50, last: 5_000 };

/** Tries until it works: true; or until the signal says that nobody waits any more: false. */
export async function persist(attempt: () => Promise<void>, backoff: Backoff, stopped: AbortSignal, onError: (error: unknown) => void): Promise<boolean> {
  for (let pause = backoff.first; !stopped.aborted; pause = Math.min(pause * 2, backoff.last)) {
    try {
      await attempt();
      return true;
    } catch (error) {
      onError(error);
      await pausing(pause, stopped);
    }
  }
  return false;
}

/** A pause that the signal ends. */
export async function pausing(ms: number, stopped: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopped }).catch(() => undefined); // the only way it fails is the signal
}

/** Waits for it, but no longer. @throws what it throws meanwhile */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, pausing(ms, enough.signal)]).finally(() => enough.abort());
}
