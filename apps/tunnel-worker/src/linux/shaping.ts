import { deviceOf, isUp, removeDevice } from './devices.js';
import { ip, run } from './exec.js';
import { netnsExists } from './namespaces.js';

interface Qdisc { kind: string; root?: boolean }

/** Arriving packets are queued on a device of their own (ifb), for a kernel queues only what leaves one. */
const mirrorOf = (device: string): string => `i${device.slice(1)}`;

/** The longest a packet waits, and how far a burst may run ahead of the rate. */
const QUEUE_MS = 20;
const BURST_MS = 10;
const MIN_BURST_BYTES = 32_768;
/** What control packets have for themselves; they may use more. A share, so that even 1 Mbit/s leaves room for both. */
const CONTROL_SHARE = 10;

/** In Mbit/s. */
const UNITS = { '': 1e-6, K: 1e-3, M: 1, G: 1e3 } as const;

/** What a cap is about: the device, its two ends' network, and Mbit/s in each direction. */
export interface Cap { readonly netns: string; readonly device: string; readonly innerPrefix: string; readonly mbps: number }

/**
 * Caps both directions of a tunnel device. Within the cap, what the two ends of the tunnel say to each other (BGP, BFD,
 * probes) goes before what they forward: a flood fills its own queue, and no session dies of it (ADR 18). Asked again it
 * changes nothing; another cap takes its place without a gap.
 */
export async function ensureCap({ netns, device, innerPrefix, mbps }: Cap): Promise<void> {
  const mirror = mirrorOf(device);
  const found = await deviceOf(netns, mirror);
  if (!found) await ip(netns, 'link', 'add', 'name', mirror, 'type', 'ifb');
  if (!found || !isUp(found)) await ip(netns, 'link', 'set', 'dev', mirror, 'up');
  await tcBatch(netns, [
    ...await classful(netns, mirror, innerPrefix, mbps),
    `qdisc replace dev ${device} ingress`,
    `filter replace dev ${device} parent ffff: pref 1 protocol ip handle 800::1 u32 match u32 0 0 action mirred egress redirect dev ${mirror}`,
    // Last: it is the one that is looked for.
    ...await classful(netns, device, innerPrefix, mbps),
  ]);
}

/**
 * HTB, whose classes lend each other what they do not use. Not a priority queue below a token bucket: production kernels
 * have it, the smallest ones have HTB only.
 */
async function classful(netns: string, device: string, innerPrefix: string, mbps: number): Promise<string[]> {
  const kbit = mbps * 1_000;
  const control = Math.ceil(kbit / CONTROL_SHARE);
  const burst = Math.max(MIN_BURST_BYTES, Math.round((kbit * BURST_MS) / 8));
  const rates = (rate: number): string => `rate ${rate}kbit ceil ${kbit}kbit burst ${burst} cburst ${burst} quantum 60000`;
  const root = (await qdiscsOf(netns, device)).find(qdisc => qdisc.root);
  return [
    // An HTB that is there cannot be replaced by one, only its classes can; nor can a filter be given other addresses.
    root?.kind === 'htb' ? `filter del dev ${device} parent 1:` : `qdisc replace dev ${device} root handle 1: htb default 20`,
    `class replace dev ${device} parent 1: classid 1:1 htb ${rates(kbit)}`,
    `class replace dev ${device} parent 1:1 classid 1:10 htb prio 0 ${rates(control)}`,
    `class replace dev ${device} parent 1:1 classid 1:20 htb prio 1 ${rates(kbit - control)}`,
    `qdisc replace dev ${device} parent 1:20 handle 20: bfifo limit ${burst + Math.round((kbit * QUEUE_MS) / 8)}`,
    `filter add dev ${device} parent 1: pref 1 protocol ip u32 match ip src ${innerPrefix} match ip dst ${innerPrefix} flowid 1:10`,
  ];
}

/** The cap as found, in Mbit/s; undefined when there is none. */
export async function capOf(netns: string, device: string): Promise<number | undefined> {
  // Older versions of tc have no JSON for classes.
  const [, ceil, unit] = /^class htb 1:1 .*\bceil (\d+)([KMG]?)bit/m.exec(await run(['tc', '-n', netns, 'class', 'show', 'dev', device])) ?? [];
  return ceil === undefined ? undefined : Number(ceil) * UNITS[unit as keyof typeof UNITS];
}

/** What outlives the tunnel device. */
export async function removeCap(netns: string, device: string): Promise<void> {
  if (await netnsExists(netns)) await removeDevice(netns, mirrorOf(device));
}

const qdiscsOf = async (netns: string, device: string): Promise<Qdisc[]> => JSON.parse(await run(['tc', '-n', netns, '-j', 'qdisc', 'show', 'dev', device])) as Qdisc[];

const tcBatch = async (netns: string, lines: readonly string[]): Promise<void> => {
  await run(['tc', '-n', netns, '-batch', '-'], `${lines.join('\n')}\n`);
};
