import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ipBatch, run } from './exec.js';
import { Gateway } from './gateway.js';
import { ensureNetns, removeNetns } from './namespaces.js';

const prefix = `bgnt${process.pid % 10_000}-`;
const netns = `${prefix}g`;
const hosts = ['one', 'two', 'vpc', 'line'].map((name) => `${prefix}${name}`);
/** Wires of the gateway: two tunnels, an attachment and a direct connection, with a host behind each. */
const wires = ['t-one', 't-two', 'a-vpc', 'd-line'];
const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-gateway-'));
const why = process.platform !== 'linux' || process.getuid?.() !== 0 ? ' (skipped: needs root on Linux)' : '';

const answers = async (from: number, to: number): Promise<boolean> =>
  run(['ip', 'netns', 'exec', hosts[from]!, 'ping', '-c', '1', '-W', '1', `10.9.${to}.2`]).then(() => true, () => false);

describe.skipIf(why)(`a gateway's namespace${why}`, () => {
  const gateway = new Gateway({ borderGatewayId: 'bgw-x', dir, netns, node: null, log: createLog('test', { level: 'silent' }), onChange: () => {} });

  beforeAll(async () => {
    await gateway.ensure(false);
    for (const [i, host] of hosts.entries()) {
      await ensureNetns(host);
      await run(['ip', 'link', 'add', wires[i]!, 'netns', netns, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host]);
      await ipBatch(netns, [`addr add 10.9.${i}.1/24 dev ${wires[i]}`, `link set ${wires[i]} up`]);
      await ipBatch(host, [`addr add 10.9.${i}.2/24 dev eth0`, 'link set eth0 up', `route add default via 10.9.${i}.1`]);
    }
  });
  afterAll(async () => {
    await gateway.remove();
    for (const host of hosts) await removeNetns(host);
    rmSync(dir, { recursive: true, force: true });
  });

  it('forwards between an attachment and tunnels, both ways', async () => {
    expect(await answers(0, 2)).toBe(true);
    expect(await answers(2, 1)).toBe(true);
    expect(await answers(2, 3)).toBe(true);
    expect(await answers(3, 2)).toBe(true);
  });

  it('forwards nothing from one outside leg into another, and counts what tries', async () => {
    for (const [from, to] of [[0, 1], [0, 3], [3, 1]] as const) expect(await answers(from, to)).toBe(false);
    expect(await run(['ip', 'netns', 'exec', netns, 'nft', 'list', 'table', 'ip', 'bordergate'])).toMatch(/counter packets [1-9]/);
  });

  it('keeps to that when it is ensured again', async () => {
    await gateway.ensure(false);
    expect(await answers(1, 0)).toBe(false);
    expect(await answers(1, 2)).toBe(true);
  });

  it('forwards from one tunnel into another where transit is switched on, until it is switched off', async () => {
    await gateway.ensure(true);
    expect(await answers(0, 1)).toBe(true);
    await gateway.ensure(false);
    expect(await answers(0, 1)).toBe(false);
  });
});
