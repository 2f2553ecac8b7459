import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Judgement, SentinelTarget } from '../data-plane.js';
import { deviceOf, isUp } from './devices.js';
import { inNetns, ipBatch, run } from './exec.js';
import { ensureNetns, removeNetns } from './namespaces.js';
import { SentinelHost } from './sentinel-host.js';

const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';
const [gateway, customer] = [`bgse${process.pid % 10_000}-gw`, `bgse${process.pid % 10_000}-c`];
const target = (n: number): SentinelTarget => ({ tunnelId: `tun-${n}`, localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`, ikeSas: ['1'], dpd: true, vpnConnectionId: 'vpn-1', hasOtherElsewhere: false });

async function eventually(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await done()); await new Promise(resolve => setTimeout(resolve, 10))) if (Date.now() > end) throw new Error(`not in time: ${done.toString()}`);
}

describe.skipIf(why)(`a sentinel${why}`, () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-sentinel-'));
  const birdLog = path.join(dir, 'g', 'bird.log');
  const judgements: Judgement[] = [];
  const host = new SentinelHost({ netns: () => gateway, birdLog: () => birdLog }, createLog('test', { level: 'silent' }));
  const verdicts = (tunnelId: string) => judgements.filter(judgement => judgement.tunnelId === tunnelId).map(({ verdict }) => verdict);
  const isDeviceUp = async (n: number) => isUp((await deviceOf(gateway, `t-${n}`))!);
  const answers = (yes: boolean) => run(inNetns(customer, ['sysctl', '-qw', `net.ipv4.icmp_echo_ignore_all=${yes ? 0 : 1}`]));
  const bfd = (from: string, to: string) => appendFileSync(birdLog, `2026-11-21 02:29:03.617 <TRACE> bfd1: Session to 169.254.2.1 changed state from ${from} to ${to}\n`);

  /** From the beginning, and until it is known who answers. */
  const watched = async (): Promise<void> => {
    host.watch('bgw-1', []);
    host.watch('bgw-1', [target(1), target(2)]);
    await eventually(async () => { const samples = await host.samples(); return samples.length === 2 && samples.every(({ answers: known }) => known); });
    judgements.length = 0;
  };

  beforeAll(async () => {
    for (const name of [gateway, customer]) {
      await ensureNetns(name);
      await run(inNetns(name, ['sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1'])); // nothing comes by itself
    }
    for (const n of [1, 2]) {
      await run(['ip', 'link', 'add', `t-${n}`, 'netns', gateway, 'type', 'veth', 'peer', 'name', `p-${n}`, 'netns', customer]);
      const mac = (end: string): string => `02:00:00:00:0${n}:0${end}`;
      await ipBatch(gateway, [`addr add 169.254.${n}.2/30 dev t-${n}`, `link set t-${n} address ${mac('a')} up`, `neigh add 169.254.${n}.1 lladdr ${mac('b')} dev t-${n}`]);
      await ipBatch(customer, [`addr add 169.254.${n}.1/30 dev p-${n}`, `link set p-${n} address ${mac('b')} up`, `neigh add 169.254.${n}.2 lladdr ${mac('a')} dev p-${n}`]);
    }
    host.onJudgement(judgement => judgements.push(judgement));
    await watched();
  });
  afterAll(async () => {
    await host.close();
    for (const name of [gateway, customer]) await removeNetns(name);
    rmSync(dir, { recursive: true, force: true });
  });

  it('counts probes while all is well, and condemns nobody', async () => {
    await new Promise(resolve => setTimeout(resolve, 1_000));
    const samples = await host.samples();
    expect(samples.map(({ tunnelId, answers: known }) => [tunnelId, known])).toEqual([['tun-1', true], ['tun-2', true]]);
    for (const { sent, received, rttMs } of samples) expect([received, rttMs!.avg < 100]).toEqual([sent, true]);
    expect(judgements).toEqual([]);
  });

  it('bears with all of them falling silent at once for half a second', async () => {
    const began = Date.now();
    await answers(false);
    await new Promise(resolve => setTimeout(resolve, 500));
    await answers(true);
    const tookMs = Date.now() - began;
    await new Promise(resolve => setTimeout(resolve, 500));
    if (tookMs < 900) expect(judgements).toEqual([]); // else the machine was too busy to try it
    expect([await isDeviceUp(1), await isDeviceUp(2)]).toEqual([true, true]);
  });

  it('listens to all of them when it lasts, with their devices up, until the first packet comes', async () => {
    await watched();
    await answers(false);
    await eventually(() => judgements.length === 2);
    expect(judgements.map(({ verdict, because, alone }) => ({ verdict, because, alone }))).toEqual([1, 2].map(() => ({ verdict: 'listening', because: 'probes', alone: true })));
    for (const { heardMsAgo } of judgements) expect(heardMsAgo).toBeGreaterThanOrEqual(1_000);
    expect([await isDeviceUp(1), await isDeviceUp(2)]).toEqual([true, true]);
    await answers(true);
    await eventually(() => ['tun-1', 'tun-2'].every(id => verdicts(id).at(-1) === 'usable'));
    expect(judgements).toHaveLength(4);
    await watched();
  });

  it('takes down the devices of peers that fall silent, listens, and hears them again', async () => {
    await ipBatch(customer, ['addr del 169.254.1.1/30 dev p-1']);
    await eventually(() => verdicts('tun-1').length > 0);
    expect([await isDeviceUp(1), await isDeviceUp(2)]).toEqual([false, true]);
    await eventually(() => verdicts('tun-1').at(-1) === 'listening');
    await ipBatch(customer, ['addr add 169.254.1.1/30 dev p-1']);
    await ipBatch(gateway, ['link set t-1 up']); // as the worker's plan does
    await eventually(() => verdicts('tun-1').at(-1) === 'usable');
    expect(verdicts('tun-2')).toEqual([]);
    expect(judgements.find(({ verdict }) => verdict === 'hold-down')).toMatchObject({ because: 'probes', relapses: 0 });
  });

  it('takes back who has relapsed, long before its time, when the last other tunnel of the connection dies', async () => {
    const address = (n: number, verb: 'add' | 'del') => ipBatch(customer, [`addr ${verb} 169.254.${n}.1/30 dev p-${n}`]);
    const falls = async (): Promise<void> => {
      judgements.length = 0;
      await address(1, 'del');
      await eventually(() => verdicts('tun-1').includes('listening'));
    };
    const answersAgain = async (): Promise<void> => {
      await address(1, 'add');
      await ipBatch(gateway, ['link set t-1 up']);
    };
    await watched();
    await falls();
    await answersAgain();
    await eventually(() => verdicts('tun-1').at(-1) === 'usable');
    await falls();
    expect(judgements[0]).toMatchObject({ tunnelId: 'tun-1', relapses: 1 }); // 4 s are to be served
    const began = Date.now();
    await answersAgain();
    await address(2, 'del');
    await eventually(() => verdicts('tun-1').at(-1) === 'usable');
    expect(Date.now() - began).toBeLessThan(4_000);
    expect(judgements.map(({ tunnelId }) => tunnelId).indexOf('tun-2')).toBeGreaterThan(0);
    await address(2, 'add');
    await ipBatch(gateway, ['link set t-2 up']);
  });

  it('reads in the log of BIRD that BFD went down, where echo does not say otherwise', async () => {
    host.watch('bgw-1', [target(1), { ...target(2), ikeSas: [] }]); // forgets that it answers
    await answers(false);
    host.watch('bgw-1', [{ ...target(1), ikeSas: [] }, { ...target(2), ikeSas: ['2'] }]);
    judgements.length = 0;
    bfd('Init', 'Up');
    bfd('Up', 'Down');
    await eventually(() => verdicts('tun-2').includes('hold-down'));
    expect(judgements).toContainEqual(expect.objectContaining({ tunnelId: 'tun-2', because: 'bfd' }));
    expect(await isDeviceUp(2)).toBe(false);
  });
});
