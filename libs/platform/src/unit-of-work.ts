import type { Decision, EventMeta, RecordedEvent } from '@bordergate/contracts';
import { isRejection, run, type Decider, type Rejection } from '@bordergate/kernel';
import type { EntityManager } from 'typeorm';
import { appendAndCommit, pendingEvents, type PendingEvent } from './event-store.js';
import type { Statement } from './sql.js';
import { StreamStates, type StoredStream } from './stream-states.js';

/**
 * Updates inline views from new events, in the transaction that stores them.
 * @param before a stream of these events as it is in the store, before what this unit decides
 */
export type InlineViews = (tx: EntityManager, events: readonly PendingEvent[], before: (stream: string) => StoredStream) => Promise<void>;

interface Loaded {
  version: number;
  state: unknown;
}

/** What one command reads and decides, over any number of streams; appended in one go at its end. */
export class UnitOfWork {
  readonly #streams = new Map<string, Promise<Loaded>>();
  /** As they are in the store, before what this unit decides. */
  readonly #stored = new Map<string, StoredStream>();
  readonly #queued: PendingEvent[] = [];
  #viewed = 0;

  constructor(
    /** The transaction: for reading and writing tables beside the streams. */
    readonly tx: EntityManager,
    readonly meta: EventMeta,
    private readonly views: InlineViews = async () => {},
    private readonly states = new StreamStates(),
  ) {}

  /** Begins to read a stream that will be needed, while other things are asked. */
  foresee<S, C, E extends Decision>(stream: string, decider: Decider<S, C, E>): void {
    this.#open(stream, decider).catch(() => undefined); // whoever needs it is told
  }

  /** State and version of a stream, with what this unit has already decided on it; version 0: it does not exist. */
  async load<S, C, E extends Decision>(stream: string, decider: Decider<S, C, E>): Promise<{ state: S; version: number }> {
    const { state, version } = await this.#open(stream, decider);
    return { state: state as S, version };
  }

  /**
   * Decides a command on a stream and queues what happened.
   * @returns the new events, the state and the version after them; or the refusal
   */
  async decide<S, C, E extends Decision>(stream: string, decider: Decider<S, C, E>, command: C): Promise<{ events: readonly E[]; state: S; version: number } | Rejection> {
    const opened = await this.#open(stream, decider);
    const decided = run(decider, opened.state as S, command);
    if (isRejection(decided)) return decided;
    this.#queued.push(...pendingEvents(stream, opened.version, decided.events, this.meta));
    opened.version += decided.events.length;
    opened.state = decided.state;
    return { ...decided, version: opened.version };
  }

  /** Brings the inline views up to what was decided so far, for a unit that answers from them. Happens at the end anyway. */
  async applyViews(): Promise<void> {
    const fresh = this.#queued.slice(this.#viewed);
    this.#viewed = this.#queued.length;
    if (fresh.length > 0) await this.views(this.tx, fresh, (stream) => this.#stored.get(stream)!);
  }

  /** Ends the transaction. Views first, append last: the log's lock is held from the append to the commit. */
  async commit(also?: Statement): Promise<RecordedEvent[]> {
    await this.applyViews();
    return appendAndCommit(this.tx, runsOfOneStream(this.#queued), also ? [also] : []);
  }

  #open<S, E extends Decision>(stream: string, decider: Pick<Decider<S, never, E>, 'initial' | 'evolve'>): Promise<Loaded> {
    const known = this.#streams.get(stream);
    if (known) return known;
    const loaded = this.states.read(this.tx, stream, decider).then((stored): Loaded => {
      this.#stored.set(stream, stored);
      return { version: stored.version, state: stored.state };
    });
    this.#streams.set(stream, loaded);
    return loaded;
  }
}

/** Keeps the order of decision in the log and still appends neighbours of one stream in one round trip. */
function runsOfOneStream(events: readonly PendingEvent[]): PendingEvent[][] {
  const runs: PendingEvent[][] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last?.[0]?.stream === event.stream) last.push(event);
    else runs.push([event]);
  }
  return runs;
}
