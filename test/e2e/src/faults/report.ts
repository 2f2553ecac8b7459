import type { TrafficLoss } from '../lab/traffic-probe.js';
import type { Findings } from './verify.js';

/** One fault, or a batch of kills, and what was seen after it. */
export interface Episode {
  readonly kind: string;
  /** What was done, one entry for each fault. */
  readonly faults: readonly string[];
  readonly acknowledged: number;
  readonly findings: Findings & { readonly refused: readonly string[] };
  readonly traffic: TrafficLoss;
  readonly faultMs: number;
  /** From the end of the fault until everything had been checked. */
  readonly settledMs: number;
}

/** Law 10: no outage of ours is in the way of a packet. What a busy machine drops is a packet or two; BFD gives up after 300 ms. */
export const LIMIT_MS = 300;

const FINDINGS = ['lost', 'diverged', 'dropped', 'refused'] as const;

const gapOf = ({ traffic: { cloudToCustomer, customerToCloud } }: Episode): number => Math.max(cloudToCustomer.longestGapMs, customerToCloud.longestGapMs);

export const problemsOf = (episode: Episode): string[] => [
  ...FINDINGS.flatMap((what) => episode.findings[what].map((problem) => `${what}: ${problem}`)),
  ...(gapOf(episode) >= LIMIT_MS ? [`traffic stood still for ${gapOf(episode)} ms, and may for less than ${LIMIT_MS} ms`] : []),
];

const HEADER = ['fault', 'injected', 'acknowledged commands', 'lost', 'diverged', 'tunnels dropped', 'refused', 'packets lost', 'worst traffic gap', 'longest outage', 'worst until checked'];

/** A header, a row for each kind, one for all. */
export function tableOf(episodes: readonly Episode[]): string[][] {
  const kinds = [...new Set(episodes.map(({ kind }) => kind))];
  return [HEADER, ...kinds.map((kind) => row(kind, episodes.filter((episode) => episode.kind === kind))), row('all', episodes)];
}

export function printTable(episodes: readonly Episode[]): void {
  const table = tableOf(episodes);
  const widths = HEADER.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  for (const cells of table) console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
  const kills = episodes.filter(({ kind }) => kind === 'kill').flatMap(({ faults }) => faults);
  const byName = [...new Set(kills)].sort().map((name) => `${name} ${kills.filter((one) => one === name).length}`);
  if (kills.length > 0) console.log(`\nkill -9: ${byName.join(', ')}`);
  console.log(`a gap of ${LIMIT_MS} ms or more fails the run`);
}

function row(name: string, episodes: readonly Episode[]): string[] {
  const sum = (of: (episode: Episode) => number) => episodes.reduce((total, episode) => total + of(episode), 0);
  const worst = (of: (episode: Episode) => number) => Math.max(...episodes.map(of));
  const packets = (of: 'lost' | 'sent') => sum(({ traffic: { cloudToCustomer, customerToCloud } }) => cloudToCustomer[of] + customerToCloud[of]);
  return [
    name, String(sum(({ faults }) => faults.length)), String(sum(({ acknowledged }) => acknowledged)), ...FINDINGS.map((what) => String(sum(({ findings }) => findings[what].length))),
    `${packets('lost')} of ${packets('sent')}`, `${worst(gapOf)} ms`, `${Math.round(worst(({ faultMs }) => faultMs) / 1_000)} s`, `${(worst(({ settledMs }) => settledMs) / 1_000).toFixed(1)} s`,
  ];
}
