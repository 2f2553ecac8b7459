import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { CAUSES } from './causes.js';
import type { Ends, Gap } from './measure.js';

/** What was measured of one subject under one cause. Runs add to a file, so that a table can be made of several. */
export interface Cell {
  readonly subject: string;
  readonly cause: string;
  readonly routes: number;
  readonly bfd: boolean;
  readonly ends: Ends;
  /** 10 where it is not said. */
  readonly everyMs?: number;
  readonly date: string;
  readonly gaps: readonly Gap[];
  /** Why there are not as many as were asked for: what did not happen, or where kernel and RIB did not agree. */
  readonly failed?: string;
}

const kindOf = ({ subject, cause, routes, bfd, ends, everyMs = 10 }: Cell): string => JSON.stringify([subject, cause, routes, bfd, ends, everyMs]);

const readFile = (file: string): Cell[] => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Cell[] : []);

/** Of several files, from runs at the same time; what two of them have measured of one kind adds up. */
export function readCells(files: readonly string[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const cell of files.flatMap(readFile)) {
    const before = cells.get(kindOf(cell));
    cells.set(kindOf(cell), before ? { ...before, ...cell, gaps: [...before.gaps, ...cell.gaps] } : cell);
  }
  return [...cells.values()];
}

/** The newest measurement of a kind takes the place of the one before in its file. */
export function addCell(file: string, cell: Cell): void {
  writeFileSync(file, `${JSON.stringify([...readFile(file).filter(each => kindOf(each) !== kindOf(cell)), cell])}\n`);
}

/** Nearest rank: with 20 values the 99th percentile is the worst. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

const OURS = 'bordergate';
/** By the names of causes: the tunnel comes back by itself, or nobody is there to be asked. The way back ends in a settled state in any case. */
const LEAVES_NO_SETTLED_STATE: ReadonlySet<string> = new Set(Object.values(CAUSES).filter(({ heals, needsWorker }) => heals || needsWorker).map(({ name }) => name));
const p99 = (cell: Cell | undefined, direction: 'down' | 'up'): number => (cell ? percentile(cell.gaps.flatMap(gap => gap[direction] ?? []), 99) : Number.NaN);

export const table = (cells: readonly Cell[]): string[] => [
  '| cause | routes | BFD | cloud | n | every | to the customer: p50 | p99 | worst lost | from the customer: p50 | p99 | worst lost | carries again after (p50) |',
  '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  ...[...cells].sort(inOrder).map(({ cause, routes, bfd, ends, subject, gaps, everyMs = 10 }) => {
    const of = (key: keyof Gap, p: number) => percentile(gaps.flatMap(gap => gap[key] ?? []), p);
    const up = ends === 'both' ? [`${of('up', 50)} ms`, `${of('up', 99)} ms`, of('lostUp', 100)] : ['–', '–', '–'];
    const figures = [`${of('down', 50)} ms`, `${of('down', 99)} ms`, of('lostDown', 100), ...up, `${(of('backMs', 50) / 1_000).toFixed(1)} s`];
    return `| ${[cause, routes, bfd ? 'yes' : 'no', subject, gaps.length, `${everyMs} ms`, ...figures].join(' | ')} |`;
  }),
];

const inOrder = (a: Cell, b: Cell): number =>
  a.cause.localeCompare(b.cause) || Number(b.bfd) - Number(a.bfd) || a.routes - b.routes || a.subject.localeCompare(b.subject) || a.ends.localeCompare(b.ends);

/** The goals of the design, each with what was measured. */
export function goals(cells: readonly Cell[]): { goal: string; ok: boolean; seen: string }[] {
  const ours = cells.filter(cell => cell.subject === OURS);
  const silent = (bfd: boolean, routes: number) => [...ours].sort((a, b) => b.gaps.length - a.gaps.length).find(cell => cell.cause === 'silent loss' && cell.bfd === bfd && cell.routes === routes);
  const verdicts = [];
  for (const [bfd, limit] of [[true, 350], [false, 500]] as const) {
    const seen = p99(silent(bfd, 1), 'down');
    verdicts.push({ goal: `silent loss ${bfd ? 'with' : 'without'} BFD, to the customer: p99 at most ${limit} ms`, ok: seen <= limit, seen: `${seen} ms` });
    for (const routes of [1_000, 10_000]) {
      const more = p99(silent(bfd, routes), 'down') - seen;
      if (!Number.isNaN(more)) verdicts.push({ goal: `… with ${routes} routes at most 60 ms more`, ok: more <= 60, seen: `${more} ms more` });
    }
  }
  const planned = ours.filter(cell => cell.cause === 'planned disable');
  const lost = planned.flatMap(cell => cell.gaps).reduce((sum, gap) => sum + gap.lostDown + (gap.lostUp ?? 0), 0);
  if (planned.length > 0) verdicts.push({ goal: 'a planned disable loses nothing in either direction', ok: lost === 0, seen: `${lost} packets lost` });
  const settled = ours.flatMap(({ cause, gaps }) => gaps.map(() => (LEAVES_NO_SETTLED_STATE.has(cause) ? 1 : 2))).reduce<number>((sum, each) => sum + each, 0);
  const failed = ours.flatMap(cell => cell.failed ?? []);
  if (ours.length > 0) verdicts.push({ goal: "the kernel's FIB is the RIB's in every settled state", ok: failed.length === 0, seen: [`${settled} settled states compared`, ...failed].join('; ') });
  return verdicts.filter(({ seen }) => !seen.startsWith('NaN'));
}

export const machine = (): string => `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`;
