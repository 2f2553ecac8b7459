import { formatIpv4, parsePrefix, toIpv4 } from '@bordergate/kernel';
import { fnv1a } from '@bordergate/tunnel-core';
import { DataPlaneError, deviceNames, type VpcPort } from '../data-plane.js';
import { linkAddress, otherEnd } from './attachment.js';
import { type Device, devicesOf, exactAddress, isUp } from './devices.js';
import { ipBatch } from './exec.js';
import { ensureNetns } from './namespaces.js';
import { type VpcNextHop, vpcRoutingCommands } from './vpc-routing.js';

/**
 * The VPC stand-in: a bridge per subnet, whose first host address is the subnet's router, and exactly the wanted routes.
 * Next hops are the attachments that are there; one made later is routed to by asking again.
 */
export async function ensureVpc(netns: string, vpc: VpcPort): Promise<void> {
  await ensureNetns(netns);
  const devices = await devicesOf(netns);
  const routers = new Map(vpc.subnets.map(subnet => [subnet.subnetId, router(subnet.cidr)]));
  await ipBatch(netns, [
    ...vpc.subnets.flatMap(({ subnetId }) => bridgeCommands(devices, deviceNames.subnetBridge(subnetId), routers.get(subnetId)!.withLength)),
    ...surplusBridges(devices, vpc).map(name => `link del dev ${name}`),
  ]);
  const routerOf = (subnetId: string) => routers.get(subnetId)!.address;
  await ipBatch(netns, await vpcRoutingCommands(netns, vpc, nextHopsOf(vpc, devices), routerOf));
}

function bridgeCommands(devices: readonly Device[], name: string, address: string): string[] {
  const found = devices.find(device => device.ifname === name);
  return [
    // An address of its own: a bridge without changes it with its ports, and the machines would go on using the old one.
    ...(found ? [] : [`link add name ${name} address ${macOf(name)} type bridge`]),
    ...exactAddress(found, name, address),
    ...(found && isUp(found) ? [] : [`link set dev ${name} up`]),
  ];
}

function surplusBridges(devices: readonly Device[], vpc: VpcPort): string[] {
  const wanted = new Set(vpc.subnets.map(subnet => deviceNames.subnetBridge(subnet.subnetId)));
  return devices.map(device => device.ifname).filter(name => name.startsWith('s-') && !wanted.has(name));
}

function nextHopsOf(vpc: VpcPort, devices: readonly Device[]): Map<string, VpcNextHop> {
  const hops = new Map<string, VpcNextHop>();
  for (const id of new Set(vpc.routes.flatMap(route => route.vpcAttachmentIds))) {
    const device = devices.find(each => each.ifname === deviceNames.attachmentPeer(id));
    const address = device && isUp(device) ? linkAddress(device) : undefined;
    if (device && address !== undefined) hops.set(id, { device: device.ifname, gatewayAddress: otherEnd(address) });
  }
  return hops;
}

/** A locally administered unicast address that follows from the name. */
const macOf = (name: string): string => `02:00:${fnv1a(name).toString(16).padStart(8, '0').match(/../g)!.join(':')}`;

/** The first host address. A subnet of one or two addresses has no network address to skip (RFC 3021). */
function router(cidr: string): { address: string; withLength: string } {
  const prefix = parsePrefix(cidr);
  if (!prefix) throw new DataPlaneError('make subnet bridge', `not a prefix: ${cidr}`);
  const address = formatIpv4(toIpv4(prefix.address + (prefix.length >= 31 ? 0 : 1)));
  return { address, withLength: `${address}/${prefix.length}` };
}
