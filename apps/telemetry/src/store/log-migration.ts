import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which minutes of its hour a row of the log holds; of those from before, all. */
export class LogMinutes1764385200000 implements MigrationInterface {
  readonly name = 'LogMinutes1764385200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table minute_log add first_minute smallint not null default 0, add last_minute smallint not null default 59');
  }

  async down(): Promise<void> {
    throw new Error('what was measured cannot be measured again');
  }
}
