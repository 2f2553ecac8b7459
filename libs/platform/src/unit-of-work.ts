import type { Decision, EventMeta, RecordedEvent } from '@bordergate/contracts';
import { fold, isRejection, reject, run, type Decider, type Rejection } from '@bordergate/kernel';
import type { EntityManager } from 'typeorm';
import { appendPending, pendingEvents, readStream, type PendingEvent } from './event-store.js';

/** Updates inline views from new events, in the transaction that stores them. */
export type InlineViews = (tx: EntityManager, events: readonly PendingEvent[]) => Promise<void>;

interface Loaded {
  /** Version in the store, before what this unit decides. */
  readonly stored: number;
  version: number;
  state: unknown;
}

/** What one command reads and decides, over any number of streams; appended in one go at its end. */
export class UnitOfWork {
  readonly #streams = new Map<string, Loaded>();
  readonly #queued: PendingEvent[] = [];
  #viewed = 0;

  constructor(
    /** The transaction: for reading and writing tables beside the streams. */
    readonly tx: EntityManager,
    readonly meta: EventMeta,
    private readonly views: InlineViews = async () => {},
  ) {}

  /** State and version of a stream, with what this unit has already decided on it; version 0: it does not exist. */
  async load<S, C, E extends Decision>(stream: string, decider: Decider<S, C, E>): Promise<{ state: S; version: number }> {
    const { state, version } = await this.#open(stream, decider);
    return { state: state as S, version };
  }

  /**
   * Decides a command on a stream and queues what happened.
   * @param expectedVersion the version the sender has seen (If-Match); compared with the stored one, before what this
   * unit decided itself. A stream that does not exist is left to the decider, which says so better.
   * @returns the new events, the state and the version after them; or the refusal, `version-mismatch` among them
   */
  async decide<S, C, E extends Decision>(
    stream: string, decider: Decider<S, C, E>, command: C, expectedVersion?: number,
  ): Promise<{ events: readonly E[]; state: S; version: number } | Rejection> {
    const opened = await this.#open(stream, decider);
    if (expectedVersion !== undefined && opened.stored !== 0 && opened.stored !== expectedVersion) {
      return reject('version-mismatch', `the resource is at version ${opened.stored}, not ${expectedVersion}; read it again`, 'If-Match');
    }
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
    if (fresh.length > 0) await this.views(this.tx, fresh);
  }

  /** Views first, append last: the log's lock is held from the append to the commit. */
  async commit(): Promise<RecordedEvent[]> {
    await this.applyViews();
    const recorded: RecordedEvent[] = [];
    for (const run of runsOfOneStream(this.#queued)) recorded.push(...(await appendPending(this.tx, run)));
    return recorded;
  }

  async #open<S, E extends Decision>(stream: string, decider: Pick<Decider<S, never, E>, 'initial' | 'evolve'>): Promise<Loaded> {
    const known = this.#streams.get(stream);
    if (known) return known;
    const events = await readStream<E>(this.tx, stream);
    const version = events.at(-1)?.version ?? 0;
    const loaded: Loaded = { stored: version, version, state: fold(decider, events.map((e) => e.decision)) };
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
