import { OptionError, parseVaultKeys, readKafka, readProcessOptions, readSampleInterval, type KafkaSettings, type ProcessOptions, type Settings, type VaultKeys } from '@bordergate/platform';
import { isPrefix } from './alarms/address-guard.js';

/** Settings of a telemetry process. */
export interface TelemetryProcessOptions extends ProcessOptions {
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  readonly sampleIntervalMs: number;
  readonly retentionDays: number;
  readonly vaultKeys: VaultKeys;
  /** Prefixes that webhooks may lead to although they are this machine's or its segment's. */
  readonly webhookAllow: readonly string[];
  readonly meter: boolean;
  /** How many live streams may be open. */
  readonly liveStreams: number;
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
  vaultKeys: readVaultKeys(settings),
  webhookAllow: readWebhookAllow(settings),
  meter: readMeter(settings),
  liveStreams: readLiveStreams(settings),
  migrate: settings.flag('BORDERGATE_MIGRATE', true),
});

/** Whether usage is metered, for whoever bills. */
export const readMeter = (settings: Settings): boolean => settings.flag('BORDERGATE_METER', false);

/** How many live streams may be open at once, of one process. */
export const readLiveStreams = (settings: Settings): number => settings.whole('BORDERGATE_LIVE_STREAMS', 500, 1, 100_000);

/** Where webhooks may lead besides all that is not this machine's or its segment's. */
export function readWebhookAllow(settings: Settings): string[] {
  const prefixes = settings.text('BORDERGATE_WEBHOOK_ALLOW', '').split(/[\s,]+/).filter(Boolean);
  if (!prefixes.every(isPrefix)) throw new OptionError('BORDERGATE_WEBHOOK_ALLOW must be addresses or prefixes (127.0.0.1, 169.254.10.0/24), separated by commas');
  return prefixes;
}

function readVaultKeys(settings: Settings): VaultKeys {
  const text = settings.requiredSecret('BORDERGATE_VAULT_KEYS', 'the keys that secrets are sealed with, as the resources service has them');
  try {
    return parseVaultKeys(text);
  } catch (error) {
    throw new OptionError(`BORDERGATE_VAULT_KEYS: ${(error as Error).message}`); // which names no key
  }
}
