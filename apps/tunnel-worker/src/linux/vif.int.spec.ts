import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devicesOf } from './devices.js';
import { ip, ipBatch, run } from './exec.js';
import { LinuxNode } from './linux-node.js';
import { ensureNetns, removeNetns } from './namespaces.js';

const prefix = `bvft${process.pid % 10_000}-`;
const [uplink, customer] = [`${prefix}node`, `${prefix}cust`];
const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-vif-'));
const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';
const hasVlans = why === '' && (await run(['ip', 'link', 'add', 'link', 'lo', 'name', 'bvft.5', 'type', 'vlan', 'id', '5']).then(() => run(['ip', 'link', 'del', 'bvft.5'])).then(() => true, () => false));

const place = { vifId: 'vif-line', borderGatewayId: 'bgw-x' };
const whole = { ...place, interface: 'eth1', vlanId: null, localAddress: '10.255.0.2/30' };
const names = async (netns: string) => (await devicesOf(netns)).map(({ ifname }) => ifname);
const pings = (from: string, to: string) => run(['ip', 'netns', 'exec', from, 'ping', '-c', '1', '-W', '1', to]).then(() => true, () => false);

describe.skipIf(why)(`a direct connection on Linux${why}`, () => {
  const node = new LinuxNode({ dir, netnsPrefix: prefix, uplinkNetns: uplink, log: createLog('test', { level: 'silent' }) }, () => []);
  const gateway = node.names.gateway('bgw-x');

  beforeAll(async () => {
    for (const netns of [uplink, customer]) await ensureNetns(netns);
    await run(['ip', 'link', 'add', 'eth1', 'netns', uplink, 'type', 'veth', 'peer', 'name', 'line', 'netns', customer]);
    await ipBatch(customer, ['addr add 10.255.0.1/30 dev line', 'link set line up']);
    await node.ensureGateway({ borderGatewayId: 'bgw-x', transitEnabled: false });
  });
  afterAll(async () => {
    await node.removeGateway('bgw-x');
    await node.close();
    for (const netns of [uplink, customer]) await removeNetns(netns);
    rmSync(dir, { recursive: true, force: true });
  });

  it('takes nothing that is missing or that the node itself uses', async () => {
    expect(await node.vifs.inspect({ ...whole, interface: 'eth9' })).toEqual({ device: null, obstacle: 'interface-missing' });
    await ip(uplink, 'addr', 'add', '192.0.2.1/24', 'dev', 'eth1');
    expect(await node.vifs.inspect(whole)).toEqual({ device: null, obstacle: 'interface-in-use' });
    await expect(node.vifs.take(whole)).rejects.toThrow('interface-in-use');
    await ip(uplink, 'addr', 'del', '192.0.2.1/24', 'dev', 'eth1');
    expect(await node.vifs.inspect(whole)).toEqual({ device: null, obstacle: null });
  });

  it('takes a whole interface into the gateway, down first, and sees its carrier', async () => {
    await node.vifs.take(whole);
    expect(await names(uplink)).not.toContain('eth1');
    expect((await node.vifs.inspect(whole)).device).toEqual({ up: false, carrier: false, address: '10.255.0.2/30' });
    await node.vifs.setDevice(place, true);
    await expect.poll(async () => (await node.vifs.inspect(whole)).device).toEqual({ up: true, carrier: true, address: '10.255.0.2/30' });
    expect(await pings(gateway, '10.255.0.1')).toBe(true);
    expect((await node.vifs.counters(place))!.io.packetsOut).toBeGreaterThan(0);
    expect((await node.found()).vifs).toEqual([place]);
    await ip(customer, 'link', 'set', 'line', 'down');
    await expect.poll(async () => (await node.vifs.inspect(whole)).device).toMatchObject({ up: true, carrier: false });
    await ip(customer, 'link', 'set', 'line', 'up');
  });

  it('changes its address, and asked again changes nothing', async () => {
    await node.vifs.take({ ...whole, localAddress: '10.255.4.2/30' });
    expect((await node.vifs.inspect(whole)).device).toMatchObject({ up: true, address: '10.255.4.2/30' });
    await node.vifs.take(whole);
    await node.vifs.take(whole);
    expect((await node.vifs.inspect(whole)).device).toMatchObject({ up: true, address: '10.255.0.2/30' });
  });

  it('gives it back to the node under its own name, and that twice is no mistake', async () => {
    await node.vifs.giveBack(place);
    expect(await names(uplink)).toContain('eth1');
    expect((await node.found()).vifs).toEqual([]);
    await node.vifs.giveBack(place);
  });

  it('is not lost with its gateway', async () => {
    await node.vifs.take(whole);
    await node.removeGateway('bgw-x');
    expect(await names(uplink)).toContain('eth1');
    await node.ensureGateway({ borderGatewayId: 'bgw-x', transitEnabled: false });
  });

  it('makes a VLAN of an interface that stays, and unmakes it; a kernel without 8021q refuses, and nothing changes', async () => {
    const vlan = { ...whole, vlanId: 100 };
    if (!hasVlans) {
      await expect(node.vifs.take(vlan)).rejects.toThrow('device type');
      expect(await names(gateway)).not.toContain('d-line');
      expect(await names(uplink)).toContain('eth1');
      return;
    }
    await ipBatch(customer, ['link add link line name line.100 type vlan id 100', 'addr flush dev line', 'addr add 10.255.0.1/30 dev line.100', 'link set line.100 up']);
    await node.vifs.take(vlan);
    await node.vifs.setDevice(place, true);
    expect(await names(uplink)).toContain('eth1');
    expect(await pings(gateway, '10.255.0.1')).toBe(true);
    await node.vifs.giveBack(place);
    expect(await names(gateway)).not.toContain('d-line');
    expect(await names(uplink)).toContain('eth1');
  });
});
