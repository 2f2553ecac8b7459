import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BirdGateway } from '@bordergate/bird';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceNames, type TunnelPort } from '../data-plane.js';
import { selectRoutes } from './bird-model.js';
import { SimulatedDataPlane } from './data-plane.js';
import { SimulatedNode } from './node.js';

const CONFIG: BirdGateway = {
  routerId: '10.0.0.1', gracefulRestartSeconds: 60, refused: [], ownAsns: [],
  attachmentRoutes: [{ prefix: '10.1.0.0/24', device: 'a', via: '100.65.0.1', preference: 300 }],
  staticRoutes: [
    { prefix: '10.2.0.0/24', preference: 200, nextHops: [{ via: '1.1.1.1', device: 't1' }, { via: '2.2.2.2', device: 't2' }] },
    { prefix: '10.1.0.0/24', preference: 200, nextHops: [{ via: '1.1.1.1', device: 't1' }] },
  ],
  bgp: ['b1', 'b2'].map((name, i) => ({
    name, device: `t${i + 1}`, localAddress: '9.9.9.9', localAsn: 65000, neighborAddress: `${i + 1}.0.0.1`, neighborAsn: 65010, preference: 100, holdSeconds: 30, keepaliveSeconds: 10, advertise: [],
  })),
};
const select = (up: string[], learned: Record<string, Record<string, number>>) => Object.fromEntries(selectRoutes(CONFIG, {
  deviceUp: device => up.includes(device),
  learned: protocol => Object.entries(learned[protocol] ?? {}).map(([prefix, length]) => ({ prefix, asPath: Array.from({ length }, () => 65010) })),
}).map(({ prefix, nextHops }) => [prefix, nextHops.map(hop => hop.device)]));

describe('selectRoutes', () => {
  it('prefers by preference, then AS_PATH length, and merges what is equal', () => {
    const learned = { b1: { '10.2.0.0/24': 1, '10.3.0.0/24': 1, '10.4.0.0/24': 1 }, b2: { '10.3.0.0/24': 1, '10.4.0.0/24': 2 } };
    expect(select(['a', 't1', 't2'], learned)).toEqual({ '10.1.0.0/24': ['a'], '10.2.0.0/24': ['t1', 't2'], '10.3.0.0/24': ['t1', 't2'], '10.4.0.0/24': ['t1'] });
  });

  it('leaves out static next hops whose device is down, and falls back when none is left', () => {
    expect(select(['a', 't2'], { b2: { '10.2.0.0/24': 1 } })).toEqual({ '10.1.0.0/24': ['a'], '10.2.0.0/24': ['t2'] });
    expect(select(['a'], { b2: { '10.2.0.0/24': 1 } })).toEqual({ '10.1.0.0/24': ['a'], '10.2.0.0/24': ['t2'] });
  });
});

describe('SimulatedNode', () => {
  const port: TunnelPort = { tunnelId: 'tun-1', borderGatewayId: 'bgw-1', cloudPublicIp: '203.0.113.1', customerIp: '198.51.100.1', localTunnelIp: '169.254.1.2', remoteTunnelIp: '169.254.1.1', bandwidthMbps: 100 };
  let dir: string;
  beforeEach(() => { dir = mkdtempSync(path.join(tmpdir(), 'simulated-')); });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('keeps its daemons over the death of the worker', async () => {
    const file = path.join(dir, 'deep', 'node.json');
    const first = new SimulatedDataPlane(new SimulatedNode({ file }));
    await first.ensureGateway({ borderGatewayId: 'bgw-1' });
    await first.ensureDevice(port);
    await first.charon(port).loadShared({ id: 'tun-1-00000000', type: 'IKE', data: 'a secret', owners: [] });
    await first.charon(port).loadConn('tun-1-11111111', {});
    await first.charon(port).initiate({ ike: 'tun-1-11111111', child: 'net', timeoutMs: 1_000 });
    await first.setDevice(port, true);
    const second = new SimulatedDataPlane(new SimulatedNode({ file }));
    expect(await second.inspect(port)).toMatchObject({ connections: ['tun-1-11111111'], ikeSas: [{ name: 'tun-1-11111111' }], device: { name: deviceNames.tunnel('tun-1'), up: true } });
    expect(JSON.stringify(second.node.state)).not.toContain('a secret');
  });

  it('counts only while packets could pass', async () => {
    let now = 1_000_000;
    const plane = new SimulatedDataPlane(new SimulatedNode({ now: () => now }));
    await plane.ensureDevice(port);
    await plane.charon(port).loadConn('c', {});
    now += 10_000;
    expect((await plane.counters(port))?.original.packetsIn).toBe(0);
    await plane.charon(port).initiate({ ike: 'c', child: 'net', timeoutMs: 1_000 });
    await plane.setDevice(port, true);
    now += 10_000;
    const up = (await plane.counters(port))!;
    expect(up.original.packetsIn).toBeGreaterThan(0);
    expect(up.encrypted.bytesIn).toBeGreaterThan(up.original.bytesIn);
    await plane.setDevice(port, false);
    now += 10_000;
    expect(await plane.counters(port)).toEqual(up);
  });
});
