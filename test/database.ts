import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../libs/platform/src/dev-postgres.js';

export interface TestDatabase {
  /** postgres://… of the new, empty database. */
  readonly url: string;
  /** Drops it, cutting the sessions that are left. */
  drop(): Promise<void>;
}

/** A database of its own for one test file, on the run's throw-away server (test/postgres.ts) or on TEST_PG_URL's. */
export async function testDatabase(): Promise<TestDatabase> {
  const urlOf = await server();
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = async (sql: string) => {
    const client = new pg.Client(urlOf('postgres'));
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await admin(`create database ${name}`);
  return { url: urlOf(name), drop: () => admin(`drop database ${name} with (force)`) };
}

/** TEST_PG_URL (postgres://user:password@host:port, no database), or the run's server, started by whoever comes first. */
async function server(): Promise<(database: string) => string> {
  const url = process.env.TEST_PG_URL;
  if (url) return (database) => `${url}/${database}`;
  const dir = process.env.TEST_PG_DIR;
  if (!dir) throw new Error('no test server: run under vitest.config.ts (globalSetup test/postgres.ts) or set TEST_PG_URL');
  chmodSync(dir, 0o755); // the server runs as another user when root tests
  const lock = path.join(dir, 'lock');
  while (!taken(lock)) await sleep(20);
  try {
    // Nothing here needs to survive a crash, so nothing waits for a disk.
    return (await startPostgres(path.join(dir, 'data'), 0, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' })).url;
  } finally {
    rmdirSync(lock);
  }
}

/** Making a folder is atomic: one of several test processes gets it. */
function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
