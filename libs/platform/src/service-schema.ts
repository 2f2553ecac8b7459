import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { sqlState } from './sql.js';

/** The part of the database that is one service's: a schema of its own. No service reads another's. */
export interface ServiceSchema {
  /** A plain identifier. */
  readonly name: string;
  readonly migrations: (new () => MigrationInterface)[];
  /** Where is noted what has run. */
  readonly migrationsTable: string;
  /** What an installation of before the schemas has in `public`, to be carried over with all that is in it; the migrations' table is carried, too. */
  readonly inPublic?: { readonly tables: readonly string[]; readonly functions: readonly string[] };
}

/** An address that nobody answers at must not keep a process from stopping. */
const CONNECT_MS = 5_000;

/** Of a TypeORM data source. Names in SQL are looked up in the schema and nowhere else, so statements need not say it. What is asked at once is sent at once. */
export const dataSourceOptions = (databaseUrl: string, { name, migrations, migrationsTable }: ServiceSchema, applicationName: string) => ({
  type: 'postgres' as const, url: databaseUrl, applicationName, schema: name, extra: { options: `-c search_path=${name}`, pipeline: true }, connectTimeoutMS: CONNECT_MS,
  migrations, migrationsTableName: migrationsTable, migrationsTransactionMode: 'each' as const, migrationsRun: false,
});

/**
 * Makes the schema, carries over what is in `public`, and runs the migrations that have not run: whoever of several processes comes first,
 * while the others wait.
 * @returns the names of the migrations that ran now
 */
export async function migrate(databaseUrl: string, schema: ServiceSchema): Promise<string[]> {
  return alone(databaseUrl, schema, async (session) => {
    await makeSchema(session, schema.name);
    await carryOver(session, schema);
    return withDataSource(databaseUrl, schema, async (db) => (await db.runMigrations()).map(({ name }) => name));
  });
}

/** Whether the schema is as this version of the service needs it. */
export async function isMigrated(databaseUrl: string, schema: ServiceSchema): Promise<boolean> {
  const session = await connect(databaseUrl, schema);
  try {
    const { rows } = await session.query('select to_regclass($1) is not null as there', [`${schema.name}.${schema.migrationsTable}`]);
    if (!rows[0].there) return false;
    const run = await session.query(`select name from ${schema.name}.${pg.escapeIdentifier(schema.migrationsTable)}`);
    const names = new Set(run.rows.map(({ name }) => name));
    return schema.migrations.every((migration) => names.has(new migration().name ?? migration.name));
  } finally {
    await session.end();
  }
}

async function alone<T>(databaseUrl: string, schema: ServiceSchema, work: (session: pg.Client) => Promise<T>): Promise<T> {
  const session = await connect(databaseUrl, schema);
  try {
    await session.query("select pg_advisory_lock(hashtextextended('bordergate.migrations/' || $1, 0))", [schema.name]);
    return await work(session);
  } finally {
    await session.end(); // and with it the lock
  }
}

async function connect(databaseUrl: string, schema: ServiceSchema): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: databaseUrl, application_name: `bordergate ${schema.name} migrations`, keepAlive: true, connectionTimeoutMillis: CONNECT_MS });
  session.on('error', () => {}); // a session that is lost also fails the query under way, or the next one
  await session.connect();
  return session;
}

/** Asked first: a role that may not make schemas is enough when an administrator has made this one for it. */
async function makeSchema(session: pg.Client, name: string): Promise<void> {
  const { rows } = await session.query('select to_regnamespace($1) is not null as there', [name]);
  if (!rows[0].there) await session.query(`create schema ${name}`);
}

/** All of it or nothing. Indexes, constraints and the sequences of columns go with their tables. */
async function carryOver(session: pg.Client, { name, migrationsTable, inPublic }: ServiceSchema): Promise<void> {
  if (!inPublic) return;
  const { rows } = await session.query('select to_regclass($1) is not null as before, to_regclass($2) is not null as now', [`public.${migrationsTable}`, `${name}.${migrationsTable}`]);
  if (!rows[0].before || rows[0].now) return;
  await session.query('begin');
  try {
    for (const table of [...inPublic.tables, migrationsTable]) await session.query(`alter table if exists public.${pg.escapeIdentifier(table)} set schema ${name}`);
    for (const routine of inPublic.functions) {
      const found = await session.query('select to_regproc($1) is not null as there', [`public.${routine}`]);
      if (found.rows[0].there) await session.query(`alter function public.${pg.escapeIdentifier(routine)} set schema ${name}`);
    }
    await session.query('commit');
  } catch (error) {
    await session.query('rollback').catch(() => undefined); // the session is lost, and the transaction with it
    throw new Error(`the tables of before, in the schema public, cannot be moved into ${name} (SQLSTATE ${sqlState(error)})`, { cause: error });
  }
}

async function withDataSource<T>(databaseUrl: string, schema: ServiceSchema, work: (db: DataSource) => Promise<T>): Promise<T> {
  const db = await new DataSource(dataSourceOptions(databaseUrl, schema, `bordergate ${schema.name} migrations`)).initialize();
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
