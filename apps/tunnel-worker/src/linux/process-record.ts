import { readFileSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { readIfThere, writeWhole } from './files.js';

/**
 * A daemon as its pid file remembers it. A pid alone is no identity, for the kernel uses it again: with the start time
 * it is, until the machine is started again, and then the mark in the process's environment tells.
 */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since boot, as /proc/<pid>/stat has it. */
  readonly startTicks: string;
  /** ms since 1970; tells one life of the daemon from another. */
  readonly startedAt: number;
}

/** In every daemon's environment: the directory it belongs to. What carries it is ours; nothing else is ever signalled. */
export const MARK = 'BORDERGATE_DAEMON';

/** Undefined when there is no such process, or only its zombie. */
export function startTicksOf(pid: number): string | undefined {
  const stat = readProc(pid, 'stat');
  // The command's name, in parentheses, may hold spaces and parentheses itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

export const isAlive = (record: ProcessRecord): boolean => startTicksOf(record.pid) === record.startTicks;

/** Whether the process was started for this directory. */
export const isMarked = (pid: number, dir: string): boolean =>
  (readProc(pid, 'environ') ?? '').split('\0').includes(`${MARK}=${dir}`);

/** The process of a directory whose pid file was never written: its worker was killed at the wrong moment. */
export function findMarked(dir: string): ProcessRecord | undefined {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const startTicks = Number.isInteger(pid) && isMarked(pid, dir) ? startTicksOf(pid) : undefined;
    // When it started is not known; found now is as good a name for its life as any.
    if (startTicks !== undefined) return { pid, startTicks, startedAt: Date.now() };
  }
  return undefined;
}

export async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : JSON.parse(text) as ProcessRecord;
}

export const writeRecord = (file: string, record: ProcessRecord): Promise<void> => writeWhole(file, `${JSON.stringify(record)}\n`);

export const removeRecord = (file: string): Promise<void> => rm(file, { force: true });

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined; // ended meanwhile
  }
}
