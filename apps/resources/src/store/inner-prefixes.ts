import type { RegionReader } from './region-reader.js';

/** The /30s in use on a border gateway, of tunnels and virtual interfaces, but for those of one of them. */
export async function innerPrefixesOf(region: RegionReader, bgwId: string, exceptId?: string): Promise<string[]> {
  const tunnels = (await region.where('vpnTunnel', { bgwId })).map(({ id, fields }) => ({ id, prefix: fields.tunnelIp }));
  const vifs = (await region.where('virtualInterface', { bgwId })).map(({ id, fields }) => ({ id, prefix: fields.vifIp }));
  return [...tunnels, ...vifs].filter(({ id }) => id !== exceptId).map(({ prefix }) => prefix);
}
