import { DataPlaneError, deviceNames, type TunnelPort } from '../data-plane.js';
import { deviceOf, exactAddress, isUp, removeDevice } from '../linux/devices.js';
import { ipBatch, ipList, isAbsent } from '../linux/exec.js';

/** What charon calls its TUN; the bridge that stands in for it has the same name. */
export const CHARON_TUN = 'ipsec0';
/** charon reads with the size the device had when it started: it must never be raised. */
const MTU = 1400;

interface Link { ifname: string; flags: string[]; linkinfo?: { info_kind?: string } }

/**
 * charon's TUN, as a device of the gateway: a TUN goes on working through its file descriptor wherever the device is.
 * charon insists on a route through "its" ipsec0 and fails the CHILD_SA otherwise, so a bridge of that name, which must
 * be up, takes its place. False when there is no TUN at all: it went with a gateway's namespace, and only a new charon
 * makes another.
 */
export async function ensureTunDevice(outer: string, gateway: string, tunnel: TunnelPort): Promise<boolean> {
  const name = deviceNames.tunnel(tunnel.tunnelId);
  const address = `${tunnel.localTunnelIp}/30`;
  const [found, link] = await Promise.all([deviceOf(gateway, name), charonTun(outer)]);
  if (link?.linkinfo?.info_kind === 'tun') {
    if (found) await removeDevice(gateway, name);
    await ipBatch(outer, [`link set dev ${CHARON_TUN} netns ${gateway} name ${name}`, ...STAND_IN]);
    await ipBatch(gateway, [`addr add ${address} dev ${name}`, `link set dev ${name} mtu ${MTU}`]);
    return true;
  }
  if (!found) return false;
  if (!link || !isUp(link)) await ipBatch(outer, link ? STAND_IN.slice(1) : STAND_IN);
  await ipBatch(gateway, exactAddress(found, name, address));
  return true;
}

// Without snooping: it would report itself to multicast routers (IGMP), which no one here is, and be counted as traffic.
const STAND_IN = [`link add name ${CHARON_TUN} type bridge mcast_snooping 0`, `link set dev ${CHARON_TUN} up`];

/** Before charon starts: it would call its TUN ipsec1 if the name were taken. */
export async function clearCharonTun(outer: string): Promise<void> {
  await removeDevice(outer, CHARON_TUN);
}

/** Up or down; down is what an absent device is, too. */
export async function setTunDevice(gateway: string, tunnelId: string, up: boolean): Promise<void> {
  try {
    await ipBatch(gateway, [`link set dev ${deviceNames.tunnel(tunnelId)} ${up ? 'up' : 'down'}`]);
  } catch (error) {
    if (up || !isAbsent(error)) throw error;
  }
}

async function charonTun(outer: string): Promise<Link | undefined> {
  const links = await ipList<Link>(outer, '-d', 'link', 'show');
  return links.find(link => link.ifname === CHARON_TUN);
}

export const noTunDevice = (tunnelId: string): DataPlaneError =>
  new DataPlaneError('make tunnel device', `the charon of ${tunnelId} has made no ${CHARON_TUN}: is /dev/net/tun there, and the plugin kernel-libipsec?`);
