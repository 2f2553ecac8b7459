import type { BirdReply } from './reply.js';

/** `show status`. Times are BIRD's text (`timeformat base`, local time). */
export interface BirdStatus {
  readonly version: string;
  readonly routerId: string;
  readonly serverTime?: string;
  readonly lastReboot?: string;
  readonly lastReconfiguration?: string;
  /** Waiting for peers after a restart: what is missing now may still come (RFC 4724 §4.1). */
  readonly gracefulRestart: boolean;
  /** "Daemon is up and running", "Reconfiguration in progress", "Shutdown in progress". */
  readonly summary: string;
}

export function parseStatus(reply: BirdReply): BirdStatus {
  const find = (pattern: RegExp): string | undefined => {
    for (const { text } of reply.lines) {
      const match = pattern.exec(text);
      if (match) return match[1];
    }
    return undefined;
  };
  const serverTime = find(/^Current server time is (.+)$/);
  const lastReboot = find(/^Last reboot on (.+)$/);
  const lastReconfiguration = find(/^Last reconfiguration on (.+)$/);
  return {
    version: find(/^BIRD (?:version )?(\S+)/) ?? '',
    routerId: find(/^Router ID is (\S+)/) ?? '',
    ...(serverTime === undefined ? {} : { serverTime }),
    ...(lastReboot === undefined ? {} : { lastReboot }),
    ...(lastReconfiguration === undefined ? {} : { lastReconfiguration }),
    gracefulRestart: find(/^(Graceful restart recovery)/) !== undefined,
    summary: reply.text,
  };
}
