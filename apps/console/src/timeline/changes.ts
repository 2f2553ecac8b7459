import type { StateChange } from './types.js';
import type { TunnelState } from '../api/types.js';
import type { Tone } from '../ui/status.js';

/** How a change looks: it came up, went down, was switched off, or is worth a look. */
export function toneOf(what: string): Tone {
  if (/ (UP|established)$/.test(what)) return 'up';
  if (/^(oper DOWN|BGP down)$/.test(what)) return 'down';
  return /failed|gone/.test(what) ? 'warn' : 'off';
}

export interface Day<T> {
  /** As its people count it, such as 2026-11-28. */
  readonly day: string;
  readonly changes: readonly T[];
}

/** Changes by the day they happened on, newest first as they came. @param dayOf the day of an instant where the reader is */
export function byDay<T extends { readonly at: string }>(changes: readonly T[], dayOf: (at: string) => string): readonly Day<T>[] {
  const days: { day: string; changes: T[] }[] = [];
  for (const change of changes) {
    const day = dayOf(change.at);
    const last = days.at(-1);
    if (last?.day === day) last.changes.push(change);
    else days.push({ day, changes: [change] });
  }
  return days;
}

/** Without a store: what the present states remember, newest first. */
export const remembered = (states: readonly TunnelState[]): readonly StateChange[] =>
  states.flatMap(({ vpnTunnelId, vpnConnectionId, history }) => history.map(({ at, what, detail }) => ({ at, what, detail, vpnTunnelId, vpnConnectionId }))).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));

/** A detail of the API, "reason: what the daemon said", in its two parts. */
export function detailOf(detail: string, isReason: (word: string) => boolean): { readonly reason: string | null; readonly rest: string } {
  const [, word = '', rest = ''] = /^([a-z-]+)(?:: ?(.*))?$/s.exec(detail) ?? [];
  return isReason(word) ? { reason: word, rest } : { reason: null, rest: detail };
}
