import type { Decision } from '@bordergate/contracts';
import type { Decider } from '@bordergate/kernel';
import { readStream } from './event-store.js';
import type { Sql } from './sql.js';

/** A stream as the store has it. */
export interface StoredStream<S = unknown> {
  /** Of its last event; 0: it does not exist. */
  readonly version: number;
  readonly state: S;
  /** Its first event, which says what and where it is; undefined when it does not exist. */
  readonly first: Decision | undefined;
}

/**
 * States of the streams that were used last, so that a command folds only what is new since the one before. A stream only
 * grows and states are values: an entry can be old, never wrong, and what other processes append is read like anything new.
 */
export class StreamStates {
  /** In the order of use, the oldest first. */
  readonly #known = new Map<string, StoredStream>();

  /** @param capacity how many streams are kept */
  constructor(private readonly capacity = 1_000) {}

  /** @param tx must not have appended to the stream itself: that could still be rolled back */
  async read<S, E extends Decision>(tx: Sql, stream: string, decider: Pick<Decider<S, never, E>, 'initial' | 'evolve'>): Promise<StoredStream<S>> {
    const known = this.#known.get(stream) as StoredStream<S> | undefined;
    const events = await readStream<E>(tx, stream, known?.version);
    const state = events.reduce((folded, { decision }) => decider.evolve(folded, decision), known ? known.state : decider.initial);
    const read = { version: events.at(-1)?.version ?? known?.version ?? 0, state, first: known?.first ?? events[0]?.decision };
    if (read.version > 0) this.#keep(stream, read);
    return read;
  }

  #keep(stream: string, read: StoredStream): void {
    this.#known.delete(stream);
    this.#known.set(stream, read);
    if (this.#known.size > this.capacity) this.#known.delete(this.#known.keys().next().value!);
  }
}
