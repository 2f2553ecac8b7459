import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pausing } from './retry.js';

/** Any number that no other lock of ours uses. */
const LOCK = 8_480_001;
const PATIENCE_MS = 10_000;
const RECONNECT_MS = 1_000;
const [OWNER, SHARER] = ['bordergate owner', 'bordergate resources, one of several'];

/** Said to a person as it is, without a stack. */
export class OwnedByAnother extends Error {
  override readonly name = 'OwnedByAnother';
}

export interface OwnershipPatience {
  /** After a kill -9 the old session may linger for a moment: how long to wait before it is refused; 10 s when not said. */
  readonly patienceMs?: number;
}

/**
 * One platform per database, when all of it is one process: a session lock that ends with the process, however it ends.
 * @param onLost the session is gone: the process can no longer vouch for its data
 * @throws OwnedByAnother when another platform holds the data, whole or as services that run apart
 */
export async function becomeOnlyOwner(databaseUrl: string, onLost: (error: Error) => void, { patienceMs = PATIENCE_MS }: OwnershipPatience = {}): Promise<() => Promise<void>> {
  const session = await connect(databaseUrl, OWNER);
  let closing = false;
  session.on('error', (error) => {
    if (!closing) onLost(error);
  });
  await held(session, 'pg_try_advisory_lock', patienceMs);
  return async () => {
    closing = true;
    await session.end();
  };
}

/**
 * Of a process that is one of several on the database: they share it with one another, and not with a platform that is the only owner. A lost
 * session is replaced: the database may have been away, and its log is safe by other locks meanwhile.
 * @param onRefused somebody has become the only owner meanwhile
 * @throws OwnedByAnother when a platform in one process holds the data
 */
export async function shareDatabase(databaseUrl: string, onRefused: (error: OwnedByAnother) => void, { patienceMs = PATIENCE_MS }: OwnershipPatience = {}): Promise<() => Promise<void>> {
  const stopped = new AbortController();
  let current: pg.Client;
  const open = async (): Promise<void> => {
    const session = await connect(databaseUrl, SHARER);
    session.on('error', () => {}); // it ends, too
    await held(session, 'pg_try_advisory_lock_shared', patienceMs);
    current = session;
    session.on('end', () => {
      if (!stopped.signal.aborted) void again();
    });
  };
  const again = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await pausing(RECONNECT_MS, stopped.signal);
      if (stopped.signal.aborted) return;
      try {
        await open();
        if (stopped.signal.aborted) await current.end();
        return;
      } catch (error) {
        if (error instanceof OwnedByAnother) return onRefused(error);
        // the database is away: readiness says so
      }
    }
  };
  await open();
  return async () => {
    stopped.abort();
    await current.end();
  };
}

async function connect(databaseUrl: string, applicationName: string): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: databaseUrl, application_name: applicationName, keepAlive: true, connectionTimeoutMillis: 5_000 });
  await session.connect();
  return session;
}

async function held(session: pg.Client, tryLock: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared', patienceMs: number): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(100)) {
    const { rows } = await session.query<{ held: boolean }>(`select ${tryLock}($1) as held`, [LOCK]);
    if (rows[0]!.held) return;
    if (Date.now() <= deadline) continue;
    const shared = await areSharing(session);
    await session.end();
    throw new OwnedByAnother(shared
      ? 'services of a platform that runs apart (resources) use this database: stop them first'
      : 'another Bordergate process runs on this data folder or database: stop it first');
  }
}

async function areSharing(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query(
    `select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
     where datname = current_database() and locktype = 'advisory' and classid = 0 and objid = $1 and objsubid = 1 and mode = 'ShareLock' and granted limit 1`,
    [LOCK],
  );
  return rows.length > 0;
}
