import type { ClientFile, Job } from '../device.js';
import { INNER_LENGTH, TUNNEL_MSS, TUNNEL_MTU } from '../site.js';
import { commonNotes, fileOf } from '../text.js';
import { ifId, swanctlConf, UPDOWN } from './swanctl.js';

/** All but the routing daemon's file: alike for FRR and BIRD. */
export function linuxFiles(job: Job): ClientFile[] {
  return [
    { name: 'etc/swanctl/conf.d/bordergate.conf', content: swanctlConf(job) },
    { name: 'etc/strongswan.d/bordergate.conf', content: strongswanConf(job) },
    { name: 'usr/local/sbin/bordergate-interfaces.sh', content: interfacesScript(job) },
    ...(job.site.bgp ? [] : [{ name: UPDOWN.slice(1), content: updownScript(job) }]),
  ];
}

export const linuxNotes = (job: Job, daemons: string): string[] => [
  'Paths are those of Debian and Ubuntu (packages charon-systemd, strongswan-swanctl, nftables). Make the scripts executable.',
  `Run bordergate-interfaces.sh at every boot before strongSwan (it may run again at any time), then start strongSwan, "swanctl --load-all", and ${daemons}.`,
  'The retransmission times in strongswan.d are those of all connections of the machine: a dead peer is given up after 7 seconds instead of 165.',
  ...commonNotes(job),
];

/** install_routes: the routing daemon decides what goes into a tunnel. */
const strongswanConf = ({ header }: Job): string => fileOf(
  header('# '),
  'charon {', '  install_routes = no', '  install_virtual_ip = no',
  '  retransmit_tries = 3', '  retransmit_timeout = 1.0', '  retransmit_base = 1.4', '}',
);

/**
 * XFRM interfaces (Linux 4.19). rp_filter is loose: an answer may come back through another tunnel than the question
 * went. nftables lowers a segment size and never raises it.
 */
function interfacesScript({ site, header }: Job): string {
  const { tunnels, bgp } = site;
  return fileOf(
    '#!/bin/sh', header('# '), 'set -eu', 'sysctl -qw net.ipv4.ip_forward=1', '',
    '# device, number of its SAs, cloud address, inner address',
    'tunnel() {',
    `  outside=$(ip -o route get "$3" | sed -n 's/.* dev \\([^ ]*\\) .*/\\1/p')`,
    '  ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type xfrm dev "$outside" if_id "$2"',
    '  ip addr replace "$4" dev "$1"',
    '  sysctl -qw "net.ipv4.conf.$1.rp_filter=2" "net.ipv4.conf.$1.disable_policy=1"',
    // With static routes the device has to follow the SA, or packets would go into a dead tunnel.
    `  ip link set "$1" mtu ${TUNNEL_MTU}${bgp ? ' up' : ''}`,
    '}',
    ...tunnels.map(({ tunnelId, cloudIp, customerInner }) => `tunnel ${tunnelId} ${ifId(tunnelId)} ${cloudIp} ${customerInner}/${INNER_LENGTH}`),
    '',
    "nft -f - <<'END'",
    'table inet bordergate', 'delete table inet bordergate',
    'table inet bordergate {', '  chain segments {', '    type filter hook forward priority mangle;',
    ...(['oifname', 'iifname'] as const).map((side) => `    ${side} "tun-*" tcp flags syn tcp option maxseg size set ${TUNNEL_MSS}`),
    '  }', '}', 'END',
  );
}

/**
 * With static routes only the device's state can take a dead tunnel's routes out. An "up" is believed; a "down" may be
 * the end of a duplicate SA, so charon is asked, from the background because it waits for this script.
 */
function updownScript({ site, header }: Job): string {
  // With selectors a tunnel has several children, and is usable while one of them is.
  const [device, which] = site.trafficSelectors.length > 0 ? [`\${PLUTO_CONNECTION%_*}`, '--ike'] : ['$PLUTO_CONNECTION', '--child'];
  return fileOf(
    '#!/bin/sh', header('# '),
    '# strongSwan calls this when an SA of a tunnel comes and goes; the child is named as the device is.',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    `device=${device}`,
    'exec </dev/null >/dev/null 2>&1 9>"/run/bordergate-$device.lock"',
    'down_unless_usable() {',
    '  flock 9',
    '  for attempt in 1 2 3; do',
    '    sleep 0.1',
    `    swanctl --list-sas --noblock ${which} "$device" | grep -qE "(INSTALLED|REKEYING|REKEYED), TUNNEL" && return`,
    '  done',
    '  ip link set "$device" down',
    '}',
    'case "$PLUTO_VERB" in',
    '  up-client*|up-host*) flock 9; ip link set "$device" up ;;',
    '  down-client*|down-host*) down_unless_usable & ;;',
    'esac',
  );
}
