import type { Sql } from './sql.js';

/** How far a reader of the log has come. */
export interface Checkpoint {
  /** 0 before the first event. */
  load(): Promise<bigint>;
  save(position: bigint): Promise<void>;
}

export const CHECKPOINTS_SQL = `
create table if not exists checkpoints (
  name text primary key,
  position bigint not null,
  at timestamptz not null default clock_timestamp()
);`;

/** A checkpoint that outlives the process. Given a transaction's manager, it is saved with what the transaction does. */
export const postgresCheckpoint = (db: Sql, name: string): Checkpoint => ({
  async load() {
    const [row] = await db.query('select position::text as position from checkpoints where name = $1', [name]);
    return BigInt(row?.position ?? 0);
  },
  async save(position) {
    await db.query(
      'insert into checkpoints (name, position) values ($1, $2) on conflict (name) do update set position = excluded.position, at = clock_timestamp()',
      [name, position.toString()],
    );
  },
});
