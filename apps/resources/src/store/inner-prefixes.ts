import type { RegionReader } from './region-reader.js';

/** The /30s in use on a border gateway, of tunnels and virtual interfaces, but for those of one of them. */
export async function innerPrefixesOf(region: RegionReader, bgwId: string, exceptId?: string): Promise<string[]> {
  const [tunnels, vifs] = await Promise.all([region.where('vpnTunnel', { bgwId }), region.where('virtualInterface', { bgwId })]);
  return [...tunnels.map(({ id, fields }) => ({ id, prefix: fields.tunnelIp })), ...vifs.map(({ id, fields }) => ({ id, prefix: fields.vifIp }))].filter(({ id }) => id !== exceptId).map(({ prefix }) => prefix);
}
