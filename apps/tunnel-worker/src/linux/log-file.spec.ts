import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capLogFile, LogTail } from './log-file.js';

describe('the log of a daemon', () => {
  let dir: string;
  let file: string;
  let lines: string[];
  let tail: LogTail;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bg-log-'));
    file = join(dir, 'bird.log');
    lines = [];
    tail = new LogTail(file, line => lines.push(line), error => { throw error; });
  });
  afterEach(() => {
    tail.close();
    rmSync(dir, { recursive: true });
  });

  const until = async (count: number): Promise<void> => {
    for (const end = Date.now() + 5_000; lines.length < count && Date.now() < end;) await sleep(5);
  };

  it('is followed from now on, whole lines only', async () => {
    appendFileSync(file, 'before\n');
    await tail.start();
    appendFileSync(file, 'one\nt');
    await until(1);
    expect(lines).toEqual(['one']);
    appendFileSync(file, 'wo\nthree\n');
    await until(3);
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('is followed after it was cut, and what was cut is kept once', async () => {
    await tail.start();
    appendFileSync(file, `${'x'.repeat(1000)}\n`);
    await until(1);
    await capLogFile(file, 10_000);
    expect(existsSync(`${file}.1`)).toBe(false);
    await capLogFile(file, 500);
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(readFileSync(`${file}.1`, 'utf8')).toHaveLength(1001);
    appendFileSync(file, 'after\n');
    await until(2);
    expect(lines.at(-1)).toBe('after');
  });

  it('may be missing when it is to be cut', async () => {
    await expect(capLogFile(join(dir, 'none.log'), 1)).resolves.toBeUndefined();
  });
});
