import { CreateEventStore1763683200000 } from '@bordergate/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The inline view of all resources, and the vault of pre-shared keys. `fields` is a document as resources-core makes
 * it; `version`, `created` and `updated` are those of the events that made and last changed it. Times are RFC 3339
 * text under collation "C", which sorts them by time.
 */
const RESOURCE_SQL = `
create table resource (
  tenant text not null,
  region text not null,
  kind text not null,
  id text not null,
  stream text not null,
  fields jsonb not null,
  version int not null,
  first_version int not null,
  created text collate "C" not null,
  updated text collate "C" not null,
  primary key (tenant, region, kind, id)
);
create index resource_listing on resource (tenant, region, kind, created, first_version, id collate "C");
create index resource_fields on resource using gin (fields jsonb_path_ops);`;

const PSK_SQL = `
create table psk (
  ref text primary key,
  tenant text not null,
  sealed text not null,
  key_id text not null,
  at timestamptz not null default clock_timestamp()
);
create index psk_key_id on psk (key_id);`;

class CreateResources1763683300000 implements MigrationInterface {
  readonly name = 'CreateResources1763683300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [RESOURCE_SQL, PSK_SQL]) await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('secrets cannot be made again: the vault is not dropped');
  }
}

/** Documents have had these members since; those of before are what they mean without them. */
class AddTransitAndSelectors1763719200000 implements MigrationInterface {
  readonly name = 'AddTransitAndSelectors1763719200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`update resource set fields = '{"transitEnabled": false}' || fields where kind = 'borderGateway'`);
    await runner.query(`update resource set fields = '{"trafficSelectors": []}' || fields where kind = 'vpnConnection'`);
  }

  async down(): Promise<void> {}
}

/** Whether any pool has an address is asked across regions. */
class FindPublicAddresses1763719300000 implements MigrationInterface {
  readonly name = 'FindPublicAddresses1763719300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("create index resource_public_address on resource (id) where kind = 'publicAddress'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index resource_public_address');
  }
}

export const MIGRATIONS = [CreateEventStore1763683200000, CreateResources1763683300000, AddTransitAndSelectors1763719200000, FindPublicAddresses1763719300000];
