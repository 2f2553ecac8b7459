import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostgres } from '../libs/platform/src/dev-postgres.js'; // not the whole library: this runs before every test run

const PREFIX = 'bordergate-test-pg-';

/**
 * Vitest global set-up: a place for one throw-away PostgreSQL per run, unless TEST_PG_URL names a server. The first
 * test file that asks for a database starts it (test/database.ts), so a run without one pays nothing; this stops it.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_PG_URL) return undefined;
  await sweep();
  const dir = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  process.env.TEST_PG_DIR = dir;
  return () => remove(dir);
}

async function remove(dir: string): Promise<void> {
  const data = path.join(dir, 'data');
  if (existsSync(data)) await (await findPostgres(data))?.stop();
  rmSync(dir, { recursive: true, force: true });
}

/** What runs that were killed left behind; the process id in the name tells whose it is. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((n) => n.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (!isAlive(pid)) await remove(path.join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
