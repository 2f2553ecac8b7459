import { isAead } from '@bordergate/contracts';
import type { Device, Job } from '../device.js';
import { COMMON_IDENTITIES, identityWords } from '../identity.js';
import { INNER_LENGTH, TUNNEL_MSS, TUNNEL_MTU, type ClientBgp, type ClientTunnel } from '../site.js';
import { announced, commonNotes, fileOf } from '../text.js';
import { dhWords, unsupportedBy, wordsOf, type Vocabulary } from '../vocabulary.js';

const GROUPS = ['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096', 'ecp256', 'ecp384', 'ecp521'] as const;
const WORDS: Vocabulary = {
  device: 'Juniper SRX',
  ikeCipher: { '3des': '3des-cbc', aes128: 'aes-128-cbc', aes192: 'aes-192-cbc', aes256: 'aes-256-cbc', aes128gcm16: 'aes-128-gcm', aes256gcm16: 'aes-256-gcm' },
  ikeAuth: { sha1: 'sha1', sha256: 'sha-256', sha384: 'sha-384', sha512: 'sha-512' },
  ikeKeyExchange: dhWords('group', GROUPS),
  ipsecCipher: { aes128: 'aes-128-cbc', aes192: 'aes-192-cbc', aes256: 'aes-256-cbc', aes128gcm16: 'aes-128-gcm', aes256gcm16: 'aes-256-gcm' },
  ipsecAuth: { sha1: 'hmac-sha1-96', sha256: 'hmac-sha-256-128', sha384: 'hmac-sha-384', sha512: 'hmac-sha-512' },
  ipsecKeyExchange: dhWords('group', GROUPS),
  ikeSaLifeSec: [180, 86_400],
  ipsecSaLifeSec: [180, 86_400],
};

export const juniperSrx: Device = {
  id: 'juniper-srx',
  title: 'Juniper SRX',
  versions: 'Junos OS 21.4 or later (the iked process, junos-ike); with groups 2, 5, 14, 19, 20 and SHA-2 up to 384 also 12.1X47',
  identities: COMMON_IDENTITIES,
  // Quoted in the file: only the quote itself and the backslash would be read as something else.
  psk: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
  unsupported: (options) => unsupportedBy(WORDS, options),
  render: (job) => ({
    files: [{ name: 'juniper-srx.txt', content: config(job) }],
    notes: [
      `In configuration mode enter "load set terminal", paste, end with Ctrl-D and commit; then check with "show security ike sa", "show security ipsec sa" and "show bgp summary". The external interface is ${outside(job)}: ask with outsideInterface=… for another.`,
      'Zones are named "untrust" (outside) and "bordergate" (the tunnels); add policies between "bordergate" and the zones of your networks, in both directions.',
      'Logical units of st0 start at 101: change them if yours are taken.',
      ...commonNotes(job),
    ],
  }),
};

const outside = ({ local }: Job): string => local.outsideInterface ?? 'ge-0/0/0.0';
const unitOf = ({ number }: ClientTunnel): string => `st0.${100 + number}`;

const config = (job: Job): string => fileOf(
  job.header('# '),
  ...job.site.tunnels.map((tunnel) => ['', ...ike(tunnel, job), ...ipsec(tunnel), ...tunnelInterface(tunnel)]),
  '',
  `set security flow tcp-mss ipsec-vpn mss ${TUNNEL_MSS}`,
  `set security zones security-zone untrust interfaces ${outside(job)} host-inbound-traffic system-services ike`,
  '',
  job.site.bgp ? bgp(job, job.site.bgp) : staticRoutes(job),
);

function ike(tunnel: ClientTunnel, job: Job): string[] {
  const { tunnelId, customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const v2 = options.ikeVersion === 'v2';
  const [proposal, policy, gateway] = ['proposal', 'policy', 'gateway'].map((kind) => `set security ike ${kind} ${tunnelId}`);
  const types = { address: 'inet', fqdn: 'hostname', email: 'user-at-hostname' };
  return [
    `${proposal} authentication-method pre-shared-keys`,
    `${proposal} dh-group ${words.ikeKeyExchange}`,
    // Beside an AEAD cipher Junos takes it as the PRF.
    `${proposal} authentication-algorithm ${words.ikeAuth}`,
    `${proposal} encryption-algorithm ${words.ikeCipher}`,
    `${proposal} lifetime-seconds ${options.ikeSaLifeSec}`,
    ...(v2 ? [] : [`${policy} mode ${options.ikeMode}`]),
    `${policy} proposals ${tunnelId}`,
    `${policy} pre-shared-key ascii-text "${job.pskOf(tunnel)}"`,
    `${gateway} ike-policy ${tunnelId}`,
    `${gateway} address ${cloudIp}`,
    `${gateway} external-interface ${outside(job)}`,
    `${gateway} local-address ${customerIp}`,
    `${gateway} local-identity ${identityWords(customerId, types)}`,
    `${gateway} remote-identity ${identityWords(cloudId, types)}`,
    `${gateway} version ${v2 ? 'v2-only' : 'v1-only'}`,
    ...(options.ikeDpdSec > 0 ? [`${gateway} dead-peer-detection always-send`, `${gateway} dead-peer-detection interval ${options.ikeDpdSec}`, `${gateway} dead-peer-detection threshold 3`] : []),
  ];
}

function ipsec(tunnel: ClientTunnel): string[] {
  const { tunnelId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const [proposal, policy, vpn] = ['proposal', 'policy', 'vpn'].map((kind) => `set security ipsec ${kind} ${tunnelId}`);
  return [
    `${proposal} protocol esp`,
    ...(isAead(options.ipsecCipher) ? [] : [`${proposal} authentication-algorithm ${words.ipsecAuth}`]),
    `${proposal} encryption-algorithm ${words.ipsecCipher}`,
    `${proposal} lifetime-seconds ${options.ipsecSaLifeSec}`,
    ...(words.ipsecKeyExchange ? [`${policy} perfect-forward-secrecy keys ${words.ipsecKeyExchange}`] : []),
    `${policy} proposals ${tunnelId}`,
    `${vpn} bind-interface ${unitOf(tunnel)}`,
    `${vpn} ike gateway ${tunnelId}`,
    `${vpn} ike ipsec-policy ${tunnelId}`,
    `${vpn} establish-tunnels immediately`,
  ];
}

function tunnelInterface(tunnel: ClientTunnel): string[] {
  const unit = `set interfaces st0 unit ${100 + tunnel.number}`;
  const zone = `set security zones security-zone bordergate interfaces ${unitOf(tunnel)} host-inbound-traffic`;
  return [
    `${unit} description "Bordergate ${tunnel.tunnelId}"`,
    `${unit} family inet address ${tunnel.customerInner}/${INNER_LENGTH}`,
    `${unit} family inet mtu ${TUNNEL_MTU}`,
    `${zone} system-services ping`,
    `${zone} protocols bgp`,
    `${zone} protocols bfd`,
  ];
}

function bgp({ site, local: { networks } }: Job, { holdSec, bfd }: ClientBgp): string[] {
  const group = 'set protocols bgp group bordergate';
  const policy = 'set policy-options policy-statement bordergate-own';
  return [
    // Only what starts here is told: this router is no transit between tunnels.
    ...announced(networks, (prefix) => `${policy} term own from route-filter ${prefix} exact`, `# ${policy} term own from route-filter 192.0.2.0/24 exact`),
    `${policy} term own from protocol [ direct static ]`,
    ...(networks.length > 0 ? [`${policy} term own then accept`] : [`# ${policy} term own then accept`]),
    `${policy} term rest then reject`,
    'set policy-options policy-statement bordergate-balance then load-balance per-packet',
    'set routing-options forwarding-table export bordergate-balance',
    `set routing-options autonomous-system ${site.customerAsn}`,
    `${group} type external`,
    `${group} peer-as ${site.cloudAsn}`,
    // Junos sends keepalives at a third of the hold time.
    `${group} hold-time ${holdSec}`,
    `${group} multipath`,
    `${group} export bordergate-own`,
    ...(bfd ? [`${group} bfd-liveness-detection minimum-interval ${bfd.intervalMs}`, `${group} bfd-liveness-detection multiplier ${bfd.multiplier}`] : []),
    ...site.tunnels.flatMap(({ cloudInner, customerInner, tunnelId }) => [`${group} neighbor ${cloudInner} description "${tunnelId}"`, `${group} neighbor ${cloudInner} local-address ${customerInner}`]),
  ];
}

/** st0 goes down with its SA (DPD sees to that), and the next hop with it: no probe is needed. */
const staticRoutes = ({ site }: Job): string[] => [
  ...site.cloudPrefixes.flatMap((prefix) => site.tunnels.map((tunnel) => `set routing-options static route ${prefix} next-hop ${unitOf(tunnel)}`)),
  'set policy-options policy-statement bordergate-balance then load-balance per-packet',
  'set routing-options forwarding-table export bordergate-balance',
];
