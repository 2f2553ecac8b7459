import { setTimeout as sleep } from 'node:timers/promises';

/** To be told apart from whatever the work answers. */
export const TOO_LATE = Symbol('the turn did not come in time');

/**
 * Work with the same key takes turns, in the order of its arrival; work with different keys does not meet. Whoever waits
 * holds nothing but its place: no connection, no transaction.
 */
export class Turns {
  /** By key, when the last one in the queue will have had its turn. */
  readonly #last = new Map<string, Promise<void>>();

  /** @param patienceMs how long the work may wait for its turn; then it is not done, and those behind it do not wait for it */
  async take<T>(key: string, patienceMs: number, work: () => Promise<T>): Promise<T | typeof TOO_LATE> {
    let end!: () => void;
    const mine = new Promise<void>((resolve) => { end = resolve; });
    const before = this.#last.get(key);
    const last = Promise.all([before, mine]).then(() => {
      if (this.#last.get(key) === last) this.#last.delete(key);
    });
    this.#last.set(key, last);
    try {
      if (before && (await cameTooLate(before, patienceMs))) return TOO_LATE;
      return await work();
    } finally {
      end();
    }
  }

  /** How many keys have work. */
  get size(): number {
    return this.#last.size;
  }
}

async function cameTooLate(before: Promise<void>, patienceMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(patienceMs, true, { signal: waiting.signal });
  try {
    return await Promise.race([before.then(() => false), late]);
  } finally {
    waiting.abort();
    late.catch(() => undefined); // the end of a wait that was cut short
  }
}
