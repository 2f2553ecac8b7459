import {
  createLog, createService, forgetIdempotencyKeys, postgresCheckpoint, Readiness, Relay, systemClock, Vault, type Clock, type Journal, type Log, type VaultKeys,
} from '@bordergate/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { DATA_SOURCE } from './config.js';
import { ResourcesModule } from './resources.module.js';
import { LiveRoutes } from './store/live-routes.js';
import { LiveStatus } from './store/live-status.js';
import { PskVault } from './store/psk-vault.js';
import { rebuildResourceView } from './store/resource-projection.js';

export interface ResourcesOptions {
  readonly databaseUrl: string;
  readonly journal: Journal;
  /** The journal outlives this process (Kafka): the relay goes on where it was instead of publishing all again. */
  readonly durableJournal?: boolean;
  readonly vaultKeys: VaultKeys;
  /** What workers show at GET /internal/v1/psks/{ref}; without one nobody gets a secret there. */
  readonly workerToken?: string;
  readonly tenant?: string;
  readonly log?: Log;
  readonly registry?: Registry;
  readonly clock?: Clock;
  /** No log line per request. */
  readonly quiet?: boolean;
}

export interface Resources {
  /** Initialised, not listening. */
  readonly app: NestFastifyApplication;
  /** Started: publishes decisions to the journal. */
  readonly relay: Relay;
  readonly db: DataSource;
  /** Makes the view of resources anew from the log. */
  rebuild(): Promise<void>;
  /** Puts all secrets under the current vault key; answers how many were under another. */
  resealPsks(): Promise<number>;
  /** Ends the relay and the subscriptions, then requests and database connections; what was committed last is relayed at the next start. The journal is its owner's. */
  close(): Promise<void>;
}

/** The resources service: REST, command handlers, view, vault and relay, on one database and one journal. */
export async function createResources(options: ResourcesOptions): Promise<Resources> {
  const { databaseUrl, journal, vaultKeys, workerToken, tenant = 'default', registry = new Registry(), clock = systemClock, log = createLog('resources'), quiet = false } = options;
  const live = new LiveStatus();
  const routes = new LiveRoutes();
  const vault = new Vault(vaultKeys);
  const readiness = new Readiness();
  let relay: Relay | undefined;
  const config = { tenant, workerToken, vaultKeys, clock, committed: () => relay?.poke() };

  const app = await createService('resources', ResourcesModule.with(databaseUrl, vault, { live, routes }, config), { registry, log, readiness, quiet });
  try {
    const db = app.get<DataSource>(getDataSourceToken(DATA_SOURCE));
    readiness.add('postgres', async () => { await db.query('select 1'); });
    relay = new Relay({ db: db.manager, journal, source: '/bordergate/resources', log, registry, ...(options.durableJournal ? { checkpoint: postgresCheckpoint(db.manager, 'resources/relay') } : {}) });
    const running = relay;
    await Promise.all([live.start(journal), routes.start(journal)]);
    await running.start();
    const stopForgetting = forgetOldKeys(db, clock, log);
    return {
      app, relay: running, db,
      rebuild: () => rebuildResourceView(db),
      resealPsks: () => new PskVault(vault).reseal(db, vaultKeys.current),
      async close() {
        // The database connections go with the app, so the relay has to end before.
        stopForgetting();
        await Promise.all([running.stop(), live.stop(), routes.stop()]);
        await app.close();
      },
    };
  } catch (error) {
    await Promise.all([live.stop(), routes.stop()]);
    await app.close();
    throw error;
  }
}

const HOUR_MS = 3_600_000;
const KEEP_KEYS_MS = 24 * HOUR_MS;

/** Answers under an Idempotency-Key are kept for a day: longer than any client retries. */
function forgetOldKeys(db: DataSource, clock: Clock, log: Log): () => void {
  const timer = setInterval(() => {
    forgetIdempotencyKeys(db.manager, new Date(clock.now() - KEEP_KEYS_MS)).catch((error: unknown) => log.error('old idempotency keys are still there; next try in an hour', { error }));
  }, HOUR_MS).unref();
  return () => clearInterval(timer);
}
