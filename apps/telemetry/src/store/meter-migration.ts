import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `meter_progress`: the hour that is metered next. `usage`: what was found, once per hour and resource, until it is published. Hours since 1970, UTC. */
const METER_SQL = `
create table meter_progress (
  one boolean primary key default true check (one),
  hour int not null
);
create table usage (
  hour int not null,
  resource_id text not null,
  bgw_id text not null,
  at_ms bigint not null,
  content json not null,
  primary key (hour, resource_id)
);`;

export class CreateMeter1764381600000 implements MigrationInterface {
  readonly name = 'CreateMeter1764381600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(METER_SQL);
  }

  async down(): Promise<void> {
    throw new Error('what is metered and not published yet would be lost');
  }
}
