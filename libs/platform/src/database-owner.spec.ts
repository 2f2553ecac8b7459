import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { becomeOnlyOwner, OwnedByAnother, shareDatabase } from './database-owner.js';

const never = (error: Error) => { throw error; };
const AT_ONCE = { patienceMs: 0 };
let database: TestDatabase;
beforeAll(async () => { database = await testDatabase(); });
afterAll(() => database.drop());

/** As a restart of the database does. */
async function cutSessions(): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'bordergate%' and datname = current_database()");
  await client.end();
}

it('the only owner is alone, and is told whom to stop', async () => {
  const release = await becomeOnlyOwner(database.url, never);
  await expect(becomeOnlyOwner(database.url, never, AT_ONCE)).rejects.toThrow(new OwnedByAnother('another Bordergate process runs on this data folder or database: stop it first'));
  await expect(shareDatabase(database.url, never, AT_ONCE)).rejects.toThrow(new OwnedByAnother('another Bordergate process runs on this data folder or database: stop it first'));
  await release();
});

it('services that run apart share the database, and an only owner is refused until the last has gone', async () => {
  const releases = [await shareDatabase(database.url, never), await shareDatabase(database.url, never)];
  for (const release of releases) {
    await expect(becomeOnlyOwner(database.url, never, AT_ONCE)).rejects.toThrow(new OwnedByAnother('services of a platform that runs apart (resources) use this database: stop them first'));
    await release();
  }
  await (await becomeOnlyOwner(database.url, never))();
});

it('one that waits a moment gets what a dead process leaves', async () => {
  const release = await shareDatabase(database.url, never);
  const waiting = becomeOnlyOwner(database.url, never);
  await release();
  await (await waiting)();
});

it('a share that the database has cut is taken again, and refused when somebody has become the only owner', async () => {
  const refused = vi.fn();
  const release = await shareDatabase(database.url, refused, AT_ONCE);
  await cutSessions();
  await vi.waitFor(() => expect(becomeOnlyOwner(database.url, never, AT_ONCE).then((free) => free())).rejects.toBeInstanceOf(OwnedByAnother), { timeout: 20_000, interval: 100 });
  expect(refused).not.toHaveBeenCalled();
  await cutSessions();
  const free = await becomeOnlyOwner(database.url, () => {}); // quicker than the share, which waits a second
  await vi.waitFor(() => expect(refused).toHaveBeenCalledWith(expect.any(OwnedByAnother)), { timeout: 20_000 });
  await free();
  await release();
});
