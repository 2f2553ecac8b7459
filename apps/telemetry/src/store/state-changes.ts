import { createHash } from 'node:crypto';
import { cursorOf, numbersOfCursor, RejectionError, type Clock, type Log, type Page } from '@bordergate/platform';
import type { http } from '@bordergate/contracts';
import { emptyRange, type Change, type Place } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { Directory, Target } from './directory.js';
import type { Partitions } from './partitions.js';

/** Stored soon: someone looks at a tunnel that has just gone down. */
const STORE_EVERY_MS = 1_000;
const MANY = 1_000;
/** Sources know no order: a tunnel's decision may come after what is said of it. */
const WAIT_FOR_PLACE_MS = 60_000;

interface Told {
  readonly tunnelId: string;
  readonly change: Change;
  readonly toldMs: number;
  place: Place | undefined;
}
interface Options {
  readonly db: DataSource;
  readonly directory: Directory;
  readonly partitions: Partitions;
  readonly placeOf: (tunnelId: string) => Place | undefined;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What changed about tunnels, and why, for as long as series are kept. The same words about the same instant are one change:
 * every process that folds the journal may tell it, and tell it again at each start.
 */
export class StateChanges {
  #waiting: Told[] = [];
  #storing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  constructor(private readonly options: Options) {}

  start(): void {
    this.#timer = setInterval(() => void this.store(), STORE_EVERY_MS).unref();
  }

  /** Stores what waits. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.store();
  }

  told(tunnelId: string, change: Change): void {
    const { placeOf, clock } = this.options;
    if (Date.parse(change.at) < this.#oldest()) return; // told again from the beginning of the topic
    this.#waiting.push({ tunnelId, change, toldMs: clock.now(), place: placeOf(tunnelId) });
  }

  /** One after the other; a failure is logged, and what could not be stored waits. */
  store(): Promise<void> {
    this.#storing = this.#storing.then(() => this.#storeAll()).then(
      () => { this.#failing = false; },
      (error: unknown) => {
        if (!this.#failing) this.options.log.error('changes of state are not stored; they wait', { error, waiting: this.#waiting.length });
        this.#failing = true;
      },
    );
    return this.#storing;
  }

  async list({ limit, cursor, start, end }: { readonly limit: number; readonly cursor?: string | undefined; readonly start?: string | undefined; readonly end?: string | undefined }, target: Target): Promise<Page<http.StateChange>> {
    const { db, directory } = this.options;
    const empty = emptyRange({ start, end });
    if (empty) throw new RejectionError(empty);
    const after = cursor === undefined ? [null, null, null] : numbersOfCursor(cursor, [64, 32, 64]);
    const tunnels = new Map((await directory.tunnelsOf(db.manager, target)).map((row) => [row.no, row]));
    const rows: { at_ms: string; series: number; said: string; what: string; detail: string }[] = await db.query(
      `select at_ms::text, series, said::text, what, detail from state_change
       where series = any($1) and at_ms >= $2 and ($3::bigint is null or at_ms < $3) and ($4::bigint is null or (at_ms, series, said) < ($4::bigint, $5::int, $6::bigint))
       order by at_ms desc, series desc, said desc limit $7`,
      [[...tunnels.keys()], Math.max(this.#oldest(), start === undefined ? 0 : Date.parse(start)), end === undefined ? null : Date.parse(end), ...after, limit + 1],
    );
    const items = rows.slice(0, limit).map(({ at_ms, series, what, detail }) => {
      const { tunnelId, vpnConnectionId } = tunnels.get(series)!;
      return { at: new Date(Number(at_ms)).toISOString(), vpnTunnelId: tunnelId, vpnConnectionId, what, detail };
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items, nextCursor: last ? cursorOf(`${last.at_ms} ${last.series} ${last.said}`) : null };
  }

  async #storeAll(): Promise<void> {
    const { clock, placeOf } = this.options;
    for (const told of this.#waiting) told.place ??= placeOf(told.tunnelId);
    this.#waiting = this.#waiting.filter(({ place, toldMs }) => place !== undefined || clock.now() - toldMs < WAIT_FOR_PLACE_MS);
    const ready = this.#waiting.filter(({ place }) => place !== undefined);
    for (let at = 0; at < ready.length; at += MANY) {
      const portion = ready.slice(at, at + MANY);
      await this.#insert(portion);
      const done = new Set(portion);
      this.#waiting = this.#waiting.filter((told) => !done.has(told));
    }
  }

  async #insert(told: readonly Told[]): Promise<void> {
    const { db, directory, partitions } = this.options;
    const instants = told.map(({ change }) => Date.parse(change.at));
    try {
      await db.transaction(async (tx) => {
        await partitions.make(tx, 'state_change', instants);
        const numbers = await directory.numbersOf(tx, told.map(({ place }) => place!));
        await tx.query(
          'insert into state_change (at_ms, series, said, what, detail) select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::text[], $5::text[]) on conflict do nothing',
          [instants, numbers, told.map(({ change }) => saidOf(change)), told.map(({ change }) => change.what), told.map(({ change }) => text(change.detail))],
        );
      });
    } catch (error) {
      partitions.forget();
      directory.forget();
      throw error;
    }
  }

  #oldest(): number {
    return this.options.clock.now() - this.options.retentionDays * 86_400_000;
  }
}

const saidOf = ({ what, detail }: Change): string => createHash('sha256').update(`${what}\0${detail}`).digest().readBigInt64BE().toString();
/** Postgres keeps no NUL in text. */
const text = (detail: string): string => detail.replaceAll('\0', '');
