import { formatIpv4, parseIpv4, toIpv4 } from '@bordergate/kernel';
import { type AttachmentLink, type AttachmentPort, DataPlaneError, deviceNames } from '../data-plane.js';
import { addressesOf, type Device, devicesOf, isUp, removeDevice } from './devices.js';
import { ip, ipBatch } from './exec.js';
import { firstFree } from './numbers.js';

/** Where the links' /31s are from (RFC 3021): inside the shared address space of RFC 6598, which no customer routes to us. */
const POOL = parseIpv4('100.65.0.0')!;
const LINKS = 2 ** 15;

/**
 * The veth between a gateway and a VPC. Its /31 is looked for where the attachment's id points, and further on while one
 * of the two namespaces has it already; what is there stays. The caller lets only one at a time choose.
 */
export async function ensureAttachment(attachment: AttachmentPort, gateway: string, vpc: string): Promise<{ link: AttachmentLink; made: boolean }> {
  const device = deviceNames.attachment(attachment.vpcAttachmentId);
  const peer = deviceNames.attachmentPeer(attachment.vpcAttachmentId);
  const [inGateway, inVpc] = await Promise.all([devicesOf(gateway), devicesOf(vpc)]);
  const found = linkOf(inGateway.find(each => each.ifname === device), inVpc.find(each => each.ifname === peer));
  if (found) return { link: { device, ...found }, made: false };

  const used = new Set([...inGateway, ...inVpc].flatMap(addressesOf));
  const index = await firstFree(attachment.vpcAttachmentId, LINKS, i => addressesAt(i).every(address => !used.has(`${address}/31`)));
  if (index === undefined) throw new DataPlaneError('choose link addresses', `no /31 is free in ${gateway} and ${vpc}`);
  const [gatewayAddress, vpcAddress] = addressesAt(index);
  // Half of a link, or one without its address: what a worker has left that was killed here.
  await removeDevice(gateway, device);
  await removeDevice(vpc, peer);
  await ip(null, 'link', 'add', 'name', device, 'netns', gateway, 'type', 'veth', 'peer', 'name', peer, 'netns', vpc);
  await ipBatch(gateway, [`addr add ${gatewayAddress}/31 dev ${device}`, `link set dev ${device} up`]);
  await ipBatch(vpc, [`addr add ${vpcAddress}/31 dev ${peer}`, `link set dev ${peer} up`]);
  return { link: { device, gatewayAddress, vpcAddress }, made: true };
}

export const removeAttachment = (attachment: AttachmentPort, gateway: string): Promise<void> =>
  removeDevice(gateway, deviceNames.attachment(attachment.vpcAttachmentId));

/** The other address of a link's /31. */
export const otherEnd = (address: string): string => formatIpv4(toIpv4(parseIpv4(address)! ^ 1));

const addressesAt = (index: number): [string, string] => [formatIpv4(toIpv4(POOL + 2 * index)), formatIpv4(toIpv4(POOL + 2 * index + 1))];

function linkOf(gateway: Device | undefined, vpc: Device | undefined): { gatewayAddress: string; vpcAddress: string } | undefined {
  if (!gateway || !vpc || !isUp(gateway) || !isUp(vpc)) return undefined;
  const gatewayAddress = linkAddress(gateway);
  const vpcAddress = linkAddress(vpc);
  return gatewayAddress !== undefined && vpcAddress !== undefined && otherEnd(gatewayAddress) === vpcAddress ? { gatewayAddress, vpcAddress } : undefined;
}

/** The device's address on its link, without the length. */
export const linkAddress = (device: Device): string | undefined =>
  addressesOf(device).find(address => address.endsWith('/31'))?.replace('/31', '');
