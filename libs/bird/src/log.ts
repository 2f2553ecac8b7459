import { type BfdState, bfdState } from './bfd.js';
import type { BirdProtocolState } from './protocols.js';

/**
 * What a line of BIRD's log says. A reason is a line of its own, before the "closed" it explains: `remote` carries the
 * NOTIFICATION received or sent, `bgp-lost` what BIRD noticed by itself. Events are triggers; state is `show protocols`.
 */
export type BirdLogEvent =
  | { readonly type: 'protocol-state'; readonly protocol: string; readonly state: BirdProtocolState }
  | { readonly type: 'bgp-session'; readonly protocol: string; readonly state: 'established' | 'closed' }
  | { readonly type: 'bgp-lost'; readonly protocol: string; readonly reason: 'neighbor-lost' | 'link-down' | 'bfd-down' }
  /** E.g. `Received: Administrative shutdown: "maintenance"` or `Error: Hold timer expired` (sent by us). */
  | { readonly type: 'remote'; readonly protocol: string; readonly message: string }
  | { readonly type: 'receive-limit'; readonly protocol: string; readonly limit: number }
  | { readonly type: 'bfd'; readonly neighborAddress: string; readonly from: BfdState; readonly to: BfdState };

// 2026-11-21 02:29:03.617 <TRACE> b_t1: BGP session established
const LINE = /^.*?<([A-Z]+)> (.*)$/;
const SUBJECT = /^([A-Za-z_]\w*): (.*)$/;
const LOST = { 'Neighbor lost': 'neighbor-lost', 'Link down': 'link-down', 'BFD session down': 'bfd-down' } as const;

/** One line, with or without its final line feed. Undefined for everything that is no event of the above. */
export function parseLogLine(line: string): BirdLogEvent | undefined {
  const [, level, text] = LINE.exec(line.trimEnd()) ?? [];
  if (level === undefined || text === undefined) return undefined;
  const limit = /^Protocol (\w+) hits route receive limit \((\d+)\)/.exec(text);
  if (limit) return { type: 'receive-limit', protocol: limit[1]!, limit: Number(limit[2]) };
  const [, protocol, message] = SUBJECT.exec(text) ?? [];
  if (protocol === undefined || message === undefined) return undefined;
  if (level === 'RMT') return { type: 'remote', protocol, message };
  return level === 'TRACE' ? parseTrace(protocol, message) : undefined;
}

function parseTrace(protocol: string, message: string): BirdLogEvent | undefined {
  const state = /^State changed to (down|start|up|stop|flush)$/.exec(message);
  if (state) return { type: 'protocol-state', protocol, state: state[1] as BirdProtocolState };
  if (message === 'BGP session established') return { type: 'bgp-session', protocol, state: 'established' };
  if (message === 'BGP session closed') return { type: 'bgp-session', protocol, state: 'closed' };
  if (Object.hasOwn(LOST, message)) return { type: 'bgp-lost', protocol, reason: LOST[message as keyof typeof LOST] };
  const bfd = /^Session to (\S+) changed state from (\w+) to (\w+)$/.exec(message);
  const from = bfd && bfdState(bfd[2]!);
  const to = bfd && bfdState(bfd[3]!);
  return bfd && from && to ? { type: 'bfd', neighborAddress: bfd[1]!, from, to } : undefined;
}
