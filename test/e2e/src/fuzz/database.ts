import { findPostgres } from '@bordergate/platform';
import path from 'node:path';
import pg from 'pg';
import { madeOverQuota, QUOTA_DECISIONS, type Decided } from './quotas.js';

/** The platform's database, from outside. */
export async function databaseUrl(dataDir: string): Promise<string> {
  const postgres = await findPostgres(path.join(dataDir, 'postgres'));
  if (!postgres) throw new Error(`no PostgreSQL runs on ${dataDir}`);
  return postgres.url('bordergate');
}

export async function query<T extends object = Record<string, any>>(url: string, sql: string, parameters: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=resources' });
  await client.connect();
  try {
    return (await client.query<T>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** What the log and the vault must be, whatever was sent. */
export async function brokenInDatabase(url: string): Promise<Readonly<Record<string, string[]>>> {
  const texts = async (sql: string) => (await query<{ text: string }>(url, sql)).map(({ text }) => text);
  return {
    'versions of a stream are 1, 2, 3, …, in the order of their positions': await texts(
      'select stream as text from (select stream, version, row_number() over (partition by stream order by position) as n from events) as numbered where version <> n'),
    'the vault has the secret of every tunnel, and no other': await texts(
      `with wanted as (
         select distinct on (decision->'tunnel'->>'tunnelId') decision->'tunnel'->>'tunnelId' as tunnel, decision->'tunnel'->>'pskRef' as ref
         from events where type in ('TunnelAdded', 'TunnelReconfigured') order by decision->'tunnel'->>'tunnelId', position desc)
       select coalesce(psk.ref, tunnel) as text from psk full join (select * from wanted where tunnel in (select id from resource where kind = 'vpnTunnel')) as live on psk.ref = live.ref where psk.ref is null or live.ref is null`),
    'nothing was made beyond the quota that was in force': madeOverQuota(await query<Decided>(url, 'select type, decision from events where type = any($1) order by position', [QUOTA_DECISIONS])),
  };
}

/** Tables in which one of these secrets can be read. The vault's is sealed, so it is looked at like the others. */
export async function tablesWith(url: string, secrets: readonly string[]): Promise<string[]> {
  const tables = await query<{ name: string }>(url, `select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await query<{ n: number }>(url, `select count(*)::int as n from ${name} as t where exists (select from unnest($1::text[]) as secret where strpos(t::text, secret) > 0)`, [secrets]);
    if (row!.n > 0) found.push(`${name}: ${row!.n} rows`);
  }
  return found;
}
