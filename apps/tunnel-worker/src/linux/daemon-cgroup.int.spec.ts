import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Daemon } from './daemon.js';

const NETNS = `bg-daemon-${process.pid}`;
/** With both versions mounted, version 2 is below "unified". */
const CGROUPS = existsSync('/sys/fs/cgroup/cgroup.procs') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/unified';
const dir = mkdtempSync(path.join(tmpdir(), 'bg-daemon-'));
const begun = path.join(dir, 'begun');
let daemon: Daemon | undefined;

beforeAll(() => void execFileSync('ip', ['netns', 'add', NETNS]));
afterEach(async () => {
  delete process.env.BORDERGATE_DAEMON_CGROUP;
  await daemon?.stop(0);
  daemon = undefined;
  rmSync(begun, { force: true });
});
afterAll(() => {
  execFileSync('ip', ['netns', 'del', NETNS]);
  rmSync(dir, { recursive: true });
});

const sleeper = (): Daemon => new Daemon({
  name: 'a sleeper', dir: path.join(dir, 'sleeper'), netns: NETNS, logFile: path.join(dir, 'log'), log: createLog('test', { level: 'error' }),
  // it answers when it has begun, which is after it has come into its cgroup
  prepare: async () => ['sh', '-c', `touch ${begun} && exec sleep 600`], answers: async () => existsSync(begun), onChange: () => {},
});
const cgroupOf = (pid: number): string => /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))![1]!;

it('a daemon is begun in the cgroup that is asked for, not in that of its worker', async () => {
  const cgroup = path.join(CGROUPS, NETNS);
  mkdirSync(cgroup);
  try {
    process.env.BORDERGATE_DAEMON_CGROUP = cgroup;
    daemon = sleeper();
    await daemon.ensure();
    const { pid } = (await daemon.running())!;
    expect(cgroupOf(pid)).toBe(`/${NETNS}`);
    expect(cgroupOf(process.pid)).not.toBe(`/${NETNS}`);
    await daemon.stop(0);
  } finally {
    await vi.waitFor(() => rmdirSync(cgroup)); // the dead one may still be leaving
  }
});

it('a cgroup that is not there is said, and nothing runs', async () => {
  process.env.BORDERGATE_DAEMON_CGROUP = path.join(CGROUPS, 'there-is-none');
  daemon = sleeper();
  await expect(daemon.ensure()).rejects.toThrow(/did not come up.*there-is-none/s);
  expect(await daemon.running()).toBeUndefined();
});
