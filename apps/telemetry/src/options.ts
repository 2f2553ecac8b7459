import { readKafka, readProcessOptions, readSampleInterval, type KafkaSettings, type ProcessOptions, type Settings } from '@bordergate/platform';

/** Settings of a telemetry process. */
export interface TelemetryProcessOptions extends ProcessOptions {
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  readonly sampleIntervalMs: number;
  readonly retentionDays: number;
  /** Whether it migrates the database when it starts, or waits until somebody has. */
  readonly migrate: boolean;
}

export const readDatabaseUrl = (settings: Settings): string => settings.required('DATABASE_URL', 'postgres://user:password@host:port/database, the database that the telemetry service keeps series in');

/** Days for which series and changes of state are kept. */
export const readRetentionDays = (settings: Settings): number => settings.whole('BORDERGATE_RETENTION_DAYS', 14, 1, 400);

export const readTelemetryOptions = (settings: Settings): TelemetryProcessOptions => ({
  ...readProcessOptions(settings, 8483),
  databaseUrl: readDatabaseUrl(settings),
  kafka: readKafka(settings),
  sampleIntervalMs: readSampleInterval(settings),
  retentionDays: readRetentionDays(settings),
  migrate: settings.flag('BORDERGATE_MIGRATE', true),
});
