import type { LogLevel } from './log.js';
import type { Settings } from './settings.js';

/** Where a process listens, and how much it says. */
export interface ProcessOptions {
  /** Loopback unless told otherwise: there is no access control yet. */
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  readonly logLevel: LogLevel;
}

export const readProcessOptions = (settings: Settings, port: number): ProcessOptions => ({
  host: settings.text('BORDERGATE_HOST', '127.0.0.1'),
  port: settings.whole('BORDERGATE_PORT', port, 0, 65_535),
  logLevel: settings.oneOf('BORDERGATE_LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info'),
});

/** How often workers sample counters: who reads them has to know, to tell a gap. */
export const readSampleInterval = (settings: Settings): number => settings.whole('BORDERGATE_SAMPLE_INTERVAL_MS', 10_000, 100, 600_000);
