import { createLog, createService, dataSourceOptions, Door, isMigrated, migrate, NodeWatch, NotThereYet, ParkedRecords, Readiness, systemClock, type Clock, type Journal, type Log, type VaultKeys } from '@bordergate/platform';
import { RouteLimits, VifStates } from '@bordergate/telemetry-core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { openAlarms, TENANT } from './alarms/open-alarms.js';
import { EventStreams } from './event-stream.js';
import { startFeed } from './feed.js';
import { LiveStates } from './live.js';
import { Meter } from './meter/meter.js';
import { registerTunnelMetrics } from './metrics.js';
import { registerParkedMetrics } from './parked-metrics.js';
import { openSeries } from './series/open-series.js';
import { SCHEMA } from './store/migrations.js';
import { TelemetryModule } from './telemetry.module.js';
import { registerVifMetrics } from './vif-metrics.js';

export { readLiveStreams, readMeter, readRetentionDays, readWebhookAllow } from './options.js';

export interface TelemetryOptions {
  /** The caller's: it is not closed here. */
  readonly journal: Journal;
  /** Where series and changes of state are kept, in a schema of their own. */
  readonly databaseUrl: string;
  /** Secrets of webhooks are sealed with them. */
  readonly vaultKeys: VaultKeys;
  /** Prefixes that webhooks may lead to although they are this machine's or its segment's. */
  readonly webhookAllow?: readonly string[];
  /** Meters usage, and publishes it (billing.usage.v1). */
  readonly meter?: boolean;
  /** Off: somebody else migrates the database, and this waits for it. */
  readonly migrate?: boolean;
  /** Days for which they are kept; 14 when not said. */
  readonly retentionDays?: number;
  /** How often workers sample; three intervals without a sample are a gap. 10 s when not said. */
  readonly sampleIntervalMs?: number;
  readonly heartbeatMs?: number;
  /** How many live streams may be open; 500 when not said. */
  readonly liveStreams?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly registry?: Registry;
}

export interface Telemetry {
  /** Not listening; `close` of it is enough, too. */
  readonly app: NestFastifyApplication;
  /** Resolves when the states hold all that the journal held at the start. */
  readonly ready: Promise<void>;
  /** Stores what has been measured until now, which happens every minute by itself: for tests. */
  store(): Promise<void>;
  /** Looks at the alarms, which happens every minute by itself: for tests. */
  lookAtAlarms(): Promise<void>;
  close(): Promise<void>;
}

/** The telemetry service: the present state and counters of every tunnel, by request, as a stream and as metrics; and what they were, as series. */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { journal, sampleIntervalMs = 10_000, heartbeatMs = 15_000, liveStreams = 500, clock = systemClock, log = createLog('telemetry'), registry = new Registry(), databaseUrl, retentionDays = 14, webhookAllow = [], meter = false } = options;
  if (options.migrate ?? true) await migrate(databaseUrl, SCHEMA);
  else if (!(await isMigrated(databaseUrl, SCHEMA))) throw new NotThereYet('the database is not migrated yet (node apps/telemetry/dist/migrate.js does it)');
  const db = await new DataSource({ ...dataSourceOptions(databaseUrl, SCHEMA, 'bordergate telemetry') }).initialize();
  try {
    return await start({ ...options, journal, sampleIntervalMs, heartbeatMs, liveStreams, clock, log, registry, databaseUrl, retentionDays, webhookAllow, meter }, db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function start({ journal, sampleIntervalMs, heartbeatMs, liveStreams, clock, log, registry, databaseUrl, retentionDays, vaultKeys, webhookAllow, meter }: Required<Omit<TelemetryOptions, 'migrate'>>, db: DataSource): Promise<Telemetry> {
  const series = await openSeries({ db, databaseUrl, journal, sampleIntervalMs, retentionDays, clock, log, registry });
  const { states } = series;
  const limits = new RouteLimits();
  const alarms = await openAlarms({ db, databaseUrl, states, limits, metrics: series.metrics, series: series.reader, vaultKeys, webhookAllow, retentionDays, clock, log, registry });
  const vifs = new VifStates(sampleIntervalMs);
  const live = new LiveStates(states, clock.now().toString(36));
  const streams = new EventStreams(live, heartbeatMs, liveStreams);
  registerTunnelMetrics(registry, states);
  registerVifMetrics(registry, vifs);
  new Gauge({ name: 'vpn_telemetry_live_streams', help: 'open live streams', registers: [registry], collect() { this.set(streams.size); } });
  const refused = new Counter({ name: 'vpn_telemetry_refused_records_total', help: 'records of the journal that break their schema', labelNames: ['topic'], registers: [registry] });

  const door = new Door(refused, log);
  const parked = new ParkedRecords(journal, 'telemetry', clock);
  registerParkedMetrics(registry, parked);

  const nodes = new NodeWatch({ journal, listener: 'telemetry', clock, log, door, changed: (silent) => {
    vifs.nodes(silent);
    live.touched(series.tap.nodes(states.nodes(silent)));
  } });
  await nodes.start();
  const [feed, { read }] = await Promise.all([startFeed({ journal, states, vifs, limits, door, levels: series.tap, touched: (ids) => live.touched(ids) }), parked.start(door)]);
  // Nothing arrives when samples stay away: only time tells that a rate is no longer true.
  const passing = setInterval(() => {
    live.touched(states.passTime(clock.now()));
    vifs.passTime(clock.now());
    series.ingest.passTime();
  }, sampleIntervalMs).unref();

  const readiness = new Readiness();
  let caughtUp = false;
  const ready = Promise.all([feed.ready, read]).then(() => { caughtUp = true; });
  series.start(feed.ready);
  alarms.start(feed.ready);
  const metering = meter ? new Meter({ db, databaseUrl, journal, directory: series.directory, series: series.reader, tenant: TENANT, pollMs: sampleIntervalMs, retentionDays, clock, log }) : undefined;
  await metering?.start();
  readiness.add('postgres', async () => { await db.query('select 1'); });
  readiness.watch('journal', () => journal.check());
  readiness.add('history', async () => {
    if (!caughtUp) throw new Error('still reading what happened before');
  });
  const app = await createService('telemetry', TelemetryModule.with(states, vifs, streams, parked, series.metrics, series.changes, { rules: alarms.rules, reader: alarms.reader, config: { tenant: TENANT, vaultKeys } }, async () => {
    await series.stop();
    await db.destroy();
  }), {
    registry, readiness, log,
    configure: (nest) => void nest.getHttpAdapter().getInstance().addHook('preClose', async () => {
      clearInterval(passing);
      streams.close();
      await Promise.all([alarms.stop(), metering?.stop(), feed.close(), parked.stop(), nodes.stop()]);
    }),
  });
  return { app, ready, store: () => series.store(), lookAtAlarms: async () => void (await alarms.look()), close: () => app.close() };
}
