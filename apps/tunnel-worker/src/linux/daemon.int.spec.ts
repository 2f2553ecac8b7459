import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon } from './daemon.js';
import { ensureNetns, removeNetns } from './namespaces.js';

const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';
const netns = `bgda${process.pid % 10_000}`;

describe.skipIf(why)(`a daemon${why}`, () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-daemon-'));
  const daemon = new Daemon({
    name: 'a sleeper', dir, netns, logFile: path.join(dir, 'log'), log: createLog('test', { level: 'silent' }),
    prepare: async () => ['sleep', '60'], answers: async () => true, onChange: () => {},
  });

  beforeAll(() => ensureNetns(netns));
  afterAll(async () => {
    await daemon.stop(0);
    await removeNetns(netns);
    rmSync(dir, { recursive: true, force: true });
  });

  it.skipIf(!existsSync('/proc/self/autogroup'))('comes before others, as a session too', async () => {
    await daemon.ensure();
    const { pid } = (await daemon.running())!;
    expect(readFileSync(`/proc/${pid}/autogroup`, 'utf8')).toMatch(/ nice -10$/m);
  });
});
