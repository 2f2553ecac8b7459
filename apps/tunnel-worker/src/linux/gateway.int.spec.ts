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

  it('spreads flows over equal ways by addresses and ports, and keeps each flow on one', async () => {
    await ipBatch(netns, ['route add 10.77.0.0/16 nexthop via 10.9.0.2 dev t-one nexthop via 10.9.1.2 dev t-two']);
    const way = async (...flow: string[]): Promise<string> =>
      /dev (t-\w+)/.exec(await run(['ip', '-n', netns, 'route', 'get', '10.77.0.1', 'from', '10.9.2.2', 'iif', 'a-vpc', ...flow]))![1]!;
    const all = async (flow: (n: number) => string[]): Promise<string[]> => Promise.all(Array.from({ length: 24 }, (_, n) => way(...flow(n))));
    expect(new Set(await all((n) => ['ipproto', 'tcp', 'sport', String(40_000 + n), 'dport', '443']))).toEqual(new Set(['t-one', 't-two']));
    expect(new Set(await all(() => ['ipproto', 'tcp', 'sport', '40000', 'dport', '443'])).size).toBe(1);
    expect(new Set(await all(() => ['ipproto', 'icmp'])).size).toBe(1);
  });

  it('forwards from one tunnel into another where transit is switched on, until it is switched off', async () => {
    await gateway.ensure(true);
    expect(await answers(0, 1)).toBe(true);
    await gateway.ensure(false);
    expect(await answers(0, 1)).toBe(false);
  });
});
