import { isAead } from '@bordergate/contracts';
import { PLAIN_PSK, type Device, type Job } from '../device.js';
import { COMMON_IDENTITIES, identityWords } from '../identity.js';
import { INNER_MASK, MAX_PATHS, TUNNEL_MSS, TUNNEL_MTU, type ClientBgp, type ClientTunnel } from '../site.js';
import { announced, commonNotes, fileOf, networkAndMask } from '../text.js';
import { dhWords, unsupportedBy, wordsOf, type Vocabulary } from '../vocabulary.js';

const WORDS: Vocabulary = {
  device: 'Huawei USG',
  ikeCipher: { '3des': '3des', aes128: 'aes-128', aes192: 'aes-192', aes256: 'aes-256' },
  ikeAuth: { sha1: 'sha1', sha256: 'sha2-256', sha384: 'sha2-384', sha512: 'sha2-512' },
  ikeKeyExchange: dhWords('group', ['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096', 'ecp256', 'ecp384', 'ecp521']),
  ipsecCipher: { aes128: 'aes-128', aes192: 'aes-192', aes256: 'aes-256', aes128gcm16: 'aes-128-gcm-128', aes256gcm16: 'aes-256-gcm-128' },
  ipsecAuth: { sha1: 'sha1', sha256: 'sha2-256', sha384: 'sha2-384', sha512: 'sha2-512' },
  ipsecKeyExchange: dhWords('dh-group', ['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096', 'ecp256', 'ecp384', 'ecp521']),
  ikeSaLifeSec: [60, 86_400],
  ipsecSaLifeSec: [60, 86_400],
};
/** IKEv2's integrity and PRF have words of their own. */
const HMAC: Readonly<Record<string, string>> = { sha1: 'hmac-sha1-96', sha256: 'hmac-sha2-256', sha384: 'hmac-sha2-384', sha512: 'hmac-sha2-512' };
const PRF: Readonly<Record<string, string>> = { ...HMAC, sha1: 'hmac-sha1' };

export const huaweiUsg: Device = {
  id: 'huawei-usg',
  title: 'Huawei USG',
  versions: 'USG6000 series, V500R005 or later',
  identities: COMMON_IDENTITIES,
  psk: PLAIN_PSK,
  unsupported: (options) => unsupportedBy(WORDS, options),
  render: (job) => ({
    files: [{ name: 'huawei-usg.txt', content: config(job) }],
    notes: [
      'Paste into the system view, then check with "display ike sa", "display ipsec sa" and "display bgp peer".',
      'The tunnels are put into the zone "untrust" and two security policy rules are added: change the zones if yours have other names.',
      'Tunnel interfaces, IKE proposals and IP-link numbers start at 101: change them if yours are taken.',
      ...(shareCloudIp(job) ? ['Two tunnels lead to one cloud address: their IKE peers differ by the tunnel interface only, so let this device begin the negotiation, and give both tunnels one pre-shared key if it mixes them up.'] : []),
      ...commonNotes(job),
    ],
  }),
};

const shareCloudIp = ({ site: { tunnels } }: Job): boolean => new Set(tunnels.map(({ cloudIp }) => cloudIp)).size < tunnels.length;
const numberOf = ({ number }: ClientTunnel): number => 100 + number;

const config = (job: Job): string => fileOf(
  job.header('# '), '#',
  // Old releases truncate SHA-2 as a draft did; the cloud follows RFC 4868.
  'ipsec sha2 compatible enable', '#',
  ...job.site.tunnels.map((tunnel) => [...ike(tunnel, job), ...ipsec(tunnel), ...tunnelInterface(tunnel), '#']),
  zonesAndPolicy(job), '#',
  job.site.bgp ? bgp(job, job.site.bgp) : staticRoutes(job), '#', 'return',
);

function ike(tunnel: ClientTunnel, { pskOf }: Job): string[] {
  const { cloudIp, customerIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const v2 = options.ikeVersion === 'v2';
  return [
    `ike proposal ${numberOf(tunnel)}`,
    ` encryption-algorithm ${words.ikeCipher}`,
    ` dh ${words.ikeKeyExchange}`,
    ` authentication-algorithm ${words.ikeAuth}`,
    ' authentication-method pre-share',
    ...(v2 ? [` integrity-algorithm ${HMAC[options.ikeAuth]}`, ` prf ${PRF[options.ikeAuth]}`] : []),
    ` sa duration ${options.ikeSaLifeSec}`,
    '#',
    `ike peer ${tunnel.tunnelId}`,
    ` undo version ${v2 ? 1 : 2}`,
    ...(v2 ? [] : [` exchange-mode ${options.ikeMode}`]),
    ` pre-shared-key ${pskOf(tunnel)}`,
    ` ike-proposal ${numberOf(tunnel)}`,
    ` local-id-type ${idType(customerId)}`,
    ...(customerId === customerIp ? [] : [` local-id ${idValue(customerId)}`]),
    ` remote-id-type ${idType(cloudId)}`,
    ` remote-id ${idValue(cloudId)}`,
    ` remote-address ${cloudIp}`,
    ...(options.ikeDpdSec > 0 ? [' dpd type periodic', ` dpd idle-time ${options.ikeDpdSec}`, ' dpd retransmit-interval 5'] : []),
    '#',
  ];
}

const ID_TYPES = { address: 'ip', fqdn: 'fqdn', email: 'user-fqdn' };
const idType = (identity: string): string => identityWords(identity, ID_TYPES).split(' ')[0]!;
const idValue = (identity: string): string => identityWords(identity, ID_TYPES).split(' ')[1]!;

function ipsec({ tunnelId, options }: ClientTunnel): string[] {
  const words = wordsOf(WORDS, options);
  return [
    `ipsec proposal ${tunnelId}`,
    ' transform esp',
    ' encapsulation-mode tunnel',
    ...(isAead(options.ipsecCipher) ? [] : [` esp authentication-algorithm ${words.ipsecAuth}`]),
    ` esp encryption-algorithm ${words.ipsecCipher}`,
    '#',
    `ipsec profile ${tunnelId}`,
    ` ike-peer ${tunnelId}`,
    ` proposal ${tunnelId}`,
    ...(words.ipsecKeyExchange ? [` pfs ${words.ipsecKeyExchange}`] : []),
    ` sa duration time-based ${options.ipsecSaLifeSec}`,
    '#',
  ];
}

const tunnelInterface = (tunnel: ClientTunnel): string[] => [
  `interface Tunnel${numberOf(tunnel)}`,
  ` description Bordergate ${tunnel.tunnelId}`,
  ` ip address ${tunnel.customerInner} ${INNER_MASK}`,
  ` mtu ${TUNNEL_MTU}`,
  ' tunnel-protocol ipsec',
  ` source ${tunnel.customerIp}`,
  ` destination ${tunnel.cloudIp}`,
  ' service-manage ping permit',
  ` ipsec profile ${tunnel.tunnelId}`,
];

/** Without a rule for "local" the firewall drops its own IKE; without one for the zones, what comes out of the tunnel. */
const zonesAndPolicy = ({ site }: Job): string[] => [
  `firewall tcp-mss ${TUNNEL_MSS}`,
  'firewall zone untrust',
  ...site.tunnels.map((tunnel) => ` add interface Tunnel${numberOf(tunnel)}`),
  '#',
  'security-policy',
  ' rule name bordergate-ike',
  '  source-zone local untrust',
  '  destination-zone local untrust',
  ...[...new Set(site.tunnels.map(({ cloudIp }) => cloudIp))].flatMap((address) => [`  source-address ${address} mask 255.255.255.255`, `  destination-address ${address} mask 255.255.255.255`]),
  ...[...new Set(site.tunnels.map(({ customerIp }) => customerIp))].flatMap((address) => [`  source-address ${address} mask 255.255.255.255`, `  destination-address ${address} mask 255.255.255.255`]),
  '  action permit',
  ' rule name bordergate-inside',
  '  source-zone local trust untrust',
  '  destination-zone local trust untrust',
  ...site.tunnels.map(({ customerInner }) => `  source-address ${customerInner} mask ${INNER_MASK}`),
  '  action permit',
  ' # add a rule for each network of yours that shall reach the cloud, in both directions',
];

const bgp = ({ site, local: { networks } }: Job, { keepaliveSec, holdSec, bfd }: ClientBgp): string[] => [
  ...(bfd ? ['bfd', '#'] : []),
  // Only what starts here is told: this router is no transit between tunnels.
  'ip as-path-filter bordergate-own permit ^$',
  '#',
  `bgp ${site.customerAsn}`,
  ...site.tunnels.flatMap(({ cloudInner, tunnelId }) => [
    ` peer ${cloudInner} as-number ${site.cloudAsn}`,
    ` peer ${cloudInner} description ${tunnelId}`,
    ` peer ${cloudInner} timer keepalive ${keepaliveSec} hold ${holdSec}`,
    ...(bfd ? [` peer ${cloudInner} bfd min-tx-interval ${bfd.intervalMs} min-rx-interval ${bfd.intervalMs} detect-multiplier ${bfd.multiplier}`, ` peer ${cloudInner} bfd enable`] : []),
  ]),
  ' ipv4-family unicast',
  ...announced(networks, (prefix) => { const { network, mask } = networkAndMask(prefix); return `  network ${network} ${mask}`; }, '  # network 192.0.2.0 255.255.255.0'),
  `  maximum load-balancing ${MAX_PATHS}`,
  ...site.tunnels.flatMap(({ cloudInner }) => [`  peer ${cloudInner} enable`, `  peer ${cloudInner} as-path-filter bordergate-own export`]),
];

/** An IP-link probe takes the static routes of a dead tunnel out. */
const staticRoutes = ({ site }: Job): string[] => [
  'ip-link check enable',
  ...site.tunnels.flatMap((tunnel) => [
    `ip-link name ${tunnel.tunnelId}`,
    ` destination ${tunnel.cloudInner} interface Tunnel${numberOf(tunnel)} mode icmp`,
    '#',
    ...site.cloudPrefixes.map((prefix) => { const { network, mask } = networkAndMask(prefix); return `ip route-static ${network} ${mask} Tunnel${numberOf(tunnel)} track ip-link ${tunnel.tunnelId}`; }),
  ]),
];
