import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

/** Any number that no other lock of ours uses. */
const LOCK = 8_480_001;
const PATIENCE_MS = 10_000;

/** Said to a person as it is, without a stack. */
export class OwnedByAnother extends Error {
  override readonly name = 'OwnedByAnother';
}

/**
 * One platform per database: a session lock that ends with the process, however it ends. After a kill -9 the old
 * session may linger for a moment, so this waits before it refuses.
 * @throws OwnedByAnother when another platform holds the data
 */
export async function becomeOnlyOwner(databaseUrl: string, onLost: (error: Error) => void): Promise<() => Promise<void>> {
  const session = new pg.Client({ connectionString: databaseUrl, application_name: 'bordergate owner', keepAlive: true });
  let closing = false;
  session.on('error', (error) => {
    if (!closing) onLost(error);
  });
  await session.connect();
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const { rows } = await session.query<{ owned: boolean }>('select pg_try_advisory_lock($1) as owned', [LOCK]);
    if (rows[0]!.owned) break;
    if (Date.now() > deadline) {
      await session.end();
      throw new OwnedByAnother('another Bordergate process runs on this data folder or database: stop it first');
    }
  }
  return async () => {
    closing = true;
    await session.end();
  };
}
