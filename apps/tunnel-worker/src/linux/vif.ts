import type { FoundVif } from '@bordergate/tunnel-core';
import { DataPlaneError, deviceNames, type VifCounters, type VifPlace, type VifPort } from '../data-plane.js';
import { addressesOf, type Device, deviceOf, exactAddress, isUp, removeDevice } from './devices.js';
import { ip, ipBatch, ipList, isAbsent, type Netns } from './exec.js';

/**
 * Direct connections on Linux. A whole interface is moved from the node's namespace into the gateway's and renamed; its
 * alias keeps the name it has to go back under, so nothing need be remembered and a worker that starts again can still
 * give it back. A VLAN is a device of ours, made in the gateway's namespace on an interface that stays where it is.
 */
const ALIAS = 'bordergate:';

interface Link extends Device { ifalias?: string; master?: string; stats64?: { rx: { bytes: number; packets: number }; tx: { bytes: number; packets: number } } }

async function linkOf(netns: Netns, name: string): Promise<Link | undefined> {
  try {
    return (await ipList<Link>(netns, '-s', 'link', 'show', 'dev', name))[0];
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A namespace as `ip link set … netns` takes it. */
const target = (netns: Netns): string => netns ?? String(process.pid);

/** @param node the namespace that has the node's interfaces */
export async function takeVif(vif: VifPort, gateway: string, node: Netns): Promise<void> {
  const device = deviceNames.vif(vif.vifId);
  if (!(await deviceOf(gateway, device))) {
    if (vif.vlanId === null) {
      const obstacle = await obstacleOf(vif, node);
      if (obstacle) throw new DataPlaneError(`take ${vif.interface}`, obstacle);
      // The alias first: from here on, wherever a worker is killed, the interface can be given back.
      await ip(node, 'link', 'set', 'dev', vif.interface, 'alias', `${ALIAS}${vif.interface}`);
      await ip(node, 'link', 'set', 'dev', vif.interface, 'down');
      await ip(node, 'link', 'set', 'dev', vif.interface, 'netns', gateway, 'name', device);
    } else {
      await ip(node, 'link', 'set', 'dev', vif.interface, 'up');
      await ip(node, 'link', 'add', 'link', vif.interface, 'name', device, 'netns', gateway, 'type', 'vlan', 'id', String(vif.vlanId));
    }
  }
  await ipBatch(gateway, exactAddress(await deviceOf(gateway, device), device, vif.localAddress));
}

export const setVif = async ({ vifId }: VifPlace, up: boolean, gateway: string): Promise<void> => {
  await ip(gateway, 'link', 'set', 'dev', deviceNames.vif(vifId), up ? 'up' : 'down');
};

export async function inspectVif(vif: VifPort, gateway: string, node: Netns): Promise<FoundVif> {
  const device = await deviceOf(gateway, deviceNames.vif(vif.vifId));
  if (!device) return { device: null, obstacle: await obstacleOf(vif, node) };
  const addresses = addressesOf(device);
  return { device: { up: isUp(device), carrier: device.flags.includes('LOWER_UP'), address: addresses.length === 1 ? addresses[0]! : null }, obstacle: null };
}

/** An interface that the node itself uses is not taken from it: a slip in a name must not cut a machine off. */
async function obstacleOf({ interface: name, vlanId }: VifPort, node: Netns): Promise<FoundVif['obstacle']> {
  const [link, device] = await Promise.all([linkOf(node, name), deviceOf(node, name)]);
  if (!link || !device) return 'interface-missing';
  return vlanId === null && (link.master !== undefined || addressesOf(device).length > 0) ? 'interface-in-use' : null;
}

export async function vifCounters({ vifId }: VifPlace, gateway: string): Promise<VifCounters | undefined> {
  const link = await linkOf(gateway, deviceNames.vif(vifId));
  if (!link?.stats64) return undefined;
  const { rx, tx } = link.stats64;
  return { counterEpoch: String(link.ifindex), io: { bytesIn: rx.bytes, bytesOut: tx.bytes, packetsIn: rx.packets, packetsOut: tx.packets } };
}

/** A whole interface goes back to the node's namespace under its own name, down; a VLAN is unmade. */
export async function giveBackVif(device: string, gateway: string, node: Netns): Promise<void> {
  const link = await linkOf(gateway, device);
  if (!link) return;
  if (!link.ifalias?.startsWith(ALIAS)) return removeDevice(gateway, device);
  await ip(gateway, 'link', 'set', 'dev', device, 'down');
  await ip(gateway, 'link', 'set', 'dev', device, 'netns', target(node), 'name', link.ifalias.slice(ALIAS.length));
}
