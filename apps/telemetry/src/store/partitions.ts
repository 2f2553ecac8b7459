import type { Sql } from '@bordergate/platform';

/** Tables with a partition per day, and how many of its units are a day. */
const PER_DAY = { hours: 24, state_change: 86_400_000 } as const;
export type Partitioned = keyof typeof PER_DAY;

/** Makes the partitions of these hours or instants that are missing. */
export class Partitions {
  readonly #made = new Set<string>();

  async make(tx: Sql, table: Partitioned, units: Iterable<number>): Promise<void> {
    const days = new Set([...units].map((unit) => Math.floor(unit / PER_DAY[table])));
    for (const day of days) {
      const name = `${table}_${day}`;
      if (this.#made.has(name)) continue;
      await tx.query(`create table if not exists ${name} partition of ${table} for values from (${day * PER_DAY[table]}) to (${(day + 1) * PER_DAY[table]})`);
      this.#made.add(name);
    }
  }

  /** @returns the names of those that are gone: whose last day is over since `retentionDays` */
  async drop(db: Sql, retentionDays: number, nowMs: number): Promise<string[]> {
    const rows: { name: string }[] = await db.query(
      `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = any(array[${Object.keys(PER_DAY).map((table) => `'${table}'::regclass`).join(', ')}])`,
    );
    const oldest = Math.floor(nowMs / 86_400_000) - retentionDays;
    const over = rows.map(({ name }) => name).filter((name) => Number(/_(\d+)$/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY) < oldest);
    for (const name of over) {
      await db.query(`drop table if exists ${name}`);
      this.#made.delete(name);
    }
    return over;
  }

  /** After a transaction that made some was rolled back. */
  forget(): void {
    this.#made.clear();
  }
}
