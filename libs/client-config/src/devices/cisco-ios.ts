import { isAead } from '@bordergate/contracts';
import { PLAIN_PSK, type Device, type Job } from '../device.js';
import { COMMON_IDENTITIES, identityWords } from '../identity.js';
import { INNER_MASK, MAX_PATHS, TUNNEL_MSS, TUNNEL_MTU, byCustomerIp, type ClientBgp, type ClientTunnel } from '../site.js';
import { announced, commonNotes, fileOf, networkAndMask } from '../text.js';
import { dhWords, unsupportedBy, wordsOf, type Vocabulary } from '../vocabulary.js';

/** IKEv2's words; IKEv1 differs in the ciphers only. Sources: docs/client-configurations.md. */
const WORDS: Vocabulary = {
  device: 'Cisco IOS',
  ikeCipher: { '3des': '3des', aes128: 'aes-cbc-128', aes192: 'aes-cbc-192', aes256: 'aes-cbc-256', aes128gcm16: 'aes-gcm-128', aes256gcm16: 'aes-gcm-256' },
  ikeAuth: { sha1: 'sha1', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' },
  ikeKeyExchange: dhWords('', ['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096', 'ecp256', 'ecp384', 'ecp521']),
  ipsecCipher: { aes128: 'esp-aes 128', aes192: 'esp-aes 192', aes256: 'esp-aes 256', aes128gcm16: 'esp-gcm 128', aes256gcm16: 'esp-gcm 256' },
  ipsecAuth: { sha1: 'esp-sha-hmac', sha256: 'esp-sha256-hmac', sha384: 'esp-sha384-hmac', sha512: 'esp-sha512-hmac' },
  ipsecKeyExchange: dhWords('group', ['modp1024', 'modp1536', 'modp2048', 'modp3072', 'modp4096', 'ecp256', 'ecp384', 'ecp521']),
  ikeSaLifeSec: [120, 86_400],
  ipsecSaLifeSec: [120, 86_400],
};
const IKEV1_CIPHERS: Readonly<Record<string, string>> = { '3des': '3des', aes128: 'aes 128', aes192: 'aes 192', aes256: 'aes 256' };
const IKEV1_HASHES: Readonly<Record<string, string>> = { sha1: 'sha', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' };

export const ciscoIos: Device = {
  id: 'cisco-ios',
  title: 'Cisco IOS and IOS XE',
  versions: 'IOS 15.2 or later, IOS XE 3.7 or later, with a security licence',
  identities: COMMON_IDENTITIES,
  psk: PLAIN_PSK,
  unsupported: (options) => unsupportedBy(WORDS, options),
  render: (job) => ({
    files: [{ name: 'cisco-ios.txt', content: config(job) }],
    notes: [
      'Paste into configuration mode, then check with "show crypto session detail", "show interface Tunnel101" and "show ip bgp summary" or "show track".',
      'Tunnel, track and IP SLA numbers start at 101 and ISAKMP policies at 101: change them if yours are taken.',
      ...(job.site.bgp?.bfd ? ['BFD on tunnel interfaces needs an image that has it; without it, leave the "bfd" and "fall-over bfd" lines out: BGP then notices a silent loss after its hold time.'] : []),
      ...commonNotes(job),
    ],
  }),
};

/** Numbers of tunnels, tracks and policies: above what a small router uses by hand. */
const numberOf = ({ number }: ClientTunnel): number => 100 + number;
const nameOf = ({ tunnelId }: ClientTunnel): string => tunnelId;

const config = (job: Job): string => fileOf(
  job.header('! '),
  ...job.site.tunnels.map((tunnel) => ['!', ...(tunnel.options.ikeVersion === 'v2' ? ikeV2(tunnel, job) : ikeV1(tunnel, job)), ...ipsec(tunnel), ...tunnelInterface(tunnel, job)]),
  policies(job),
  '!', job.site.bgp ? bgp(job, job.site.bgp) : staticRoutes(job), '!', 'end',
);

/** The policy in force is found by the local address alone, so tunnels from one address have one policy with all their proposals. */
const policies = ({ site }: Job): string[] => byCustomerIp(site.tunnels.filter(({ options }) => options.ikeVersion === 'v2')).flatMap(([address, tunnels]) => [
  '!', `crypto ikev2 policy bordergate-${address}`, ` match address local ${address}`, ...tunnels.map((tunnel) => ` proposal ${nameOf(tunnel)}`),
]);

function ikeV2(tunnel: ClientTunnel, { pskOf }: Job): string[] {
  const { customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const name = nameOf(tunnel);
  return [
    `crypto ikev2 proposal ${name}`,
    ` encryption ${words.ikeCipher}`,
    ` ${isAead(options.ikeCipher) ? 'prf' : 'integrity'} ${words.ikeAuth}`,
    ` group ${words.ikeKeyExchange}`,
    `crypto ikev2 keyring ${name}`,
    ` peer ${name}`,
    `  address ${cloudIp}`,
    `  pre-shared-key ${pskOf(tunnel)}`,
    `crypto ikev2 profile ${name}`,
    ` match address local ${customerIp}`,
    ` match identity remote ${identityWords(cloudId, { address: 'address', fqdn: 'fqdn', email: 'email' })}${cloudId === cloudIp ? ' 255.255.255.255' : ''}`,
    ` identity local ${identityWords(customerId, { address: 'address', fqdn: 'fqdn', email: 'email' })}`,
    ' authentication remote pre-share',
    ' authentication local pre-share',
    ` keyring local ${name}`,
    ` lifetime ${options.ikeSaLifeSec}`,
    ...(options.ikeDpdSec > 0 ? [` dpd ${options.ikeDpdSec} 2 periodic`] : []),
  ];
}

function ikeV1(tunnel: ClientTunnel, { pskOf }: Job): string[] {
  const { customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const name = nameOf(tunnel);
  return [
    `crypto isakmp policy ${numberOf(tunnel)}`,
    ` encryption ${IKEV1_CIPHERS[options.ikeCipher]}`,
    ` hash ${IKEV1_HASHES[options.ikeAuth]}`,
    ' authentication pre-share',
    ` group ${wordsOf(WORDS, options).ikeKeyExchange}`,
    ` lifetime ${options.ikeSaLifeSec}`,
    `crypto keyring ${name}`,
    `  local-address ${customerIp}`,
    `  pre-shared-key address ${cloudIp} key ${pskOf(tunnel)}`,
    `crypto isakmp profile ${name}`,
    `   keyring ${name}`,
    `   match identity ${identityWords(cloudId, { address: 'address', fqdn: 'host', email: 'user' })}${cloudId === cloudIp ? ' 255.255.255.255' : ''}`,
    `   self-identity ${customerId === customerIp ? 'address' : identityWords(customerId, { address: 'address', fqdn: 'fqdn', email: 'user-fqdn' })}`,
    `   local-address ${customerIp}`,
    ...(options.ikeMode === 'aggressive' ? ['   initiate mode aggressive'] : []),
    ...(options.ikeDpdSec > 0 ? [`   keepalive ${options.ikeDpdSec} retry 2`] : []),
  ];
}

function ipsec(tunnel: ClientTunnel): string[] {
  const { options } = tunnel;
  const words = wordsOf(WORDS, options);
  const name = nameOf(tunnel);
  return [
    `crypto ipsec transform-set ${name} ${words.ipsecCipher}${words.ipsecAuth ? ` ${words.ipsecAuth}` : ''}`,
    ' mode tunnel',
    `crypto ipsec profile ${name}`,
    ` set transform-set ${name}`,
    ` set security-association lifetime seconds ${options.ipsecSaLifeSec}`,
    ...(words.ipsecKeyExchange ? [` set pfs ${words.ipsecKeyExchange}`] : []),
    ` set ${options.ikeVersion === 'v2' ? 'ikev2-profile' : 'isakmp-profile'} ${name}`,
  ];
}

const tunnelInterface = (tunnel: ClientTunnel, { site }: Job): string[] => [
  `interface Tunnel${numberOf(tunnel)}`,
  ` description Bordergate ${tunnel.tunnelId}`,
  ` ip address ${tunnel.customerInner} ${INNER_MASK}`,
  ` ip mtu ${TUNNEL_MTU}`,
  ` ip tcp adjust-mss ${TUNNEL_MSS}`,
  ` tunnel source ${tunnel.customerIp}`,
  ' tunnel mode ipsec ipv4',
  ` tunnel destination ${tunnel.cloudIp}`,
  ` tunnel protection ipsec profile ${nameOf(tunnel)}`,
  // IOS takes at most 999 ms.
  ...(site.bgp?.bfd ? [` bfd interval ${Math.min(site.bgp.bfd.intervalMs, 999)} min_rx ${Math.min(site.bgp.bfd.intervalMs, 999)} multiplier ${site.bgp.bfd.multiplier}`] : []),
  ' no shutdown',
];

const bgp = ({ site, local: { networks } }: Job, { keepaliveSec, holdSec, bfd }: ClientBgp): string[] => [
  // Only what starts here is told: this router is no transit between tunnels.
  'ip as-path access-list 101 permit ^$',
  `router bgp ${site.customerAsn}`,
  ' bgp log-neighbor-changes',
  ...site.tunnels.flatMap(({ cloudInner, tunnelId }) => [
    ` neighbor ${cloudInner} remote-as ${site.cloudAsn}`,
    ` neighbor ${cloudInner} description ${tunnelId}`,
    ` neighbor ${cloudInner} timers ${keepaliveSec} ${holdSec}`,
    ...(bfd ? [` neighbor ${cloudInner} fall-over bfd`] : []),
  ]),
  ' address-family ipv4',
  ...announced(networks, (prefix) => { const { network, mask } = networkAndMask(prefix); return `  network ${network} mask ${mask}`; }, '  ! network 192.0.2.0 mask 255.255.255.0'),
  ...site.tunnels.flatMap(({ cloudInner }) => [`  neighbor ${cloudInner} activate`, `  neighbor ${cloudInner} filter-list 101 out`]),
  `  maximum-paths ${MAX_PATHS}`,
  ' exit-address-family',
];

/** Static routes have no liveness of their own: a ping through the tunnel takes them out. */
const staticRoutes = ({ site }: Job): string[] => site.tunnels.flatMap((tunnel) => {
  const n = numberOf(tunnel);
  return [
    `ip sla ${n}`, ` icmp-echo ${tunnel.cloudInner} source-interface Tunnel${n}`, '  threshold 1000', '  timeout 1000', '  frequency 5',
    `ip sla schedule ${n} life forever start-time now`,
    `track ${n} ip sla ${n} reachability`,
    ...site.cloudPrefixes.map((prefix) => { const { network, mask } = networkAndMask(prefix); return `ip route ${network} ${mask} Tunnel${n} ${tunnel.cloudInner} track ${n}`; }),
  ];
});
