import type { BirdReply } from './reply.js';

/** RFC 5880 §4.1 (Sta). */
export type BfdState = 'admin-down' | 'down' | 'init' | 'up';

export interface BirdBfdSession {
  /** BIRD's BFD protocol, e.g. "bfd1". */
  readonly protocol: string;
  readonly neighborAddress: string;
  readonly device?: string;
  readonly state: BfdState;
  readonly since: string;
  /** Between two packets we send, as negotiated. */
  readonly intervalMs: number;
  /** Silence after which the neighbour is declared down: its multiplier decides, not ours (RFC 5880 §6.8.4). */
  readonly timeoutMs: number;
}

const NAMES: Readonly<Record<string, BfdState>> = { AdminDown: 'admin-down', Down: 'down', Init: 'init', Up: 'up' };

/** The state in BIRD's word; undefined when it is no such word. */
export const bfdState = (word: string): BfdState | undefined => NAMES[word];

const ROW = /^(\S+)\s+(\S+)\s+(\w+)\s+(\S.*?)\s+(\d+\.\d+)\s+(\d+\.\d+)$/;

/** Reads `show bfd sessions`. Lines that are no session (headings, "bfd1: is not up") are passed over. */
export function parseBfdSessions(reply: BirdReply): BirdBfdSession[] {
  const sessions: BirdBfdSession[] = [];
  let protocol = '';
  for (const { code, text } of reply.lines) {
    if (code !== 1020) continue;
    const heading = /^(\w+):/.exec(text);
    if (heading) protocol = heading[1]!;
    const match = ROW.exec(text);
    const state = match && bfdState(match[3]!);
    if (!match || !state) continue;
    sessions.push({
      protocol,
      neighborAddress: match[1]!,
      ...(match[2] === '---' ? {} : { device: match[2]! }),
      state,
      since: match[4]!,
      intervalMs: Math.round(Number(match[5]) * 1000),
      timeoutMs: Math.round(Number(match[6]) * 1000),
    });
  }
  return sessions;
}
