import type { BatchRange, StoredOffsets } from './journal.js';
import type { Sql } from './sql.js';

export const JOURNAL_OFFSETS_SQL = `
create table if not exists journal_offsets (
  consumer text not null,
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  at timestamptz not null default clock_timestamp(),
  primary key (consumer, topic, partition)
);`;

/** Someone has done records of this batch already: an attempt that did not learn of its success, or another process. */
export class OffsetMoved extends Error {
  override readonly name = 'OffsetMoved';
}

/** What a consumer with `from: 'stored'` has done. */
export async function storedOffsets(db: Sql, consumer: string, topic: string): Promise<StoredOffsets> {
  const rows: { partition: number; next_offset: string }[] = await db.query('select partition, next_offset::text from journal_offsets where consumer = $1 and topic = $2', [consumer, topic]);
  return new Map(rows.map(({ partition, next_offset }) => [partition, Number(next_offset)]));
}

/**
 * Stores a batch as done, in the transaction that stores what follows from it; of two that do the same batch, the second is refused.
 * @throws OffsetMoved: roll back; the journal brings what is left of the batch
 */
export async function storeOffset(tx: Sql, consumer: string, { topic, partition, first, next }: BatchRange): Promise<void> {
  const rows: unknown[] = await tx.query(
    `insert into journal_offsets (consumer, topic, partition, next_offset) values ($1, $2, $3, $5)
     on conflict (consumer, topic, partition) do update set next_offset = excluded.next_offset, at = clock_timestamp() where journal_offsets.next_offset <= $4
     returning 1`,
    [consumer, topic, partition, first, next],
  );
  if (rows.length === 0) throw new OffsetMoved(`${consumer} has done more of ${topic}/${partition} than the records before ${first}`);
}
