import { DH_GROUPS, isAead } from '@bordergate/contracts';
import type { Device, Job } from '../device.js';
import { COMMON_IDENTITIES, identityOf, identityWords } from '../identity.js';
import { TUNNEL_MSS, TUNNEL_MTU, type ClientBgp, type ClientTunnel } from '../site.js';
import { commonNotes, fileOf, networkAndMask } from '../text.js';
import { dhWords, unsupportedBy, wordsOf, type Vocabulary } from '../vocabulary.js';

const GROUPS = Object.keys(DH_GROUPS) as (keyof typeof DH_GROUPS)[];
const WORDS: Vocabulary = {
  device: 'FortiGate',
  ikeCipher: { '3des': '3des', aes128: 'aes128', aes192: 'aes192', aes256: 'aes256', aes128gcm16: 'aes128gcm', aes256gcm16: 'aes256gcm' },
  ikeAuth: { sha1: 'sha1', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' },
  ikeKeyExchange: dhWords('', GROUPS),
  ipsecCipher: { aes128: 'aes128', aes192: 'aes192', aes256: 'aes256', aes128gcm16: 'aes128gcm', aes256gcm16: 'aes256gcm' },
  ipsecAuth: { sha1: 'sha1', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512' },
  ipsecKeyExchange: dhWords('', GROUPS),
  ikeSaLifeSec: [120, 86_400],
  ipsecSaLifeSec: [120, 86_400],
};

export const fortigate: Device = {
  id: 'fortigate',
  title: 'FortiGate',
  versions: 'FortiOS 7.2 or later',
  identities: COMMON_IDENTITIES,
  psk: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
  unsupported: (options) => unsupportedBy(WORDS, options),
  render: (job) => ({
    files: [{ name: 'fortigate.txt', content: config(job) }],
    notes: [
      `Paste into the CLI, then check with "get vpn ipsec tunnel summary" and "get router info bgp summary". The outside interface is ${outside(job)}: ask with outsideInterface=… for another.`,
      'The two policies let the zone "bordergate" and the interface "internal" reach each other: name your own inside interface there. Without a policy FortiOS does not bring a tunnel up.',
      ...commonNotes(job),
    ],
  }),
};

const outside = ({ local }: Job): string => local.outsideInterface ?? 'wan1';

const config = (job: Job): string => {
  const { tunnels, bgp: session } = job.site;
  return fileOf(
    job.header('# '),
    'config vpn ipsec phase1-interface', ...tunnels.map((tunnel) => phase1(tunnel, job)), 'end',
    'config vpn ipsec phase2-interface', ...tunnels.map(phase2), 'end',
    'config system interface', ...tunnels.map((tunnel) => tunnelInterface(tunnel, job)), 'end',
    policies(tunnels),
    session ? bgp(job, session) : staticRoutes(job),
  );
};

function phase1(tunnel: ClientTunnel, job: Job): string[] {
  const { tunnelId, customerIp, cloudIp, customerId, cloudId, options } = tunnel;
  const words = wordsOf(WORDS, options);
  const v2 = options.ikeVersion === 'v2';
  return [
    `    edit "${tunnelId}"`,
    ...[
      `set interface "${outside(job)}"`,
      `set local-gw ${customerIp}`,
      `set remote-gw ${cloudIp}`,
      `set ike-version ${v2 ? 2 : 1}`,
      ...(v2 ? [] : [`set mode ${options.ikeMode}`]),
      `set proposal ${words.ikeCipher}-${isAead(options.ikeCipher) ? 'prf' : ''}${words.ikeAuth}`,
      `set dhgrp ${words.ikeKeyExchange}`,
      `set keylife ${options.ikeSaLifeSec}`,
      ...localIdentity(customerId),
      // The address chooses the key; only an identity of its own has to be named.
      ...(cloudId === cloudIp ? ['set peertype any'] : ['set peertype one', `set peerid "${identityOf(cloudId).value}"`]),
      `set psksecret "${job.pskOf(tunnel)}"`,
      'set net-device disable',
      'set add-route disable',
      ...(options.ikeDpdSec > 0 ? ['set dpd on-idle', 'set dpd-retrycount 3', `set dpd-retryinterval ${options.ikeDpdSec}`] : ['set dpd disable']),
    ].map((line) => `        ${line}`),
    '    next',
  ];
}

function localIdentity(text: string): string[] {
  const [type, value] = identityWords(text, { address: 'address', fqdn: 'fqdn', email: 'user-fqdn' }).split(' ');
  return [`set localid "${value}"`, `set localid-type ${type}`];
}

function phase2({ tunnelId, options }: ClientTunnel): string[] {
  const words = wordsOf(WORDS, options);
  return [
    `    edit "${tunnelId}"`,
    ...[
      `set phase1name "${tunnelId}"`,
      `set proposal ${words.ipsecCipher}${words.ipsecAuth ? `-${words.ipsecAuth}` : ''}`,
      ...(words.ipsecKeyExchange ? ['set pfs enable', `set dhgrp ${words.ipsecKeyExchange}`] : ['set pfs disable']),
      `set keylifeseconds ${options.ipsecSaLifeSec}`,
      'set auto-negotiate enable',
      'set keepalive enable',
      'set src-subnet 0.0.0.0 0.0.0.0',
      'set dst-subnet 0.0.0.0 0.0.0.0',
    ].map((line) => `        ${line}`),
    '    next',
  ];
}

const tunnelInterface = ({ tunnelId, customerInner, cloudInner }: ClientTunnel, { site }: Job): string[] => [
  `    edit "${tunnelId}"`,
  ...[
    `set ip ${customerInner} 255.255.255.255`,
    `set remote-ip ${cloudInner} 255.255.255.252`,
    'set allowaccess ping',
    'set mtu-override enable',
    `set mtu ${TUNNEL_MTU}`,
    `set tcp-mss ${TUNNEL_MSS}`,
    ...(site.bgp?.bfd ? ['set bfd enable', `set bfd-desired-min-tx ${site.bgp.bfd.intervalMs}`, `set bfd-required-min-rx ${site.bgp.bfd.intervalMs}`, `set bfd-detect-mult ${site.bgp.bfd.multiplier}`] : []),
  ].map((line) => `        ${line}`),
  '    next',
];

const policies = (tunnels: readonly ClientTunnel[]): string[] => [
  'config system zone', '    edit "bordergate"', `        set interface ${tunnels.map(({ tunnelId }) => `"${tunnelId}"`).join(' ')}`, '    next', 'end',
  'config firewall policy',
  ...([['internal', 'bordergate'], ['bordergate', 'internal']] as const).flatMap(([from, to]) => [
    '    edit 0', `        set name "${from}-to-${to}"`, `        set srcintf "${from}"`, `        set dstintf "${to}"`,
    '        set srcaddr "all"', '        set dstaddr "all"', '        set service "ALL"', '        set schedule "always"', '        set action accept', '    next',
  ]),
  'end',
];

function bgp({ site, local: { networks } }: Job, { keepaliveSec, holdSec, bfd }: ClientBgp): string[] {
  return [
    // Only what starts here is told: this router is no transit between tunnels.
    'config router aspath-list', '    edit "bordergate-own"', '        config rule', '            edit 1', '                set action permit', '                set regexp "^$"', '            next', '        end', '    next', 'end',
    'config router bgp',
    `    set as ${site.customerAsn}`,
    '    set ebgp-multipath enable',
    '    config neighbor',
    ...site.tunnels.flatMap(({ cloudInner, tunnelId }) => [
      `        edit "${cloudInner}"`,
      ...[
        `set description "${tunnelId}"`, `set remote-as ${site.cloudAsn}`, `set keep-alive-timer ${keepaliveSec}`, `set holdtime-timer ${holdSec}`,
        'set link-down-failover enable', 'set filter-list-out "bordergate-own"', ...(bfd ? ['set bfd enable'] : []),
      ].map((line) => `            ${line}`),
      '        next',
    ]),
    '    end',
    '    config network',
    ...(networks.length > 0
      ? networks.flatMap((prefix, index) => { const { network, mask } = networkAndMask(prefix); return [`        edit ${index + 1}`, `            set prefix ${network} ${mask}`, '        next']; })
      : ['        # edit 1', '        #     set prefix 192.0.2.0 255.255.255.0', '        # next']),
    '    end',
    'end',
  ];
}

/** A link monitor takes the static routes of a dead tunnel out; equal distances share the traffic. */
const staticRoutes = ({ site }: Job): string[] => [
  'config router static',
  ...site.tunnels.flatMap(({ tunnelId }) => site.cloudPrefixes.flatMap((prefix) => {
    const { network, mask } = networkAndMask(prefix);
    return ['    edit 0', `        set dst ${network} ${mask}`, `        set device "${tunnelId}"`, '    next'];
  })),
  'end',
  'config system link-monitor',
  ...site.tunnels.flatMap(({ tunnelId, cloudInner, customerInner }) => [
    `    edit "${tunnelId}"`, `        set srcintf "${tunnelId}"`, `        set server "${cloudInner}"`, `        set source-ip ${customerInner}`, '        set protocol ping',
    '        set interval 1000', '        set failtime 3', '        set update-static-route enable', '    next',
  ]),
  'end',
];
