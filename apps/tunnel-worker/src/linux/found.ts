import { readdir } from 'node:fs/promises';
import { ID_PREFIX } from '@bordergate/contracts';
import { type AttachmentPort, deviceNames, type VifPlace } from '../data-plane.js';
import { devicesOf } from './devices.js';
import { netnsNames } from './namespaces.js';

export interface FoundOnNode { borderGatewayIds: string[]; vpcIds: string[]; attachments: AttachmentPort[]; vifs: VifPlace[]; outers: string[] }

/**
 * What is on the node under this prefix, by its names: ids are a known prefix and the random part, which names carry. A
 * directory without its namespace is something half removed, or of before the machine was started again. `outers` are the
 * random parts alone, for it is the driver that knows whose they are.
 */
export async function foundOnNode(prefix: string, dir: string): Promise<FoundOnNode> {
  const namespaces = (await netnsNames()).filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
  const remains = await namesIn(dir);
  const randoms = (kind: string, names: readonly string[]) =>
    [...new Set(names.flatMap(name => new RegExp(`^${kind}-([^-]+)$`).exec(name)?.[1] ?? []))];
  const borderGateways = randoms('g', namespaces);
  const vpcs = randoms('v', namespaces);
  return {
    borderGatewayIds: randoms('g', [...namespaces, ...remains]).map(random => `${ID_PREFIX.borderGateway}-${random}`),
    vpcIds: vpcs.map(random => `${ID_PREFIX.vpc}-${random}`),
    attachments: await attachmentsBetween(prefix, borderGateways, vpcs),
    vifs: (await Promise.all(borderGateways.map(random => vifsIn(prefix, random)))).flat(),
    outers: randoms('o', [...namespaces, ...remains]),
  };
}

/** A link that has lost an end is not one: it goes with the namespace that has the other. */
async function attachmentsBetween(prefix: string, borderGateways: readonly string[], vpcs: readonly string[]): Promise<AttachmentPort[]> {
  const vpcOf = new Map<string, string>();
  for (const vpc of vpcs) {
    for (const name of await deviceNamesIn(`${prefix}v-${vpc}`)) vpcOf.set(name, `${ID_PREFIX.vpc}-${vpc}`);
  }
  const found: AttachmentPort[] = [];
  for (const gateway of borderGateways) {
    for (const name of await deviceNamesIn(`${prefix}g-${gateway}`)) {
      if (!name.startsWith('a-')) continue;
      const vpcAttachmentId = `${ID_PREFIX.vpcAttachment}-${name.slice(2)}`;
      const vpcId = vpcOf.get(deviceNames.attachmentPeer(vpcAttachmentId));
      if (vpcId !== undefined) found.push({ vpcAttachmentId, borderGatewayId: `${ID_PREFIX.borderGateway}-${gateway}`, vpcId });
    }
  }
  return found;
}

const vifsIn = async (prefix: string, gateway: string): Promise<VifPlace[]> =>
  (await deviceNamesIn(`${prefix}g-${gateway}`)).filter(name => name.startsWith('d-'))
    .map(name => ({ vifId: `${ID_PREFIX.virtualInterface}-${name.slice(2)}`, borderGatewayId: `${ID_PREFIX.borderGateway}-${gateway}` }));

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const deviceNamesIn = async (netns: string): Promise<string[]> => (await devicesOf(netns)).map(device => device.ifname);
