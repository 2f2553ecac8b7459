import { espProposal, ikeProposal, type TunnelOptions } from '@bordergate/contracts';
import type { Device, Job } from '../device.js';
import type { ClientSelector, ClientTunnel } from '../site.js';
import { fileOf } from '../text.js';
import { aeadInIkeV1 } from '../vocabulary.js';

/** What both Linux devices are: stock strongSwan, whose words our options are. They differ in who speaks BGP. */
export const STRONGSWAN = {
  identities: ['address', 'fqdn', 'email', 'other'],
  // Whatever the API takes: what is not plain is written in hexadecimal.
  psk: /^[\x20-\x7e]+$/,
  unsupported: aeadInIkeV1,
  selectors: true,
} as const satisfies Partial<Device>;

export const UPDOWN = '/etc/swanctl/bordergate-updown.sh';

/** An SA must not expire while its successor is negotiated. */
const tenth = (seconds: number): number => Math.ceil(seconds / 10);

/** One XFRM interface per tunnel, tied to its SAs by a number. FNV-1a: stable, and unlike a counter it survives a second connection on the box. */
export function ifId(tunnelId: string): number {
  let hash = 0x811c9dc5;
  for (const char of tunnelId) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return (hash % 0x7fffffff) + 1; // 0 is "none"
}

export function swanctlConf({ site, header, pskOf }: Job): string {
  return fileOf(
    header('# '),
    'connections {', ...site.tunnels.map((tunnel) => connection(tunnel, childrenOf(tunnel, site.trafficSelectors), site.bgp === null)), '}',
    'secrets {', ...site.tunnels.map((tunnel) => secret(tunnel, pskOf(tunnel))), '}',
  );
}

interface Child { readonly name: string; readonly local: readonly string[]; readonly remote: string }

/** One CHILD SA for everything, or one per selector; IKEv1 has room for one pair of networks in each (RFC 2409, 5.5). "_" is in no tunnel's id. */
function childrenOf({ tunnelId, options: { ikeVersion } }: ClientTunnel, selectors: readonly ClientSelector[]): Child[] {
  if (selectors.length === 0) return [{ name: tunnelId, local: ['0.0.0.0/0'], remote: '0.0.0.0/0' }];
  const all = selectors.flatMap(({ customerSubnets, cloudSubnet }) => (ikeVersion === 'v1' ? customerSubnets.map((one) => ({ local: [one], remote: cloudSubnet })) : [{ local: customerSubnets, remote: cloudSubnet }]));
  return all.map((each, index) => ({ name: `${tunnelId}_${index + 1}`, ...each }));
}

function connection({ tunnelId, customerIp, cloudIp, customerId, cloudId, options }: ClientTunnel, children: readonly Child[], followed: boolean): string {
  const { ikeVersion, ikeMode, ikeDpdSec, ikeSaLifeSec } = options;
  return [
    `  ${tunnelId} {`,
    `    version = ${ikeVersion === 'v1' ? 1 : 2}`,
    ...(ikeVersion === 'v1' && ikeMode === 'aggressive' ? ['    aggressive = yes'] : []),
    `    local_addrs = ${customerIp}`,
    `    remote_addrs = ${cloudIp}`,
    `    proposals = ${ikeProposal(options)}`,
    `    rekey_time = ${ikeSaLifeSec}s`,
    `    over_time = ${tenth(ikeSaLifeSec)}s`,
    `    dpd_delay = ${ikeDpdSec}s`,
    ...(ikeDpdSec > 0 ? [`    dpd_timeout = ${ikeDpdSec * 3}s`] : []),
    '    keyingtries = 0',
    '    unique = replace',
    '    mobike = no',
    '    local {', '      auth = psk', `      id = ${quoted(customerId)}`, '    }',
    '    remote {', '      auth = psk', `      id = ${quoted(cloudId)}`, '    }',
    '    children {',
    ...children.flatMap((each) => [`      ${each.name} {`, ...child(tunnelId, each, options, followed).map((line) => `        ${line}`), '      }']),
    '    }', '  }',
  ].join('\n');
}

const child = (tunnelId: string, { local, remote }: Child, options: TunnelOptions, followed: boolean): string[] => [
  'mode = tunnel',
  `local_ts = ${local.join(',')}`,
  `remote_ts = ${remote}`,
  `esp_proposals = ${espProposal(options)}`,
  `rekey_time = ${options.ipsecSaLifeSec}s`,
  // At equal values an IKEv1 tunnel was lost for good at expiry (measured).
  `life_time = ${options.ipsecSaLifeSec + tenth(options.ipsecSaLifeSec)}s`,
  `if_id_in = ${ifId(tunnelId)}`,
  `if_id_out = ${ifId(tunnelId)}`,
  'start_action = start',
  'close_action = start',
  `dpd_action = ${options.ikeDpdSec > 0 ? 'restart' : 'clear'}`,
  ...(followed ? [`updown = ${UPDOWN}`] : []),
];

const secret = ({ tunnelId, customerId, cloudId }: ClientTunnel, psk: string): string =>
  [`  ike-${tunnelId} {`, `    id-local = ${quoted(customerId)}`, `    id-remote = ${quoted(cloudId)}`, `    secret = ${secretText(psk)}`, '  }'].join('\n');

const quoted = (text: string): string => (/^[A-Za-z0-9.@_-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`);

/** Hexadecimal whenever the text could be misread: quotes and braces have a meaning. A placeholder stays legible. */
function secretText(psk: string): string {
  if (/^[A-Za-z0-9]+$/.test(psk) || psk.startsWith('<PSK of ')) return `"${psk}"`;
  return `0x${[...psk].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`;
}
