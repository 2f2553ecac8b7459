import type { Device, Job } from '../device.js';
import { linuxFiles, linuxNotes } from '../linux/system.js';
import { STRONGSWAN } from '../linux/swanctl.js';
import { MAX_PATHS, type ClientBgp, type ClientTunnel } from '../site.js';
import { announced, fileOf } from '../text.js';

/** Linux with stock strongSwan and FRR: what our own end-to-end tests run at the customer's end. */
export const strongswanFrr: Device = {
  id: 'strongswan-frr',
  title: 'strongSwan and FRR',
  versions: 'Linux 5.4 or later, strongSwan 5.9, FRR 8.4',
  ...STRONGSWAN,
  render: (job) => ({
    files: [...linuxFiles(job), { name: 'etc/frr/frr.conf', content: frrConf(job) }],
    notes: linuxNotes(job, job.site.bgp ? 'FRR (with bgpd=yes and bfdd=yes in /etc/frr/daemons)' : 'FRR (staticd is always on)'),
  }),
};

function frrConf(job: Job): string {
  const { site, header } = job;
  // With next-hop objects, FRR 8.4 does not notice that a device went down and at once up again: a path stays away.
  return fileOf(header('! '), 'frr defaults traditional', 'no zebra nexthop kernel enable', site.bgp ? bgpSections(job, site.bgp) : staticRoutes(job));
}

const staticRoutes = ({ site }: Job): string[] =>
  site.cloudPrefixes.flatMap((prefix) => site.tunnels.map(({ tunnelId, cloudInner }) => `ip route ${prefix} ${cloudInner} ${tunnelId}`));

function bgpSections({ site, local: { networks } }: Job, bgp: ClientBgp): string[] {
  return [
    ...bfdProfile(bgp),
    '! only what starts here is told: this router is no transit between tunnels',
    'bgp as-path access-list BORDERGATE-OWN permit ^$',
    `router bgp ${site.customerAsn}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ' bgp bestpath as-path multipath-relax',
    ...site.tunnels.flatMap((tunnel) => neighbor(tunnel, site.cloudAsn, bgp)),
    ' address-family ipv4 unicast',
    ...announced(networks, (prefix) => `  network ${prefix}`, '  ! network 192.0.2.0/24'),
    ...site.tunnels.flatMap(({ cloudInner }) => [`  neighbor ${cloudInner} activate`, `  neighbor ${cloudInner} filter-list BORDERGATE-OWN out`]),
    `  maximum-paths ${MAX_PATHS}`,
    ' exit-address-family',
    'exit',
  ];
}

const neighbor = ({ tunnelId, cloudInner, customerInner }: ClientTunnel, cloudAsn: number, { keepaliveSec, holdSec, bfd }: ClientBgp): string[] => [
  ` neighbor ${cloudInner} remote-as ${cloudAsn}`,
  ` neighbor ${cloudInner} description ${tunnelId}`,
  ` neighbor ${cloudInner} update-source ${customerInner}`,
  ` neighbor ${cloudInner} timers ${keepaliveSec} ${holdSec}`,
  ` neighbor ${cloudInner} timers connect 5`,
  ` neighbor ${cloudInner} advertisement-interval 0`,
  ...(bfd ? [` neighbor ${cloudInner} bfd profile bordergate`] : []),
];

const bfdProfile = ({ bfd }: ClientBgp): string[] => bfd === null ? [] : [
  'bfd',
  ' profile bordergate',
  `  detect-multiplier ${bfd.multiplier}`,
  `  receive-interval ${bfd.intervalMs}`,
  `  transmit-interval ${bfd.intervalMs}`,
  ' exit',
  'exit',
];
