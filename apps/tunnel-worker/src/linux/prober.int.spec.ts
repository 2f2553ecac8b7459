import { createLog } from '@bordergate/platform';
import { describe, expect, it } from 'vitest';
import type { SentinelTarget } from '../data-plane.js';
import { ipBatch, run } from './exec.js';
import { ensureNetns, removeNetns } from './namespaces.js';
import { Prober, type ProbeResult } from './prober.js';

const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';
const netns = ['gw', 'c1', 'c2'].map(name => `bgpr${process.pid % 10_000}-${name}`) as [string, string, string];
const tunnel = (n: number): SentinelTarget => ({ tunnelId: `tun-${n}`, localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`, ikeSas: ['1'], dpd: true, vpnConnectionId: 'vpn-1', hasOtherElsewhere: false });

describe.skipIf(why)(`fping${why}`, () => {
  it('hears answers through each tunnel, and never one that took another way', { timeout: 20_000 }, async () => {
    const results: ProbeResult[] = [];
    const prober = new Prober(netns[0], createLog('test', { level: 'silent' }), result => results.push(result));
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
      await prober.probe([tunnel(1), tunnel(2)]);
      await eventually(() => replies('tun-1') > 3 && replies('tun-2') > 3);
      const before = prober.traffic();
      await ipBatch(netns[0], ['link set t-1 down']);
      await new Promise(resolve => setTimeout(resolve, 200));
      results.length = 0;
      await eventually(() => replies('tun-2') > 5);
      expect(replies('tun-1')).toBe(0);
      const after = prober.traffic();
      expect(after.get('tun-2')!.echoesSent).toBeGreaterThan(before.get('tun-2')!.echoesSent);
      expect(after.get('tun-2')!.packetsIn).toBeGreaterThan(before.get('tun-2')!.packetsIn);
      await ipBatch(netns[0], ['link set t-1 up']);
      await eventually(() => replies('tun-1') > 0);
    } finally {
      await prober.close();
      for (const name of netns) await removeNetns(name);
    }
    expect(prober.traffic().size).toBe(0);
  });
});
