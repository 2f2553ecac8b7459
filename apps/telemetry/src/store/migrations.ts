import { CreateIdempotency1764370000000, CreateJournalOffsets1764288000000, type ServiceSchema } from '@bordergate/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CreateAlarms1764374400000, MarkDefaultAlarms1764378000000 } from './alarm-migration.js';
import { LogMinutes1764385200000 } from './log-migration.js';
import { CreateMeter1764381600000 } from './meter-migration.js';

/**
 * `series`: who has points, by a short number. `hours`: an hour of one of them in one row, its minutes in one piece, and the
 * sums of its thirds; a partition is a day. `minute_log`: what has been measured of hours that are not closed yet, 64 series to a row; it becomes
 * `hours`. `tail`: where the counters of 64 tunnels stood. Minutes and hours are counted since 1970, UTC.
 */
const SERIES_SQL = `
create table series (
  no int generated always as identity primary key,
  kind text not null,
  region text not null,
  id text not null,
  bgw_id text,
  vpn_connection_id text,
  unique (kind, id, region)
);
create index series_of_gateway on series (bgw_id) where kind = 'tunnel';
create index series_of_connection on series (vpn_connection_id) where kind = 'tunnel';
create table hours (
  series int not null,
  hour int not null,
  parts bytea not null,
  minutes bytea not null,
  primary key (series, hour)
) partition by range (hour);
alter table hours alter minutes set storage external, alter parts set storage plain;
create table minute_log (
  hour int not null,
  shard int not null,
  no bigint generated always as identity,
  points bytea not null,
  primary key (hour, shard, no)
);
create table tail (
  shard int primary key,
  tunnels bytea not null
);
create table progress (
  one boolean primary key default true check (one),
  drawn_ms bigint not null
);
create table state_change (
  at_ms bigint not null,
  series int not null,
  said bigint not null,
  what text not null,
  detail text not null,
  primary key (at_ms, series, said)
) partition by range (at_ms);
create index state_change_of on state_change (series, at_ms);`;

class CreateTelemetry1764360000000 implements MigrationInterface {
  readonly name = 'CreateTelemetry1764360000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SERIES_SQL);
  }

  async down(): Promise<void> {
    throw new Error('what was measured cannot be measured again');
  }
}

export const SCHEMA: ServiceSchema = { name: 'telemetry', migrations: [CreateJournalOffsets1764288000000, CreateTelemetry1764360000000, CreateIdempotency1764370000000, CreateAlarms1764374400000, MarkDefaultAlarms1764378000000, CreateMeter1764381600000, LogMinutes1764385200000], migrationsTable: 'telemetry_migrations' };
