import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPostgres, startPostgres, type DevPostgres } from './dev-postgres.js';

const FAST = { fsync: 'off' };
let home: string;
let dataDir: string;
let server: DevPostgres;

const query = async (url: string, sql: string) => {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  // As in a home folder that only its owner may enter: nobody cannot get there.
  home = mkdtempSync(path.join(tmpdir(), 'bordergate-home-'));
  chmodSync(home, 0o700);
  mkdirSync(path.join(home, 'a'), { mode: 0o700 });
  dataDir = path.join(home, 'a', 'data');
  server = await startPostgres(dataDir, 0, FAST);
});
afterAll(async () => {
  await (await findPostgres(dataDir))?.stop();
  rmSync(home, { recursive: true, force: true });
});

it('runs below a folder of mode 0700 and writes its log beside the data', async () => {
  expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(readFileSync(path.join(home, 'a', 'postgres.log'), 'utf8')).toContain('ready to accept connections');
  expect(statSync(path.join(dataDir, 'superuser.password')).mode & 0o077).toBe(0);
});

it('asks for the password', async () => {
  const url = new URL(server.url('postgres'));
  url.password = 'guess';
  await expect(query(url.href, 'select 1')).rejects.toThrow(/password/);
});

it('makes a database once', async () => {
  const url = await server.createDatabase('made "twice"');
  expect(await server.createDatabase('made "twice"')).toBe(url);
  expect(await query(url, 'select current_database() as name')).toEqual([{ name: 'made "twice"' }]);
});

it('adopts the running server, on its port', async () => {
  const again = await startPostgres(dataDir, 0, FAST);
  expect(again.url('x')).toBe(server.url('x'));
});

it('starts again after the server was killed, with what was committed', async () => {
  const url = await server.createDatabase('kept');
  await query(url, 'create table t as select 7 as n');
  process.kill(Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  server = await startPostgres(dataDir, 0, FAST);
  expect(await query(server.url('kept'), 'select n from t')).toEqual([{ n: 7 }]);
});

it('says what is wrong when the port is not free', async () => {
  const other = path.join(home, 'b', 'data');
  await expect(startPostgres(other, Number(new URL(server.url('x')).port), FAST)).rejects.toThrow(/Address already in use/);
});

it('is gone after stop, and stopping again does nothing', async () => {
  await server.stop();
  await server.stop();
  expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(false);
  expect(await findPostgres(dataDir)).toBeUndefined();
});

it.runIf(process.getuid?.() === 0)('gives the files to the user that can reach them', async () => {
  const owner = () => execFileSync('stat', ['-c', '%u', path.join(dataDir, 'PG_VERSION')], { encoding: 'utf8' }).trim();
  expect(owner()).toBe('0');
  for (const dir of [home, path.join(home, 'a')]) chmodSync(dir, 0o755);
  server = await startPostgres(dataDir, 0, FAST);
  expect(owner()).toBe('65534');
  expect(await query(server.url('kept'), 'select n from t')).toEqual([{ n: 7 }]);
});
