import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CHECKPOINTS_SQL } from './checkpoint.js';
import { EVENT_STORE_SQL } from './event-store.js';
import { IDEMPOTENCY_SQL } from './idempotency.js';
import { JOURNAL_OFFSETS_SQL } from './journal-offsets.js';

/** What a service with an event store needs in its database; goes first into the `migrations` of its DataSource. */
export class CreateEventStore1763683200000 implements MigrationInterface {
  readonly name = 'CreateEventStore1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [EVENT_STORE_SQL, IDEMPOTENCY_SQL, CHECKPOINTS_SQL]) await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('an event store is not dropped');
  }
}

/** What a service needs in its database whose effects happen once per record of a topic (journal-offsets.ts). */
export class CreateJournalOffsets1764288000000 implements MigrationInterface {
  readonly name = 'CreateJournalOffsets1764288000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(JOURNAL_OFFSETS_SQL);
  }

  async down(): Promise<void> {
    throw new Error('without its offsets a consumer would do everything again');
  }
}

/** What a service without an event store needs to answer a repeated request once (idempotency.ts). */
export class CreateIdempotency1764370000000 implements MigrationInterface {
  readonly name = 'CreateIdempotency1764370000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IDEMPOTENCY_SQL);
  }

  async down(): Promise<void> {
    throw new Error('without its answers a repeated request would be done twice');
  }
}
