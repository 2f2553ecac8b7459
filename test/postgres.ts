import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findPostgres } from '../libs/platform/src/dev-postgres.js'; // not the whole library: this runs before every test run
import { leftBehind, runFolder } from './run-folder.js';

const PREFIX = 'bordergate-test-pg-';

/**
 * Vitest global set-up: a place for one throw-away PostgreSQL per run, unless TEST_PG_URL names a server. The first
 * test file that asks for a database starts it (test/database.ts), so a run without one pays nothing; this stops it.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_PG_URL) return undefined;
  for (const dir of leftBehind(PREFIX)) await remove(dir);
  const dir = runFolder(PREFIX);
  process.env.TEST_PG_DIR = dir;
  return () => remove(dir);
}

async function remove(dir: string): Promise<void> {
  const data = path.join(dir, 'data');
  if (existsSync(data)) await (await findPostgres(data))?.stop();
  rmSync(dir, { recursive: true, force: true });
}
