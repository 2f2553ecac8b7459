import type { JournalRecord } from '@bordergate/contracts';
import type { Counter } from 'prom-client';
import type { z } from 'zod';
import type { BatchPlace } from '../journal.js';
import type { Log } from '../log.js';

/** A record that breaks its schema: a mistake of its publisher, to be said aloud and not to be guessed at. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** @throws UnreadableRecord that names each broken field and its rule */
export function readAs<S extends z.ZodType>(schema: S, data: unknown): z.infer<S> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new UnreadableRecord(read.error.issues.map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'data'}: ${message}`).join('; '), { cause: read.error });
}

/** Where a consumer parses (law 8). What it cannot read is parked, logged and counted, and it goes on: one record must not stop all others. */
export class Door {
  constructor(private readonly refused: Counter<'topic'>, private readonly log: Log) {}

  /** What `read` makes of the records, without those for which it throws UnreadableRecord. */
  async admit<T>(records: readonly JournalRecord[], place: BatchPlace, read: (record: JournalRecord) => T): Promise<T[]> {
    const admitted: T[] = [];
    const refused: { record: JournalRecord; reason: string }[] = [];
    for (const record of records) {
      try {
        admitted.push(read(record));
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        refused.push({ record, reason: error.message });
      }
    }
    await Promise.all(refused.map(({ record, reason }) => place.park(record, reason)));
    for (const { record: { key, event }, reason } of refused) {
      this.refused.inc({ topic: place.topic });
      this.log.error('a record breaks its schema and is parked', { topic: place.topic, key, eventId: event?.id, reason });
    }
    return admitted;
  }
}
