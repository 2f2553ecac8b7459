import pg from 'pg';
import type { Log } from './log.js';
import { pausing } from './retry.js';
import type { Sql } from './sql.js';

export interface LeadershipOptions {
  readonly databaseUrl: string;
  /** Where names in SQL are looked up during a term. */
  readonly schema: string;
  /** What is led: one leader for each text in a database. */
  readonly what: string;
  readonly log: Log;
  /** A channel of PostgreSQL that the leader listens to. */
  readonly channel?: string;
}

/** The time in which this process leads. */
export interface Term {
  /**
   * The session that holds the lock. What is written through it is fenced: a session that is gone has lost the lock, and writes nothing. Not
   * for transactions of several statements.
   */
  readonly session: Sql;
  /** Aborted when the session is lost, or the process stops. */
  readonly over: AbortSignal;
  /** Called on each notification of the channel. */
  onNotify: () => void;
}

const RECONNECT_MS = 500;
const HEARTBEAT_MS = 2_000;
/** A leader whose machine is gone says no good-bye: the server asks, and lets go of the lock after some 5 s. */
const KEEPALIVES = '-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000 -c client_connection_check_interval=1000';

/**
 * One leader among the processes on a database: who holds a session lock. The others wait for it in the database, which grants it in the
 * moment the leader's session ends, however it ends.
 */
export class Leadership {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #leads = false;

  constructor(private readonly options: LeadershipOptions) {}

  get leads(): boolean {
    return this.#leads;
  }

  /** Serves terms until `stop`. The work of a term ends when the term is over, and by itself only with an error, which ends the term. */
  start(work: (term: Term) => Promise<void>): void {
    if (this.#running !== undefined) throw new Error(`the leadership of ${this.options.what} has been started`);
    this.#running = this.#run(work);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(work: (term: Term) => Promise<void>): Promise<void> {
    const { what, log } = this.options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#term(work);
      } catch (error) {
        if (!this.#stopping.signal.aborted) log.warn('leadership was lost or not to be had; will try again', { what, error });
      }
      await pausing(RECONNECT_MS, this.#stopping.signal);
    }
  }

  async #term(work: (term: Term) => Promise<void>): Promise<void> {
    const { databaseUrl, schema, what, channel, log } = this.options;
    const client = new pg.Client({ connectionString: databaseUrl, application_name: `bordergate leader of ${what}`, keepAlive: true, connectionTimeoutMillis: 5_000, options: `-c search_path=${schema} ${KEEPALIVES}` });
    const lost = new AbortController();
    const end = () => lost.abort();
    client.on('error', end);
    client.on('end', end);
    const over = AbortSignal.any([lost.signal, this.#stopping.signal]);
    // Also while it waits for the lock: `end` cuts a session in which a query is under way.
    const stop = () => void client.end().catch(() => undefined);
    let heart: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      // Not before: a client that is ended while it connects never answers.
      if (this.#stopping.signal.aborted) return;
      this.#stopping.signal.addEventListener('abort', stop, { once: true });
      await client.query("select pg_advisory_lock(hashtextextended('bordergate.leader/' || $1, 0))", [what]);
      if (channel) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      const term: Term = { session: { query: async (sql, parameters) => (await client.query(sql, parameters)).rows }, over, onNotify: () => {} };
      client.on('notification', () => term.onNotify());
      this.#leads = true;
      log.info('leads', { what });
      heart = beat(client, end);
      await work(term);
    } finally {
      clearInterval(heart);
      this.#leads = false;
      this.#stopping.signal.removeEventListener('abort', stop);
      await client.end().catch(() => undefined); // lost already
    }
  }
}

/** Between us and a database that does not answer, the way may be gone: the lock is, too, then. */
function beat(client: pg.Client, onSilence: () => void): NodeJS.Timeout {
  let answered = true;
  return setInterval(() => {
    if (!answered) return onSilence();
    answered = false;
    client.query('select').then(() => { answered = true; }, onSilence);
  }, HEARTBEAT_MS);
}

/** Waits, but not longer than the term goes on. @returns whether it does */
export async function inTerm(ready: Promise<unknown>, { over }: Pick<Term, 'over'>): Promise<boolean> {
  await Promise.race([ready, new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }))]);
  return !over.aborted;
}
