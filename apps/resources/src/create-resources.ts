import {
  Closers, createLog, createService, Door, forgetIdempotencyKeys, isMigrated, LedRelay, migrate, NodeWatch, NotThereYet, Readiness, Relay, systemClock, Vault, type Clock, type Journal, type Log, type VaultKeys,
} from '@bordergate/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Counter, Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { DATA_SOURCE } from './config.js';
import { ResourcesModule } from './resources.module.js';
import { follow } from './store/follow.js';
import { LiveRoutes } from './store/live-routes.js';
import { LiveStatus } from './store/live-status.js';
import { PskVault } from './store/psk-vault.js';
import { rebuildResourceView } from './store/resource-projection.js';
import { SCHEMA } from './store/schema.js';

export interface ResourcesOptions {
  readonly databaseUrl: string;
  readonly journal: Journal;
  /**
   * The journal outlives this process (Kafka), and others may serve beside it: one of them relays, and goes on where the one before was instead
   * of publishing all again.
   */
  readonly durableJournal?: boolean;
  /** Off: somebody else migrates the database, and this waits for it. */
  readonly migrate?: boolean;
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
  readonly db: DataSource;
  /** What the journal says of tunnels has been read. */
  readonly ready: Promise<void>;
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
  if (options.migrate ?? true) await migrate(databaseUrl, SCHEMA);
  else if (!(await isMigrated(databaseUrl, SCHEMA))) throw new NotThereYet('the database is not migrated yet (node apps/resources/dist/migrate.js does it)');
  const live = new LiveStatus();
  const routes = new LiveRoutes();
  const vault = new Vault(vaultKeys);
  const readiness = new Readiness();
  let committed = (): void => {};
  const config = { tenant, workerToken, vaultKeys, clock, committed: () => committed() };

  const app = await createService('resources', ResourcesModule.with(databaseUrl, vault, { live, routes }, config), { registry, log, readiness, quiet });
  const closers = new Closers();
  closers.add(() => app.close());
  try {
    const db = app.get<DataSource>(getDataSourceToken(DATA_SOURCE));
    await new PskVault(vault).mustKnowItsKeys(db.manager, vaultKeys);
    readiness.add('postgres', async () => { await db.query('select 1'); });
    const door = new Door(refusedRecords(registry), log);
    const following = await follow(journal, [...live.followed, ...routes.followed], door);
    closers.add(() => following.close());
    const nodes = new NodeWatch({ journal, listener: 'resources', clock, log, door });
    closers.add(() => nodes.stop());
    await nodes.start();
    live.silentSince = (region, node) => nodes.silentSince(region, node);
    let read = false;
    readiness.watch('journal', () => journal.check());
    // Commands need no broker (law 10): who starts while it is away serves, and knows no states yet.
    readiness.add('states', async () => { if (!read && (await isThere(journal))) throw new Error('still reading what workers say of tunnels'); });
    const ready = following.read.then(() => { read = true; });
    const relay = options.durableJournal
      ? ledRelay({ databaseUrl, db, journal, log, registry })
      : await ownRelay({ db, journal, log, registry });
    // The database connections go with the app, so the relay has to end before.
    closers.add(() => relay.stop());
    committed = relay.committed;
    const stopForgetting = forgetOldKeys(db, clock, log);
    closers.add(async () => stopForgetting());
    return { app, db, ready, rebuild: () => rebuildResourceView(db), resealPsks: () => new PskVault(vault).reseal(db, vaultKeys.current), close: () => closers.close() };
  } catch (error) {
    await closers.close().catch((failure: unknown) => log.warn('after a failed start not everything stopped cleanly', { error: failure }));
    throw error;
  }
}

const refusedRecords = (registry: Registry) => new Counter({ name: 'vpn_resources_refused_records_total', help: 'records of the journal that break their schema', labelNames: ['topic'], registers: [registry] });

const isThere = (journal: Journal): Promise<boolean> => journal.check().then(() => true, () => false);

interface RelayParts { readonly db: DataSource; readonly journal: Journal; readonly log: Log; readonly registry: Registry }
interface RunningRelay { readonly committed: () => void; stop(): Promise<void> }
const SOURCE = '/bordergate/resources';

/** Of the only process on the database: all that is in the log is published before it answers. */
async function ownRelay({ db, ...parts }: RelayParts): Promise<RunningRelay> {
  const relay = new Relay({ db: db.manager, source: SOURCE, ...parts });
  await relay.start();
  return { committed: () => relay.poke(), stop: () => relay.stop() };
}

/** Of one among several. Nobody waits for it: commands are accepted while the broker is away. */
function ledRelay({ db, ...parts }: RelayParts & { readonly databaseUrl: string }): RunningRelay {
  const relay = new LedRelay({ db: db.manager, source: SOURCE, schema: SCHEMA.name, name: 'resources/relay', ...parts });
  relay.start();
  const committed = () => void relay.committed().catch((error: unknown) => parts.log.debug('the leader was not told; it looks by itself', { error }));
  return { committed, stop: () => relay.stop() };
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
