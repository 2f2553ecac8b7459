import { deviceOf, isUp, removeDevice } from './devices.js';
import { ip, run } from './exec.js';
import { netnsExists } from './namespaces.js';

interface Qdisc { kind: string; root?: boolean; options?: { rate?: number } }

/** Arriving packets are queued on a device of their own (ifb), for a kernel queues only what leaves one. */
const mirrorOf = (device: string): string => `i${device.slice(1)}`;

/** The longest a packet waits, and how far a burst may run ahead of the rate. */
const QUEUE_MS = 20;
const BURST_MS = 10;
const MIN_BURST_BYTES = 32_768;

/** Caps both directions of a tunnel device. Asked again it changes nothing; another cap takes its place without a gap. */
export async function ensureCap(netns: string, device: string, mbps: number): Promise<void> {
  const mirror = mirrorOf(device);
  const found = await deviceOf(netns, mirror);
  if (!found) await ip(netns, 'link', 'add', 'name', mirror, 'type', 'ifb');
  if (!found || !isUp(found)) await ip(netns, 'link', 'set', 'dev', mirror, 'up');
  const burst = Math.max(MIN_BURST_BYTES, Math.round((mbps * 1000 * BURST_MS) / 8));
  const queue = `tbf rate ${mbps}mbit burst ${burst} latency ${QUEUE_MS}ms`;
  await run(['tc', '-n', netns, '-batch', '-'], [
    `qdisc replace dev ${mirror} root ${queue}`,
    `qdisc replace dev ${device} ingress`,
    `filter replace dev ${device} parent ffff: pref 1 protocol ip handle 800::1 u32 match u32 0 0 action mirred egress redirect dev ${mirror}`,
    // Last: it is the one that is looked for.
    `qdisc replace dev ${device} root ${queue}`,
  ].join('\n').concat('\n'));
}

/** The cap as found; undefined when there is none. */
export async function capOf(netns: string, device: string): Promise<number | undefined> {
  const qdiscs = JSON.parse(await run(['tc', '-n', netns, '-j', 'qdisc', 'show', 'dev', device])) as Qdisc[];
  const rate = qdiscs.find(qdisc => qdisc.kind === 'tbf' && qdisc.root)?.options?.rate;
  return rate === undefined ? undefined : (rate * 8) / 1_000_000;
}

/** What outlives the tunnel device. */
export async function removeCap(netns: string, device: string): Promise<void> {
  if (await netnsExists(netns)) await removeDevice(netns, mirrorOf(device));
}
