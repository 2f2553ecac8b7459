import { isAead, type TunnelOptions } from '@bordergate/contracts';
import { PLAIN_PSK, type Device, type Job, type Unsupported } from '../device.js';
import { COMMON_IDENTITIES, identityWords } from '../identity.js';
import { INNER_MASK, MAX_PATHS, TUNNEL_MSS, TUNNEL_MTU, byCustomerIp, type ClientBgp, type ClientTunnel } from '../site.js';
import { announced, commonNotes, fileOf, networkAndMask } from '../text.js';
import { dhWords, unsupportedBy, wordsOf, type Vocabulary } from '../vocabulary.js';

const WORDS: Vocabulary = {
  device: 'H3C MSR',
  ikeCipher: { '3des': '3des-cbc', aes128: 'aes-cbc-128', aes192: 'aes-cbc-192', aes256: 'aes-cbc-256' },
  ikeAuth: { sha1: 'sha', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' },
  ikeKeyExchange: dhWords('group', ['modp1024', 'modp1536', 'modp2048', 'ecp256', 'ecp384']),
  ipsecCipher: { aes128: 'aes-cbc-128', aes192: 'aes-cbc-192', aes256: 'aes-cbc-256', aes128gcm16: 'gcm-128', aes256gcm16: 'gcm-256' },
  ipsecAuth: { sha1: 'sha1', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' },
  ipsecKeyExchange: dhWords('dh-group', ['modp1024', 'modp1536', 'modp2048', 'ecp256', 'ecp384']),
  ikeSaLifeSec: [120, 86_400],
  ipsecSaLifeSec: [180, 86_400],
};
/** IKEv2 proposals spell hashes as ESP does. */
const IKEV2_HASHES: Readonly<Record<string, string>> = { ...WORDS.ipsecAuth };
/** Elliptic groups and AEAD ciphers came with IKEv2. */
const IKEV2_ONLY: ReadonlySet<string | null> = new Set(['ecp256', 'ecp384', 'aes128gcm16', 'aes256gcm16']);
const notInIkeV1 = (options: TunnelOptions): Unsupported[] => (['ikeKeyExchange', 'ipsecKeyExchange', 'ipsecCipher'] as const)
  .filter((option) => options.ikeVersion === 'v1' && IKEV2_ONLY.has(options[option]))
  .map((option) => ({ option, because: `H3C MSR has ${options[option]} with IKEv2 only` }));

export const h3cMsr: Device = {
  id: 'h3c-msr',
  title: 'H3C MSR',
  versions: 'Comware 7, release 0821 or later',
  identities: COMMON_IDENTITIES,
  psk: PLAIN_PSK,
  unsupported: (options) => [...unsupportedBy(WORDS, options), ...notInIkeV1(options)],
  render: (job) => ({
    files: [{ name: 'h3c-msr.txt', content: config(job) }],
    notes: [
      'Paste into the system view, then check with "display ike sa" or "display ikev2 sa", "display ipsec sa" and "display bgp peer ipv4".',
      'Tunnel interfaces and track entries start at 101, IKE proposals at 101: change them if yours are taken.',
      ...commonNotes(job),
    ],
  }),
};

const numberOf = ({ number }: ClientTunnel): number => 100 + number;

const config = (job: Job): string => fileOf(
  job.header('# '), '#',
  ...job.site.tunnels.map((tunnel) => [...(tunnel.options.ikeVersion === 'v2' ? ikeV2(tunnel, job) : ikeV1(tunnel, job)), ...ipsec(tunnel), ...tunnelInterface(tunnel, job), '#']),
  policies(job),
  job.site.bgp ? bgp(job, job.site.bgp) : staticRoutes(job), '#', 'return',
);

/** The policy in force is found by the local address alone, so tunnels from one address have one policy with all their proposals. */
const policies = ({ site }: Job): string[] => byCustomerIp(site.tunnels.filter(({ options }) => options.ikeVersion === 'v2')).flatMap(([address, tunnels]) => [
  `ikev2 policy bordergate-${address}`, ` match local address ${address}`, ...tunnels.map(({ tunnelId }) => ` proposal ${tunnelId}`), '#',
]);

function ikeV2(tunnel: ClientTunnel, { pskOf }: Job): string[] {
  const { tunnelId, customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const hash = IKEV2_HASHES[options.ikeAuth];
  return [
    `ikev2 proposal ${tunnelId}`,
    ` encryption ${words.ikeCipher}`,
    ` integrity ${hash}`,
    ` prf ${hash}`,
    ` dh ${words.ikeKeyExchange}`,
    '#',
    `ikev2 keychain ${tunnelId}`,
    ` peer ${tunnelId}`,
    `  address ${cloudIp} 255.255.255.255`,
    `  identity ${identityWords(cloudId, IDENTITIES)}`,
    `  pre-shared-key plaintext ${pskOf(tunnel)}`,
    '#',
    `ikev2 profile ${tunnelId}`,
    ' authentication-method local pre-share',
    ' authentication-method remote pre-share',
    ` keychain ${tunnelId}`,
    ` identity local ${identityWords(customerId, IDENTITIES)}`,
    ` match local address ${customerIp}`,
    ` match remote identity ${identityWords(cloudId, IDENTITIES)}${cloudId === cloudIp ? ' 255.255.255.255' : ''}`,
    ` sa duration ${options.ikeSaLifeSec}`,
    ...(options.ikeDpdSec > 0 ? [` dpd interval ${options.ikeDpdSec} retry 2 periodic`] : []),
    '#',
  ];
}
const IDENTITIES = { address: 'address', fqdn: 'fqdn', email: 'email' };

function ikeV1(tunnel: ClientTunnel, { pskOf }: Job): string[] {
  const { tunnelId, customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const identities = { address: 'address', fqdn: 'fqdn', email: 'user-fqdn' };
  return [
    `ike proposal ${numberOf(tunnel)}`,
    ' authentication-method pre-share',
    ` encryption-algorithm ${words.ikeCipher}`,
    ` authentication-algorithm ${words.ikeAuth}`,
    ` dh ${words.ikeKeyExchange}`,
    ` sa duration ${options.ikeSaLifeSec}`,
    '#',
    `ike keychain ${tunnelId}`,
    ` match local address ${customerIp}`,
    ` pre-shared-key address ${cloudIp} 255.255.255.255 key simple ${pskOf(tunnel)}`,
    '#',
    `ike profile ${tunnelId}`,
    ` keychain ${tunnelId}`,
    ` proposal ${numberOf(tunnel)}`,
    ` exchange-mode ${options.ikeMode}`,
    ` local-identity ${identityWords(customerId, identities)}`,
    ` match local address ${customerIp}`,
    ` match remote identity ${identityWords(cloudId, identities)}${cloudId === cloudIp ? ' 255.255.255.255' : ''}`,
    ...(options.ikeDpdSec > 0 ? [` dpd interval ${options.ikeDpdSec} retry 2 periodic`] : []),
    '#',
  ];
}

function ipsec({ tunnelId, options }: ClientTunnel): string[] {
  const words = wordsOf(WORDS, options);
  return [
    `ipsec transform-set ${tunnelId}`,
    ' encapsulation-mode tunnel',
    ' protocol esp',
    ` esp encryption-algorithm ${words.ipsecCipher}`,
    ...(isAead(options.ipsecCipher) ? [] : [` esp authentication-algorithm ${words.ipsecAuth}`]),
    ...(words.ipsecKeyExchange ? [` pfs ${words.ipsecKeyExchange}`] : []),
    '#',
    `ipsec profile ${tunnelId} isakmp`,
    ` transform-set ${tunnelId}`,
    ` ${options.ikeVersion === 'v2' ? 'ikev2-profile' : 'ike-profile'} ${tunnelId}`,
    ` sa duration time-based ${options.ipsecSaLifeSec}`,
    '#',
  ];
}

const tunnelInterface = (tunnel: ClientTunnel, { site }: Job): string[] => [
  `interface Tunnel${numberOf(tunnel)} mode ipsec`,
  ` description Bordergate ${tunnel.tunnelId}`,
  ` ip address ${tunnel.customerInner} ${INNER_MASK}`,
  ` mtu ${TUNNEL_MTU}`,
  ` tcp mss ${TUNNEL_MSS}`,
  ` source ${tunnel.customerIp}`,
  ` destination ${tunnel.cloudIp}`,
  ` tunnel protection ipsec profile ${tunnel.tunnelId}`,
  ...(site.bgp?.bfd ? [` bfd min-transmit-interval ${site.bgp.bfd.intervalMs}`, ` bfd min-receive-interval ${site.bgp.bfd.intervalMs}`, ` bfd detect-multiplier ${site.bgp.bfd.multiplier}`] : []),
];

const bgp = ({ site, local: { networks } }: Job, { keepaliveSec, holdSec, bfd }: ClientBgp): string[] => [
  // Only what starts here is told: this router is no transit between tunnels.
  'ip as-path 101 permit ^$',
  '#',
  `bgp ${site.customerAsn}`,
  ...site.tunnels.flatMap(({ cloudInner, tunnelId }) => [
    ` peer ${cloudInner} as-number ${site.cloudAsn}`,
    ` peer ${cloudInner} description ${tunnelId}`,
    ` peer ${cloudInner} timer keepalive ${keepaliveSec} hold ${holdSec}`,
    ...(bfd ? [` peer ${cloudInner} bfd`] : []),
  ]),
  ' address-family ipv4 unicast',
  ...announced(networks, (prefix) => { const { network, mask } = networkAndMask(prefix); return `  network ${network} ${mask}`; }, '  # network 192.0.2.0 255.255.255.0'),
  `  balance ${MAX_PATHS}`,
  ...site.tunnels.flatMap(({ cloudInner }) => [`  peer ${cloudInner} enable`, `  peer ${cloudInner} as-path-acl 101 export`]),
];

/** A probe through the tunnel (NQA) and a track entry take the static routes of a dead tunnel out. */
const staticRoutes = ({ site }: Job): string[] => site.tunnels.flatMap((tunnel) => {
  const n = numberOf(tunnel);
  return [
    `nqa entry bordergate ${tunnel.tunnelId}`,
    ' type icmp-echo',
    `  destination ip ${tunnel.cloudInner}`,
    `  source interface Tunnel${n}`,
    '  frequency 5000',
    '  reaction 1 checked-element probe-fail threshold-type consecutive 2 action-type trigger-only',
    '#',
    `nqa schedule bordergate ${tunnel.tunnelId} start-time now lifetime forever`,
    `track ${n} nqa entry bordergate ${tunnel.tunnelId} reaction 1`,
    '#',
    ...site.cloudPrefixes.map((prefix) => { const { network, mask } = networkAndMask(prefix); return ` ip route-static ${network} ${mask} Tunnel${n} ${tunnel.cloudInner} track ${n}`; }),
  ];
});
