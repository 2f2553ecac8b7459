import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import type { ClientFile, Device, Job } from './device.js';
import { DEVICES } from './devices.js';
import { identityOf } from './identity.js';
import type { ClientSite, ClientTunnel, LocalAnswers } from './site.js';

export interface ClientConfig {
  readonly device: string;
  /** Of the site: what the caller computed over its canonical JSON (a core has no cryptography). */
  readonly hash: string;
  readonly files: readonly ClientFile[];
  readonly notes: readonly string[];
}

export interface ClientConfigRequest {
  readonly site: ClientSite;
  readonly hash: string;
  readonly local: LocalAnswers;
  /** By tunnel; without it every key is a placeholder. */
  readonly psks?: ReadonlyMap<string, string>;
}

/** The configuration of one device, or the first thing it cannot do. */
export function clientConfig(deviceId: string, { site, hash, local, psks }: ClientConfigRequest): ClientConfig | Rejection {
  const device = deviceNamed(deviceId);
  if (isRejection(device)) return device;
  const refused = cannot(device, site) ?? cannotKeys(device, psks);
  if (refused) return refused;
  const job: Job = {
    site, local,
    pskOf: ({ tunnelId }) => psks?.get(tunnelId) ?? `<PSK of ${tunnelId}>`,
    header: (sign) => headerOf(device, site, hash, psks !== undefined).map((line) => `${sign}${line}`).join('\n'),
  };
  const { files, notes } = device.render(job);
  return { device: device.id, hash, files, notes };
}

export function deviceNamed(id: string): Device | Rejection {
  return DEVICES.find((device) => device.id === id) ?? reject('unknown-device', `one of ${DEVICES.map((device) => device.id).join(', ')}`, 'device');
}

/** Options are refused by name rather than replaced: a tunnel that negotiates something else would not come up. */
function cannot(device: Device, { tunnels, trafficSelectors }: ClientSite): Rejection | undefined {
  if (trafficSelectors.length > 0 && !device.selectors) return cannotDo(device, 'trafficSelectors', 'its tunnels are interfaces that take everything, as written here; take the selectors away, or write its policies by hand');
  for (const tunnel of tunnels) {
    const [first] = device.unsupported(tunnel.options);
    if (first) return cannotDo(device, first.option, `${first.because} (tunnel ${tunnel.tunnelId})`);
    const identity = identityField(device, tunnel);
    if (identity) return cannotDo(device, identity, `${device.title} cannot be told this kind of identity (tunnel ${tunnel.tunnelId})`);
  }
  return undefined;
}

/** Field names are the API's, which speaks from the cloud's side. */
function identityField({ identities }: Device, { cloudId, customerId }: ClientTunnel): 'localId' | 'remoteId' | undefined {
  if (!identities.includes(identityOf(cloudId).kind)) return 'localId';
  return identities.includes(identityOf(customerId).kind) ? undefined : 'remoteId';
}

function cannotKeys(device: Device, psks: ReadonlyMap<string, string> | undefined): Rejection | undefined {
  const bad = [...(psks ?? [])].find(([, psk]) => !device.psk.test(psk));
  return bad && cannotDo(device, 'psk', `the pre-shared key of ${bad[0]} has characters that the command line of ${device.title} reads as something else; letters and digits are always safe`);
}

const cannotDo = (device: Device, field: string, because: string): Rejection => reject('device-cannot', `${device.id}: ${because}`, field);

const headerOf = (device: Device, site: ClientSite, hash: string, secret: boolean): string[] => [
  `Bordergate: ${device.title} for ${site.vpnConnectionId} (${site.tunnels.map(({ tunnelId }) => tunnelId).join(', ')})`,
  `generated from options ${hash.slice(0, 8)}`,
  `for ${device.versions}`,
  secret ? 'contains pre-shared keys: keep it as secret as they are' : 'put the pre-shared keys where <PSK of ...> stands',
];
