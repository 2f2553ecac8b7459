import { TOPICS } from '@bordergate/contracts';
import { Gauge, type Registry } from 'prom-client';
import type { Checkpoint } from './checkpoint.js';
import { decisionRecord } from './cloud-events.js';
import { lastPosition, readLog } from './event-store.js';
import type { Journal } from './journal.js';
import { JournalUnavailable } from './kafka/writer.js';
import type { Log } from './log.js';
import type { Sql } from './sql.js';

export interface RelayOptions {
  /** The database of the log. */
  readonly db: Sql;
  readonly journal: Journal;
  /** URI reference of the service: "/bordergate/resources". */
  readonly source: string;
  readonly log: Log;
  /** Where to go on after a restart. Without one, from the first event: a memory journal has forgotten all it had. */
  readonly checkpoint?: Checkpoint;
  readonly registry?: Registry;
  /** Events read and published at once; 500 when not said. */
  readonly batchSize?: number;
  /** Pause between two looks in ms: `first` after an event, then longer and longer; 50 and 1,000 when not said. */
  readonly poll?: { readonly first: number; readonly last: number };
}

const STOP_MS = 1_000;

/**
 * The log is the outbox: the relay tails it and publishes every decision, in log order. At least once: after a crash
 * between publishing and saving the checkpoint, the last batch goes out again.
 */
export class Relay {
  #position: bigint | undefined;
  #stopping = false;
  #poked = false;
  #wake: () => void = () => {};
  #giveUp: () => void = () => {};
  #loop: Promise<void> | undefined;
  readonly #poll: { readonly first: number; readonly last: number };
  readonly #batchSize: number;

  constructor(private readonly options: RelayOptions) {
    this.#poll = options.poll ?? { first: 50, last: 1_000 };
    this.#batchSize = options.batchSize ?? 500;
    if (options.registry) measureRelay(options.registry, options.db, async () => this.position);
  }

  /** Position of the last event that is published; 0 before there is one. */
  get position(): bigint {
    return this.#position ?? 0n;
  }

  /**
   * Publishes until the signal says stop. Whatever fails is tried again, the first look at the checkpoint included: for who leads among
   * several and has nobody to wait for it.
   */
  async tail(until: AbortSignal): Promise<void> {
    if (this.#loop !== undefined) throw new Error('the relay has been started');
    until.addEventListener('abort', () => void this.stop(), { once: true });
    this.#stopping = until.aborted;
    this.#loop = this.#run();
    await this.#loop;
  }

  /**
   * Starts to tail; resolves when all that was in the log at this moment is published.
   * @throws when that fails: whoever starts the process decides. Later failures are logged and tried again.
   */
  async start(): Promise<void> {
    if (this.#loop !== undefined) throw new Error('the relay has been started');
    const end = await lastPosition(this.options.db);
    while ((await this.#whereItIs()) < end) await this.#publishNext();
    this.#loop = this.#run();
  }

  /** There may be something new: after a commit, so that nobody waits for the next look. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  /** Ends after the batch under way, or soon without it when the journal does not take it: it goes out at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    const patience = setTimeout(() => this.#giveUp(), STOP_MS);
    try {
      await this.#loop;
    } finally {
      clearTimeout(patience);
    }
  }

  async #run(): Promise<void> {
    let pause = this.#poll.first;
    while (!this.#stopping) {
      this.#poked = false;
      try {
        const published = await this.#publishNext();
        pause = published > 0 ? this.#poll.first : Math.min(pause * 2, this.#poll.last);
        if (published === this.#batchSize) continue; // else the log's end was seen; what came since has poked, or is found at the next look
      } catch (error) {
        // that the broker takes nothing is said by the journal
        this.options.log[error instanceof JournalUnavailable ? 'debug' : 'error']('relay failed; will try again', { error, position: this.position });
        pause = this.#poll.last;
      }
      await this.#idle(pause);
    }
  }

  /** How many were published: 0 at the end of the log. */
  async #publishNext(): Promise<number> {
    const { db, journal, source, checkpoint } = this.options;
    const events = await readLog(db, await this.#whereItIs(), this.#batchSize);
    if (events.length === 0) return 0;
    const givenUp = new Promise<never>((_, reject) => { this.#giveUp = () => reject(new JournalUnavailable('the relay stops before the journal has taken what it publishes')); });
    await Promise.race([journal.publish(TOPICS.decisions, events.map((event) => decisionRecord(event, source))), givenUp]);
    this.#position = events.at(-1)!.position;
    await checkpoint?.save(this.#position);
    return events.length;
  }

  async #whereItIs(): Promise<bigint> {
    this.#position ??= (await this.options.checkpoint?.load()) ?? 0n;
    return this.#position;
  }

  async #idle(ms: number): Promise<void> {
    if (this.#poked || this.#stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Where the relay is, whichever process it is in. */
export function measureRelay(registry: Registry, db: Sql, position: () => Promise<bigint>): void {
  new Gauge({
    name: 'bordergate_relay_position', help: 'Log position of the last decision that was published', registers: [registry],
    async collect() {
      this.set(Number(await position()));
    },
  });
  new Gauge({
    name: 'bordergate_relay_lag_events', help: 'Log positions between the end of the log and the last decision that was published', registers: [registry],
    async collect() {
      this.set(Number((await lastPosition(db)) - (await position())));
    },
  });
}
