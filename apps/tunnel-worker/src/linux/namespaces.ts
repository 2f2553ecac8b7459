import { readdir, rm, stat } from 'node:fs/promises';
import { inNetns, ip, netnsPath, run } from './exec.js';

const DIRECTORY = '/run/netns';

/**
 * rp_filter off: with several tunnels a flow may leave by one and return by another. Redirects off: a router that
 * forwards back to where a packet came from does so on purpose here. IPv6 off: it is not routed, and would chatter on
 * the links. Hash policy 1: equal-cost paths are chosen per flow (ports), not per pair of addresses.
 */
const SYSCTLS = [
  'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0',
  'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1',
  'net.ipv4.fib_multipath_hash_policy=1',
  'net.ipv4.ip_forward=1',
];

// Namespaces this process has set up, by inode: setting up again is harmless, and two processes each time.
const prepared = new Map<string, number>();

/** The namespace's inode; undefined when there is none. A file nothing is mounted on is what a killed `ip netns add` leaves. */
async function netnsInode(name: string): Promise<number | undefined> {
  try {
    const [file, directory] = await Promise.all([stat(netnsPath(name)), stat(DIRECTORY)]);
    return file.dev === directory.dev ? undefined : file.ino;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const netnsExists = async (name: string): Promise<boolean> => (await netnsInode(name)) !== undefined;

/** A router's namespace: forwarding on, loopback up. */
export async function ensureNetns(name: string): Promise<void> {
  let inode = await netnsInode(name);
  if (inode !== undefined && prepared.get(name) === inode) return;
  if (inode === undefined) {
    await rm(netnsPath(name), { force: true });
    await run(['ip', 'netns', 'add', name]);
    inode = await netnsInode(name);
  }
  await Promise.all([
    // -e: a kernel without IPv6 lacks two of the keys, which is as good as having it switched off.
    run(inNetns(name, ['sysctl', '-q', '-e', '-w', ...SYSCTLS])),
    ip(name, 'link', 'set', 'lo', 'up'),
  ]);
  if (inode !== undefined) prepared.set(name, inode);
}

/** Devices that are half of a pair should be removed before: the kernel empties a namespace some time after this returns. */
export async function removeNetns(name: string): Promise<void> {
  prepared.delete(name);
  if (await netnsExists(name)) await run(['ip', 'netns', 'del', name]);
  else await rm(netnsPath(name), { force: true });
}

export async function netnsNames(): Promise<string[]> {
  try {
    return await readdir(DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // `ip netns` makes it for the first namespace
    throw error;
  }
}
