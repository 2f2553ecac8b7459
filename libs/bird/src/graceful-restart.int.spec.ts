import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderBirdConfig } from './index.js';

/** ADR 16: a peer that dies without a word has its routes kept for as long as it asked for (RFC 4724), but only while its tunnel is up. */
const possible = existsSync('/usr/sbin/bird') && process.getuid?.() === 0;
const id = process.pid % 100_000;
const [ours, theirs] = [`bgr-a-${id}`, `bgr-b-${id}`];
const dir = mkdtempSync('/tmp/bird-gr-');
const daemons: ChildProcess[] = [];
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const kernel = (): string => ip('-n', ours, 'route', 'show', '10.2.0.0/24');

const customer = `
log "${dir}/customer.log" all;
router id 10.255.0.9;
protocol device {}
protocol static own { ipv4; route 10.2.0.0/24 blackhole; }
protocol bgp p1 { local 169.254.1.2 as 65010; neighbor 169.254.1.1 as 65000; interface "t1"; direct; connect delay time 1; connect retry time 1; graceful restart on;
  ipv4 { import all; export where source = RTS_STATIC; next hop self; }; }
`;
const start = (netns: string, name: string): ChildProcess => {
  const daemon = spawn('ip', ['netns', 'exec', netns, 'bird', '-f', '-c', `${dir}/${name}.conf`, '-s', `${dir}/${name}.ctl`, '-P', `${dir}/${name}.pid`], { stdio: 'ignore' });
  daemons.push(daemon);
  return daemon;
};
async function kill(daemon: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGKILL');
  await gone;
}
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 200; tries++) await sleep(50);
  expect(holds()).toBe(true);
}

beforeAll(() => {
  if (!possible) return;
  for (const netns of [ours, theirs]) {
    ip('netns', 'add', netns);
    ip('-n', netns, 'link', 'set', 'lo', 'up');
  }
  ip('-n', ours, 'link', 'add', 't1', 'type', 'veth', 'peer', 'name', 't1', 'netns', theirs);
  for (const [netns, address] of [[ours, '169.254.1.1/30'], [theirs, '169.254.1.2/30']] as const) {
    ip('-n', netns, 'addr', 'add', address, 'dev', 't1');
    ip('-n', netns, 'link', 'set', 't1', 'up');
  }
  writeFileSync(`${dir}/customer.conf`, customer);
  writeFileSync(`${dir}/gateway.conf`, renderBirdConfig({
    routerId: '10.255.0.1', gracefulRestartSeconds: 60, attachmentRoutes: [], staticRoutes: [], refused: [], ownAsns: [],
    bgp: [{ name: 'b_t1', device: 't1', localAddress: '169.254.1.1', localAsn: 65000, neighborAddress: '169.254.1.2', neighborAsn: 65010, preference: 150, holdSeconds: 30, keepaliveSeconds: 10, advertise: [] }],
  }, { logFile: `${dir}/gateway.log` }));
});
afterAll(async () => {
  for (const daemon of daemons) if (daemon.exitCode === null && daemon.signalCode === null) await kill(daemon);
  if (possible) for (const netns of [ours, theirs]) ip('netns', 'del', netns);
  rmSync(dir, { recursive: true });
});

it.skipIf(!possible)("keeps a dead peer's routes while its device is up, and none when it goes down (needs root and BIRD)", async () => {
  start(ours, 'gateway');
  const peer = start(theirs, 'customer');
  await until(() => kernel().includes('t1'));
  await kill(peer);
  await sleep(1_500);
  expect(kernel()).toContain('t1');
  ip('-n', ours, 'link', 'set', 't1', 'down');
  const began = performance.now();
  await until(() => kernel() === '');
  console.info(`graceful restart: the routes of a dead peer were gone ${Math.round(performance.now() - began)} ms after its device went down`);
  ip('-n', ours, 'link', 'set', 't1', 'up');
  start(theirs, 'customer');
  await until(() => kernel().includes('t1'));
});
