import { type CustomerLine, type CustomerSpec, type CustomerTunnel, deviceOf } from './customer-spec.js';

/** Lines that announce prefixes; the reverse withdraws them. `network` only announces what the router can reach. */
export const announcement = (spec: CustomerSpec, prefixes: readonly string[]): string[] => changed(spec, prefixes, '');
export const withdrawal = (spec: CustomerSpec, prefixes: readonly string[]): string[] => changed(spec, prefixes, 'no ');

const changed = (spec: CustomerSpec, prefixes: readonly string[], no: '' | 'no '): string[] => [
  ...prefixes.filter((prefix) => prefix !== spec.lan.prefix).map((prefix) => `${no}ip route ${prefix} blackhole`),
  `router bgp ${spec.asn}`,
  'address-family ipv4 unicast',
  ...prefixes.map((prefix) => `${no}network ${prefix}`),
];

/** The integrated configuration of a customer's router, loaded with `vtysh -b` as FRR's own start script does. */
export function frrConf(spec: CustomerSpec): string {
  const sections = spec.routing === 'bgp' ? bgpSections(spec) : staticSections(spec);
  // With next-hop objects, FRR 8.4 does not notice that the kernel has emptied one when a device goes down and at once up
  // again: its own table then shows two paths and the kernel's has one, until the daemon is restarted.
  const head = ['frr version 8.4', 'frr defaults traditional', `hostname ${spec.name}`, 'no zebra nexthop kernel enable'];
  return [...head, ...sections, ''].join('\n');
}

/** One route per tunnel: the router spreads flows over those whose device is up. */
function staticSections(spec: CustomerSpec): string[] {
  return (spec.cloudPrefixes ?? []).flatMap((prefix) =>
    spec.tunnels.map((tunnel) => `ip route ${prefix} ${tunnel.innerCloud} ${deviceOf(spec, tunnel)}`),
  );
}

function bgpSections(spec: CustomerSpec): string[] {
  const lines = spec.lines ?? [];
  const peers: (CustomerTunnel | CustomerLine)[] = [...spec.tunnels, ...lines];
  const neighbors = peers.flatMap((tunnel) => [
    ` neighbor ${tunnel.innerCloud} remote-as ${tunnel.cloudAsn}`,
    ` neighbor ${tunnel.innerCloud} description ${tunnel.name}`,
    ` neighbor ${tunnel.innerCloud} update-source ${tunnel.innerCustomer}`,
    ` neighbor ${tunnel.innerCloud} timers 3 9`,
    ` neighbor ${tunnel.innerCloud} timers connect 2`,
    ` neighbor ${tunnel.innerCloud} advertisement-interval 0`,
    ...(spec.bfd === undefined ? [] : [` neighbor ${tunnel.innerCloud} bfd profile cloud`]),
    ...(!('bgpPassword' in tunnel) || tunnel.bgpPassword === undefined ? [] : [` neighbor ${tunnel.innerCloud} password ${tunnel.bgpPassword}`]),
  ]);
  const activations = peers.flatMap((tunnel) => [
    `  neighbor ${tunnel.innerCloud} activate`,
    `  neighbor ${tunnel.innerCloud} filter-list OWN out`,
  ]);
  return [
    ...bfdProfile(spec),
    ...spec.announce.filter((prefix) => prefix !== spec.lan.prefix).map((prefix) => `ip route ${prefix} blackhole`),
    // Only what starts here is told: a customer must not become transit between the cloud's tunnels.
    'bgp as-path access-list OWN permit ^$',
    `router bgp ${spec.asn}`,
    ` bgp router-id ${spec.lan.routerAddress}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ' bgp bestpath as-path multipath-relax',
    ...neighbors,
    ' address-family ipv4 unicast',
    ...spec.announce.map((prefix) => `  network ${prefix}`),
    ...(spec.redistributeKernel ? ['  redistribute kernel'] : []),
    ...activations,
    ...lines.map((line) => `  neighbor ${line.innerCloud} weight 1000`),
    '  maximum-paths 8',
    ' exit-address-family',
    'exit',
  ];
}

function bfdProfile(spec: CustomerSpec): string[] {
  if (spec.bfd === undefined) return [];
  return [
    'bfd',
    ' profile cloud',
    `  detect-multiplier ${spec.bfd.multiplier}`,
    `  receive-interval ${spec.bfd.intervalMs}`,
    `  transmit-interval ${spec.bfd.intervalMs}`,
    ' exit',
    'exit',
  ];
}
