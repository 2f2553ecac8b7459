import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `alarm_rule`: what is to be watched; the secret of a webhook is sealed under the rule's id. `alarm_default`: which defaults a region has been given, so
 * that none comes back. `alarm`: a rule and one of its resources, with what is needed to go on. `alarm_history`: what happened; with a notice it is
 * the outbox as well. `alarm_progress`: up to when has been looked.
 */
const ALARMS_SQL = `
create table alarm_rule (
  id text primary key,
  tenant text not null,
  region text not null,
  version int not null,
  enabled boolean not null,
  content json not null,
  webhook_url text,
  webhook_secret text,
  created_ms bigint not null,
  updated_ms bigint not null
);
create index alarm_rule_of on alarm_rule (tenant, region, id);
create table alarm_default (
  tenant text not null,
  region text not null,
  key text not null,
  primary key (tenant, region, key)
);
create table alarm (
  rule_id text not null references alarm_rule on delete cascade,
  resource_id text not null,
  resource_kind text not null,
  state text not null,
  level text,
  since_ms bigint not null,
  detail text not null,
  memory json not null,
  primary key (rule_id, resource_id)
);
create table alarm_history (
  no bigint generated always as identity primary key,
  at_ms bigint not null,
  tenant text not null,
  region text not null,
  rule_id text not null,
  rule_name text not null,
  resource_kind text not null,
  resource_id text not null,
  was text,
  state text not null,
  level text,
  detail text not null,
  notification text not null,
  attempts int not null default 0,
  next_ms bigint,
  notice_id text,
  body text,
  failure text
);
create index alarm_history_of on alarm_history (tenant, region, at_ms desc, no desc);
create index alarm_history_at on alarm_history (at_ms);
create index alarm_outbox on alarm_history (rule_id, resource_id, no) where notification = 'pending';
create table alarm_progress (
  one boolean primary key default true check (one),
  looked_ms bigint not null
);`;

export class CreateAlarms1764374400000 implements MigrationInterface {
  readonly name = 'CreateAlarms1764374400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ALARMS_SQL);
  }

  async down(): Promise<void> {
    throw new Error('rules that somebody has made are not dropped');
  }
}

/** Which of the defaults a rule is; those that were made before are no longer told from others. */
export class MarkDefaultAlarms1764378000000 implements MigrationInterface {
  readonly name = 'MarkDefaultAlarms1764378000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table alarm_rule add column default_key text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table alarm_rule drop column default_key');
  }
}
