import type { Sql } from '@bordergate/platform';
import type { Point } from '@bordergate/telemetry-core';

const HOUR_MINUTES = 60;
/** Minutes at the end of the log that may be there in part only. */
const UNSETTLED = 2;
/** Sums that are kept, of an hour each. */
const MANY = 100;

type Sums = ReadonlyMap<number, Point>;

interface Kept {
  /** Of the rows of the log that they were made from. */
  readonly oldest: string;
  readonly newest: string;
  /** All minutes of the hour before this one are in them. Minutes since 1970. */
  readonly until: number;
  readonly sums: Sums;
}

/** An hour of the log, and the sums of those of its minutes that are settled: of the others nothing is kept. */
export interface OpenHour extends Kept {
  readonly hour: number;
  readonly last: number;
}

/**
 * Sums over the tunnels of a region or gateway in the hours that are not closed. A minute that is over is summed once, when somebody asks first; what comes
 * late is another row of the log, and the hour is summed anew.
 */
export class SettledMinutes {
  readonly #kept = new Map<string, Kept>();

  /**
   * @param of whose sums, and which columns of them
   * @param unstored the first minute of which something is in memory only: it and what comes after is not settled
   */
  async read(tx: Sql, of: string, { startMs, endMs }: { startMs: number; endMs: number }, unstored: number): Promise<OpenHour[]> {
    const [from, to] = [Math.floor(startMs / 3_600_000), Math.ceil(endMs / 3_600_000)];
    const rows: { hour: number; oldest: string; newest: string; last: number }[] = await tx.query(
      'select hour, min(no)::text as oldest, max(no)::text as newest, max(last_minute)::int as last from minute_log where hour >= $1 and hour < $2 group by hour', [from, to],
    );
    const hours: OpenHour[] = [];
    for (const { hour, oldest, newest, last } of rows) {
      const kept = this.#kept.get(`${of} ${hour}`);
      const holds = kept !== undefined && kept.oldest === oldest && kept.until <= unstored && !(await isLate(tx, hour, kept));
      hours.push({ hour, oldest, newest, last: hour * HOUR_MINUTES + last, ...(holds ? { until: kept.until, sums: kept.sums } : { until: hour * HOUR_MINUTES, sums: new Map() }) });
    }
    return hours;
  }

  /** @param sums of all minutes of these hours */
  keep(of: string, hours: readonly OpenHour[], sums: Sums, unstored: number): void {
    for (const { hour, oldest, newest, last } of hours) {
      const until = Math.max(hour * HOUR_MINUTES, Math.min(last - UNSETTLED + 1, unstored));
      const own = [...sums].filter(([minute]) => minute >= hour * HOUR_MINUTES && minute < until);
      this.#kept.delete(`${of} ${hour}`);
      this.#kept.set(`${of} ${hour}`, { oldest, newest, until, sums: new Map(own.map(([minute, point]) => [minute, point.slice()])) });
    }
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= MANY) break;
      this.#kept.delete(key);
    }
  }
}

async function isLate(tx: Sql, hour: number, { newest, until }: Kept): Promise<boolean> {
  const [{ late }] = await tx.query('select exists (select from minute_log where hour = $1 and no > $2 and first_minute < $3) as late', [hour, newest, until - hour * HOUR_MINUTES]);
  return late;
}
