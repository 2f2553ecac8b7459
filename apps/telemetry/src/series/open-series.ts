import type { Clock, Journal, Log } from '@bordergate/platform';
import { LevelBook, TunnelStates } from '@bordergate/telemetry-core';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Directory } from '../store/directory.js';
import { Partitions } from '../store/partitions.js';
import { SeriesStore } from '../store/series-store.js';
import { StateChanges } from '../store/state-changes.js';
import { Ingest } from './ingest.js';
import { IngestMetrics } from './ingest-metrics.js';
import { LevelTap } from './level-tap.js';
import { MetricsService } from './metrics.service.js';
import { SeriesReader } from './series-reader.js';

export interface SeriesOptions {
  readonly db: DataSource;
  readonly databaseUrl: string;
  readonly journal: Journal;
  readonly sampleIntervalMs: number;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/** Of the time in which nobody drew, so much is drawn at most when one starts: as far back as the samples of it are kept. */
const BACK_MS = 86_400_000;

/** The states with all that keeps what they were. */
export async function openSeries({ db, databaseUrl, journal, sampleIntervalMs, retentionDays, clock, log, registry }: SeriesOptions) {
  const [directory, partitions] = [new Directory(), new Partitions()];
  const drawnMs = Math.max((await SeriesStore.drawnMs(db.manager)) ?? clock.now(), clock.now() - BACK_MS);
  const placeOf = (tunnelId: string) => states.placeOf(tunnelId);
  const changes = new StateChanges({ db, directory, partitions, placeOf, retentionDays, clock, log });
  const states: TunnelStates = new TunnelStates(sampleIntervalMs, (tunnelId, change) => changes.told(tunnelId, change));
  const levels = new LevelBook(drawnMs);
  let begin!: (ready: Promise<void>) => void;
  const ready = new Promise<void>((resolve) => { begin = resolve as typeof begin; });
  const ingest = new Ingest({ db, databaseUrl, journal, directory, partitions, levels, drawnMs, placeOf, ready, sampleIntervalMs, retentionDays, clock, log, metrics: new IngestMetrics(registry) });
  const reader = new SeriesReader(db, ingest);
  return {
    states, ingest, changes, reader, directory,
    tap: new LevelTap(states, levels, clock, (tunnelId) => ingest.forget(tunnelId)),
    metrics: new MetricsService(db, directory, reader, states, clock),
    /** @param folded the states hold what happened before */
    start(folded: Promise<void>): void {
      begin(folded);
      changes.start();
      ingest.start();
    },
    async store(): Promise<void> {
      await Promise.all([ingest.store(), changes.store()]);
    },
    async stop(): Promise<void> {
      await Promise.all([ingest.stop(), changes.stop()]);
    },
  };
}
