import { existsSync } from 'node:fs';
import { inNetns, ipBatch, run } from './exec.js';

/**
 * rp_filter off: with several tunnels a flow may leave by one and return by another.
 * IPv6 off: router solicitations and duplicate address detection would show up in "nothing but ESP" captures.
 * Hash policy 1: equal-cost paths are chosen per flow (ports), not per pair of addresses.
 */
const SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.fib_multipath_hash_policy=1',
  'net.ipv6.conf.all.disable_ipv6=1',
  'net.ipv6.conf.default.disable_ipv6=1',
];

export async function createNetns(name: string): Promise<void> {
  await run(['ip', 'netns', 'add', name]);
  // -e: a kernel without IPv6 lacks those two keys, which is as good as having it switched off.
  await run(inNetns(name, ['sysctl', '-q', '-e', '-w', ...SYSCTLS]));
  await ipBatch(name, ['link set lo up']);
}

export const netnsExists = (name: string): boolean => existsSync(`/run/netns/${name}`);

export async function deleteNetns(name: string): Promise<void> {
  if (netnsExists(name)) await run(['ip', 'netns', 'del', name]);
}

export async function listNetns(prefix: string): Promise<string[]> {
  const listing = await run(['ip', 'netns', 'list']);
  return listing
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(prefix));
}

export interface VethEnd {
  readonly netns: string;
  readonly device: string;
  readonly address?: string;
}

export async function connect(a: VethEnd, b: VethEnd): Promise<void> {
  await run(['ip', 'link', 'add', a.device, 'netns', a.netns, 'type', 'veth', 'peer', 'name', b.device, 'netns', b.netns]);
  for (const end of [a, b]) {
    const address = end.address === undefined ? [] : [`addr add ${end.address} dev ${end.device}`];
    await ipBatch(end.netns, [...address, `link set ${end.device} up`]);
  }
}
