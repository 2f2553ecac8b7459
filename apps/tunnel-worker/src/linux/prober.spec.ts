import { describe, expect, it } from 'vitest';
import { createLog } from '@bordergate/platform';
import type { ProbeResult, TunnelPort } from '../data-plane.js';
import { ipBatch, run } from './exec.js';
import { ensureNetns, removeNetns } from './namespaces.js';
import { echoRequests, packets, parseFpingLine, Prober } from './prober.js';

describe('what the prober reads', () => {
  it.each([
    ['[1795253813.61032] 169.254.0.1 : [0], 32 bytes, 0.258 ms (0.258 avg, 0% loss)', { address: '169.254.0.1', at: 1795253813610.32, rttMs: 0.258 }],
    ['[1795253815.41026] 169.254.0.1   : [13], timed out (0.060 avg, 7% loss)', { address: '169.254.0.1', at: 1795253815410.26, rttMs: null }],
    ['ICMP Host Unreachable from 169.254.0.2 for ICMP Echo sent to 169.254.0.1', undefined],
  ])('%s', (line, expected) => expect(parseFpingLine(line)).toEqual(expected));

  it('counters of the kernel', () => {
    expect(echoRequests('Ip: A B\nIp: 1 2\nIcmp: InMsgs OutEchos\nIcmp: 3 17\n')).toBe(17);
    const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  t-one:  12345     67    0    0    0     0          0         0    89000     123    0    0    0     0       0          0
`;
    expect(packets(dev).get('t-one')).toEqual({ packetsIn: 67, packetsOut: 123 });
  });
});

const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';
const netns = ['gw', 'c1', 'c2'].map(name => `bgpr${process.pid % 10_000}-${name}`) as [string, string, string];
const tunnel = (n: number): TunnelPort => ({
  tunnelId: `tun-${n}`, borderGatewayId: 'bgw-1', cloudPublicIp: '', customerIp: '', localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`, bandwidthMbps: 1,
});

describe.skipIf(why)(`fping${why}`, () => {
  it('hears answers through each tunnel, and never one that took another way', { timeout: 20_000 }, async () => {
    const prober = new Prober(netns[0], createLog('test', { level: 'silent' }));
    const results: ProbeResult[] = [];
    const replies = (tunnelId: string) => results.filter(result => result.tunnelId === tunnelId && result.rttMs !== null).length;
    const eventually = async (done: () => boolean) => {
      for (const end = Date.now() + 10_000; !done(); await new Promise(resolve => setTimeout(resolve, 20))) if (Date.now() > end) throw new Error(`not in time: ${done.toString()}`);
    };
    try {
      for (const name of netns) await ensureNetns(name);
      for (const n of [1, 2]) {
        await run(['ip', 'link', 'add', `t-${n}`, 'netns', netns[0], 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns[n]!]);
        await ipBatch(netns[0], [`addr add 169.254.${n}.2/30 dev t-${n}`, `link set t-${n} up`]);
        // Both customers have both inner addresses: one router at the end of two tunnels.
        await ipBatch(netns[n]!, [`addr add 169.254.${n}.1/30 dev eth0`, 'link set eth0 up', `addr add 169.254.${3 - n}.1/32 dev lo`]);
      }
      await ipBatch(netns[0], ['route add default via 169.254.2.1 metric 32']);
      await prober.probe([tunnel(1), tunnel(2)], result => results.push(result));
      await eventually(() => replies('tun-1') > 3 && replies('tun-2') > 3);
      const before = prober.traffic()!;
      await ipBatch(netns[0], ['link set t-1 down']);
      await new Promise(resolve => setTimeout(resolve, 200));
      results.length = 0;
      await eventually(() => replies('tun-2') > 5);
      expect(replies('tun-1')).toBe(0);
      const after = prober.traffic()!;
      expect(after.get('tun-2')!.echoesSent).toBeGreaterThan(before.get('tun-2')!.echoesSent);
      expect(after.get('tun-2')!.packetsIn).toBeGreaterThan(before.get('tun-2')!.packetsIn);
      await ipBatch(netns[0], ['link set t-1 up']);
      await eventually(() => replies('tun-1') > 0);
    } finally {
      await prober.close();
      for (const name of netns) await removeNetns(name);
    }
    expect(prober.traffic()).toBeUndefined();
  });
});
