import { innerPrefixesOf } from '../store/inner-prefixes.js';
import type { RegionReader } from '../store/region-reader.js';

/** What is asked of the addresses around a gateway, inside the region's lock. */

/** Subnets of the VPCs that are attached to the gateway. */
export async function subnetCidrsAt(region: RegionReader, bgwId: string): Promise<string[]> {
  const attachments = await region.where('vpcAttachment', { bgwId });
  return (await region.whereIn<'subnet'>('subnet', 'vpcId', attachments.map(({ fields }) => fields.vpcId))).map(({ fields }) => fields.cidr);
}

/** Inner prefixes on the gateways that the VPC is attached to. */
export async function innerPrefixesAround(region: RegionReader, vpcId: string): Promise<string[]> {
  const attachments = await region.where('vpcAttachment', { vpcId });
  return (await Promise.all(attachments.map(({ fields }) => innerPrefixesOf(region, fields.bgwId)))).flat();
}
