import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A temporary folder for servers of this process; its name tells whose it is. */
export const runFolder = (prefix: string): string => mkdtempSync(path.join(tmpdir(), `${prefix}${process.pid}-`));

/** The folders of processes that were killed before they could tidy up. */
export function leftBehind(prefix: string): string[] {
  const isLeft = (name: string) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length).split('-')[0]));
  return readdirSync(tmpdir()).filter(isLeft).map((name) => path.join(tmpdir(), name));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
