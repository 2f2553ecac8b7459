import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { becomeOnlyOwner, Closers, createLog, type Handler, loadVaultKeys, type Log, MemoryJournal, startPostgres } from '@bordergate/platform';
import { createResources } from '@bordergate/resources';
import { createRouting } from '@bordergate/routing';
import { createTelemetry } from '@bordergate/telemetry';
import { createDataPlane, createTunnelWorker } from '@bordergate/tunnel-worker';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Front } from './front.js';
import type { PlatformOptions } from './options.js';
import { makePages } from './pages.js';
import { workerToken } from './worker-token.js';

export interface Platform {
  readonly url: string;
  readonly driver: string;
  /** Everything that was there at the start is read, derived and reconciled from here on. */
  readonly ready: Promise<unknown>;
  /** Services first, the database last. Tunnels stay up. */
  close(): Promise<void>;
}

/**
 * All services in one process with an embedded Postgres and the memory journal. Each keeps its own container, command
 * bus and metrics registry, as when they run apart; only the journal and the address are shared.
 * @param onFatal is told when the process can no longer vouch for its data (its session with the database is gone)
 */
export async function startPlatform(options: PlatformOptions, onFatal: (error: Error) => void): Promise<Platform> {
  const log = createLog('bordergate', { level: options.logLevel });
  const closers = new Closers();
  try {
    return await start(options, log, closers, onFatal);
  } catch (error) {
    await closers.close().catch((failure: unknown) => log.error('stopping after a failed start', { error: failure }));
    throw error;
  }
}

async function start(options: PlatformOptions, log: Log, closers: Closers, onFatal: (error: Error) => void): Promise<Platform> {
  const service = (name: string) => createLog(name, { level: options.logLevel });
  mkdirSync(options.dataDir, { recursive: true, mode: 0o755 });
  const postgres = options.databaseUrl ? undefined : await startPostgres(path.join(options.dataDir, 'postgres'), 0);
  const databaseUrl = options.databaseUrl ?? (await postgres!.createDatabase('bordergate'));
  // Before anything may be stopped: the database may be another platform's, which a failed start must not take down.
  const release = await becomeOnlyOwner(databaseUrl, onFatal);
  if (postgres) closers.add(() => postgres.stop());
  closers.add(release);

  const journal = new MemoryJournal({ onError: (error, context) => log.error('a consumer failed; its batch comes again', { ...context, error }) });
  closers.add(() => journal.close());
  const token = workerToken(path.join(options.dataDir, 'worker.token'));
  const vaultKeys = loadVaultKeys({ env: process.env.BORDERGATE_VAULT_KEYS, file: path.join(options.dataDir, 'vault.keys'), create: true });
  const resources = await createResources({ databaseUrl, journal, workerToken: token, vaultKeys, log: service('resources') });
  closers.add(() => resources.close());
  const routing = await createRouting({ journal, log: service('routing') });
  closers.add(() => routing.close());
  const telemetry = await createTelemetry({ databaseUrl, journal, vaultKeys, webhookAllow: options.webhookAllow, meter: options.meter, liveStreams: options.liveStreams, sampleIntervalMs: options.sampleIntervalMs, retentionDays: options.retentionDays, log: service('telemetry') });
  closers.add(() => telemetry.close());

  const services: Record<string, NestFastifyApplication> = { resources: resources.app, routing: routing.app, telemetry: telemetry.app };
  const handlers: Record<string, Handler> = {};
  const dataPlane = createDataPlane({ driver: options.driver, dataDir: options.dataDir, netnsPrefix: options.netnsPrefix, uplinkNetns: options.uplinkNetns, log: service('tunnel-worker') });
  const front = await Front.listen(options.host, options.port, [hostname(), ...options.allowedHosts]);
  closers.add(() => front.close());
  const worker = await createTunnelWorker({
    journal, region: options.region, node: options.node, dataPlane, published: routing.ready, sampleIntervalMs: options.sampleIntervalMs, log: service('tunnel-worker'),
    psks: { resourcesUrl: `http://${loopbackOf(options.host)}:${front.port}`, workerToken: token },
  });
  closers.add(() => worker.close());
  services['tunnel-worker'] = worker.app;
  for (const [name, app] of Object.entries(services)) handlers[name] = app.getHttpAdapter().getInstance().routing as Handler;
  front.serve(handlers, makePages(services, { driver: dataPlane.kind, region: options.region, node: options.node }));

  const url = `http://${inUrl(options.host)}:${front.port}`;
  return { url, driver: dataPlane.kind, ready: Promise.all([resources.ready, routing.ready, telemetry.ready, worker.ready]), close: () => closers.close() };
}

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Where this process reaches itself: a wildcard address is no destination. */
const loopbackOf = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : inUrl(host));
