import { readFile } from 'node:fs/promises';
import { deviceNames, type Io, type TunnelCounters } from '../data-plane.js';
import { ipList, isAbsent } from '../linux/exec.js';
import { readIfThere, writeWhole } from '../linux/files.js';
import type { ProcessRecord } from '../linux/process-record.js';

interface Link { ifindex: number; stats64: { rx: { bytes: number; packets: number }; tx: { bytes: number; packets: number } } }
interface Baseline { startedAt: number; io: Io }

/**
 * Counters of a tunnel. Inner packets are counted by its device, outer ones by the IP layer of the outer namespace, in
 * which nothing but IKE and ESP is sent: the length of IP packets, without the wire's framing and without ARP. Both
 * start again from zero with charon: the device is a new one then, and the namespace's counters are taken from there on.
 */
export async function readCounters(gateway: string, tunnelId: string, charon: ProcessRecord, baselineFile: string): Promise<TunnelCounters | undefined> {
  const [link, base, now] = await Promise.all([linkOf(gateway, deviceNames.tunnel(tunnelId)), takeBaseline(charon, baselineFile), ipLayer(charon.pid)]);
  if (!link || !base || !now) return undefined;
  const { rx, tx } = link.stats64;
  return {
    counterEpoch: `${charon.startedAt}-${link.ifindex}`,
    original: { bytesIn: rx.bytes, bytesOut: tx.bytes, packetsIn: rx.packets, packetsOut: tx.packets },
    encrypted: since(base, now),
  };
}

/** The counters of the outer namespace at the beginning of this charon's life: asked for the first time, they are now's. */
export async function takeBaseline(charon: ProcessRecord, file: string): Promise<Io | undefined> {
  const text = await readIfThere(file);
  const known = text === undefined ? undefined : JSON.parse(text) as Baseline;
  if (known?.startedAt === charon.startedAt) return known.io;
  const io = await ipLayer(charon.pid);
  if (!io) return undefined;
  await writeWhole(file, JSON.stringify({ startedAt: charon.startedAt, io } satisfies Baseline));
  return io;
}

async function linkOf(gateway: string, device: string): Promise<Link | undefined> {
  try {
    return (await ipList<Link>(gateway, '-s', 'link', 'show', 'dev', device))[0];
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** charon's /proc entry shows the counters of its namespace: no process need be started in there to read them. */
async function ipLayer(pid: number): Promise<Io | undefined> {
  try {
    const [netstat, snmp] = await Promise.all([readFile(`/proc/${pid}/net/netstat`, 'utf8'), readFile(`/proc/${pid}/net/snmp`, 'utf8')]);
    const octets = row(netstat, 'IpExt:');
    const packets = row(snmp, 'Ip:');
    return {
      bytesIn: octets('InOctets'), bytesOut: octets('OutOctets'),
      packetsIn: packets('InReceives'), packetsOut: packets('OutRequests'),
    };
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined; // charon has ended
    throw error;
  }
}

/** Each protocol has two lines: names, and values below them. */
function row(text: string, title: string): (name: string) => number {
  const [names = [], values = []] = text.split('\n').filter(line => line.startsWith(`${title} `)).map(line => line.split(' '));
  return name => Number(values[names.indexOf(name)] ?? 0);
}

const since = (base: Io, now: Io): Io => ({
  bytesIn: now.bytesIn - base.bytesIn, bytesOut: now.bytesOut - base.bytesOut,
  packetsIn: now.packetsIn - base.packetsIn, packetsOut: now.packetsOut - base.packetsOut,
});
