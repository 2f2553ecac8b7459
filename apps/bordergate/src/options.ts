import { OptionError, readProcessOptions, readSampleInterval, Settings, type Environment, type ProcessOptions } from '@bordergate/platform';
import { readLiveStreams, readMeter, readRetentionDays, readWebhookAllow } from '@bordergate/telemetry';
import { readWorkerPlace, type WorkerPlace } from '@bordergate/tunnel-worker';

/** Settings of the all-in-one process, from BORDERGATE_* variables; every one has a default that works. */
export interface PlatformOptions extends ProcessOptions, WorkerPlace {
  /** Host names, besides localhost and addresses, under which browsers and clients reach it; "*" is any (ADR 26). */
  readonly allowedHosts: readonly string[];
  readonly sampleIntervalMs: number;
  /** Days for which series and changes of state are kept. */
  readonly retentionDays: number;
  /** Prefixes that webhooks may lead to although they are this machine's or its segment's. */
  readonly webhookAllow: readonly string[];
  /** Whether usage is metered, for whoever bills. */
  readonly meter: boolean;
  /** How many live streams may be open. */
  readonly liveStreams: number;
  /** An existing PostgreSQL instead of the embedded one. */
  readonly databaseUrl: string | null;
}

export const FRONT_PORT = 8480;

/** @throws OptionError that names the variable */
export function readOptions(env: Environment): PlatformOptions {
  const settings = new Settings(env);
  return {
    ...readProcessOptions(settings, FRONT_PORT),
    ...readWorkerPlace(settings),
    allowedHosts: readAllowedHosts(settings),
    sampleIntervalMs: readSampleInterval(settings),
    retentionDays: readRetentionDays(settings),
    webhookAllow: readWebhookAllow(settings),
    meter: readMeter(settings),
    liveStreams: readLiveStreams(settings),
    databaseUrl: settings.optional('DATABASE_URL') ?? null,
  };
}

export function readAllowedHosts(settings: Settings): string[] {
  const names = settings.text('BORDERGATE_ALLOWED_HOSTS', '').toLowerCase().split(/[\s,]+/).filter(Boolean);
  if (!names.every((name) => /^(\*|[a-z0-9_.-]{1,253})$/.test(name))) throw new OptionError('BORDERGATE_ALLOWED_HOSTS must be host names without port, separated by commas, or "*"');
  return names;
}
