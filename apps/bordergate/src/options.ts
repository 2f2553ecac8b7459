import path from 'node:path';
import { Node, Region } from '@bordergate/contracts';
import { OptionError, type LogLevel } from '@bordergate/platform';

/** Settings of the all-in-one process, from BORDERGATE_* variables; every one has a default that works. */
export interface PlatformOptions {
  /** Database, keys, sockets, logs. */
  readonly dataDir: string;
  /** Loopback unless told otherwise: there is no access control yet. */
  readonly host: string;
  /** Host names, besides localhost and addresses, under which browsers and clients reach it; "*" is any (ADR 26). */
  readonly allowedHosts: readonly string[];
  /** 0 is any free port. */
  readonly port: number;
  /** The region and node the built-in worker serves. */
  readonly region: string;
  readonly node: string;
  readonly driver: 'auto' | 'libipsec' | 'simulated';
  /** Namespaces of this node begin with it, so that two platforms on one machine do not meet. */
  readonly netnsPrefix: string;
  /** The namespace that leads to the internet; null is the root namespace. */
  readonly uplinkNetns: string | null;
  readonly sampleIntervalMs: number;
  /** An existing PostgreSQL instead of the embedded one. */
  readonly databaseUrl: string | null;
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export function readOptions(env: Readonly<Record<string, string | undefined>>): PlatformOptions {
  const text = (name: string, fallback: string) => env[`BORDERGATE_${name}`] || fallback;
  const whole = (name: string, fallback: number, min: number, max: number) => {
    const value = Number(text(name, String(fallback)));
    if (!Number.isInteger(value) || value < min || value > max) throw new OptionError(`BORDERGATE_${name} must be a whole number from ${min} to ${max}`);
    return value;
  };
  const matching = (name: string, fallback: string, schema: { safeParse(v: string): { success: boolean; error?: { issues: { message: string }[] } } }) => {
    const value = text(name, fallback);
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new OptionError(`BORDERGATE_${name}: ${parsed.error?.issues[0]?.message}`);
    return value;
  };
  const driver = text('DRIVER', 'auto');
  if (driver !== 'auto' && driver !== 'libipsec' && driver !== 'simulated') throw new OptionError('BORDERGATE_DRIVER must be auto, libipsec or simulated');
  const logLevel = LOG_LEVELS.find((level) => level === text('LOG_LEVEL', 'info'));
  if (!logLevel) throw new OptionError(`BORDERGATE_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  const allowedHosts = text('ALLOWED_HOSTS', '').toLowerCase().split(/[\s,]+/).filter(Boolean);
  if (!allowedHosts.every((name) => /^(\*|[a-z0-9_.-]{1,253})$/.test(name))) throw new OptionError('BORDERGATE_ALLOWED_HOSTS must be host names without port, separated by commas, or "*"');
  const netnsPrefix = text('NETNS_PREFIX', 'bg-');
  if (!/^[a-z0-9-]{1,16}$/.test(netnsPrefix)) throw new OptionError('BORDERGATE_NETNS_PREFIX must be 1 to 16 lower-case letters, digits or "-"');
  return {
    dataDir: path.resolve(text('DATA_DIR', '.data')),
    host: text('HOST', '127.0.0.1'),
    allowedHosts,
    port: whole('PORT', 8480, 0, 65_535),
    region: matching('REGION', 'region-1', Region),
    node: matching('NODE', 'node-1', Node),
    driver,
    netnsPrefix,
    uplinkNetns: env.BORDERGATE_UPLINK_NETNS || null,
    sampleIntervalMs: whole('SAMPLE_INTERVAL_MS', 10_000, 100, 600_000),
    databaseUrl: env.DATABASE_URL || null,
    logLevel,
  };
}
