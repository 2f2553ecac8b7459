import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { dataSourceOptions, isMigrated, migrate, type ServiceSchema } from './service-schema.js';

class MakeThings1700000000000 implements MigrationInterface {
  readonly name = 'MakeThings1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table thing (id bigint generated always as identity primary key, name text not null unique)');
    await runner.query('create function things() returns bigint language plpgsql as $fn$ begin return (select count(*) from thing); end $fn$');
  }
  async down(): Promise<void> {}
}
class ColourThings1700000000001 implements MigrationInterface {
  readonly name = 'ColourThings1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("alter table thing add colour text not null default 'grey'");
  }
  async down(): Promise<void> {}
}

const V1: ServiceSchema = { name: 'things', migrations: [MakeThings1700000000000], migrationsTable: 'things_migrations', inPublic: { tables: ['thing', 'never_made'], functions: ['things', 'never_made'] } };
const V2: ServiceSchema = { ...V1, migrations: [...V1.migrations, ColourThings1700000000001] };
let database: TestDatabase;
const sql = async (text: string): Promise<any[]> => {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};
const tables = async () => (await sql("select format('%s.%s', table_schema, table_name) as name from information_schema.tables where table_schema in ('public', 'things') order by 1")).map(({ name }) => name);

beforeEach(async () => { database = await testDatabase(); });
afterEach(() => database.drop());

it('makes the schema, and runs once what has to run', async () => {
  expect(await isMigrated(database.url, V1)).toBe(false);
  expect(await migrate(database.url, V1)).toEqual(['MakeThings1700000000000']);
  expect([await isMigrated(database.url, V1), await isMigrated(database.url, V2)]).toEqual([true, false]);
  expect(await migrate(database.url, V2)).toEqual(['ColourThings1700000000001']);
  expect(await migrate(database.url, V2)).toEqual([]);
  expect(await tables()).toEqual(['things.thing', 'things.things_migrations']);
});

it('lets one of several do it', async () => {
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, V2)));
  expect(ran.flat()).toEqual(['MakeThings1700000000000', 'ColourThings1700000000001']);
});

it('is enough for a role that may make no schema, in one that is made for it', async () => {
  const role = `r${Date.now()}`;
  await sql(`create role ${role} login password 'x'; create schema things authorization ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'x';
  expect(await migrate(url.href, V1)).toHaveLength(1);
  await sql(`drop owned by ${role}; drop role ${role}`);
});

it('carries over what an installation of before has in the schema public, with its data, sequences and functions', async () => {
  const before = await new DataSource({ type: 'postgres', url: database.url, migrations: V1.migrations, migrationsTableName: V1.migrationsTable, migrationsRun: true }).initialize();
  await before.query("insert into thing (name) values ('a'), ('b')");
  await before.destroy();
  await sql('create table somebody_elses (x int)');
  await Promise.all([migrate(database.url, V2), migrate(database.url, V2)]);
  expect(await tables()).toEqual(['public.somebody_elses', 'things.thing', 'things.things_migrations']);
  const now = await new DataSource(dataSourceOptions(database.url, V2, 'test')).initialize();
  await now.query("insert into thing (name) values ('c')");
  expect([await now.query('select id, name, colour from thing order by id'), await now.query('select things() as n')]).toEqual([
    [{ id: '1', name: 'a', colour: 'grey' }, { id: '2', name: 'b', colour: 'grey' }, { id: '3', name: 'c', colour: 'grey' }], [{ n: '3' }],
  ]);
  await now.destroy();
});

it('carries over all or nothing, and says why not', async () => {
  const before = await new DataSource({ type: 'postgres', url: database.url, migrations: V1.migrations, migrationsTableName: V1.migrationsTable, migrationsRun: true }).initialize();
  await before.destroy();
  await sql('create schema things; create function things.things() returns int language sql as $$ select 1 $$');
  await expect(migrate(database.url, V2)).rejects.toThrow(/cannot be moved into things \(SQLSTATE 42723\)/);
  expect(await tables()).toEqual(['public.thing', 'public.things_migrations']);
});
