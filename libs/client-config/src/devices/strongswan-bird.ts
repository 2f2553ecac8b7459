import type { Device, Job } from '../device.js';
import { linuxFiles, linuxNotes } from '../linux/system.js';
import { STRONGSWAN } from '../linux/swanctl.js';
import type { ClientBgp, ClientTunnel } from '../site.js';
import { announced, fileOf } from '../text.js';

/** Linux with stock strongSwan and BIRD 2. */
export const strongswanBird: Device = {
  id: 'strongswan-bird',
  title: 'strongSwan and BIRD',
  versions: 'Linux 5.4 or later, strongSwan 5.9, BIRD 2.0',
  ...STRONGSWAN,
  render: (job) => ({
    files: [...linuxFiles(job), { name: 'etc/bird/bird.conf', content: birdConf(job) }],
    notes: [...linuxNotes(job, 'BIRD'), 'Set "router id" in bird.conf when the machine has no address that may serve as one.'],
  }),
};

function birdConf(job: Job): string {
  const { site, header } = job;
  return fileOf(header('# '), BASE, site.bgp ? bgpProtocols(job, site.bgp) : staticRoutes(job));
}

// `check link` and equal-cost merging: a tunnel whose device is down carries nothing, the others share the traffic.
const BASE = `protocol device { scan time 5; }
protocol kernel {
  merge paths on;
  ipv4 { import none; export where source ~ [ RTS_STATIC, RTS_BGP ] && proto != "bordergate_own"; };
}`;

const staticRoutes = ({ site }: Job): string[] => [
  'protocol static bordergate_cloud {',
  '  check link on;',
  '  ipv4;',
  ...site.cloudPrefixes.map((prefix) => `  route ${prefix} ${site.tunnels.map(({ tunnelId, cloudInner }) => `via ${cloudInner}%'${tunnelId}'`).join(' ')};`),
  '}',
];

const bgpProtocols = ({ site, local: { networks } }: Job, bgp: ClientBgp): string[] => [
  '# what the cloud is told; the routes themselves stay out of the kernel, which has the real ones',
  'protocol static bordergate_own {',
  '  ipv4;',
  ...announced(networks, (prefix) => `  route ${prefix} blackhole;`, '  # route 192.0.2.0/24 blackhole;'),
  '}',
  ...(bgp.bfd ? ['protocol bfd { }'] : []),
  ...site.tunnels.flatMap((tunnel) => session(tunnel, site.customerAsn, site.cloudAsn, bgp)),
];

const session = ({ tunnelId, customerInner, cloudInner }: ClientTunnel, customerAsn: number, cloudAsn: number, { holdSec, keepaliveSec, bfd }: ClientBgp): string[] => [
  `protocol bgp ${tunnelId.replaceAll('-', '_')} {`,
  `  local ${customerInner} as ${customerAsn};`,
  `  neighbor ${cloudInner} as ${cloudAsn};`,
  `  interface "${tunnelId}";`,
  '  direct;',
  `  hold time ${holdSec};`,
  `  keepalive time ${keepaliveSec};`,
  '  connect retry time 5;',
  ...(bfd ? [`  bfd { interval ${bfd.intervalMs} ms; multiplier ${bfd.multiplier}; };`] : []),
  '  # only our own networks are told: this router is no transit between tunnels',
  '  ipv4 { import all; export where proto = "bordergate_own"; next hop self; };',
  '}',
];
