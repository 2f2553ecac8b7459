import type { FibNextHop, http } from '@bordergate/contracts';
import { bps, text, type Column } from './table.js';

/** What people look for first in a list of each kind; the rest is in `show` and in `-o json`. */
export const RESOURCE_COLUMNS: Record<http.Collection, readonly Column[]> = {
  vpcs: [['ID', 'vpcId'], ['NAME', 'vpcName'], ['CIDR', 'cidr'], ['SUBNETS', count('subnetIds')], ['MAIN ROUTE TABLE', 'mainRouteTableId']],
  subnets: [['ID', 'subnetId'], ['NAME', 'subnetName'], ['VPC', 'vpcId'], ['CIDR', 'cidr'], ['ROUTE TABLE', 'routeTableId']],
  routeTables: [['ID', 'routeTableId'], ['NAME', 'routeTableName'], ['VPC', 'vpcId'], ['MAIN', 'main']],
  routePropagations: [['ID', 'propagationId'], ['ROUTE TABLE', 'routeTableId'], ['GATEWAY', 'bgwId'], ['CIDRS', 'propagationCidrs']],
  vpcRoutes: [['ID', 'vpcRouteId'], ['ROUTE TABLE', 'routeTableId'], ['DESTINATION', 'destination'], ['NEXT HOP', 'bgwId'], ['DESCRIPTION', 'description']],
  borderGateways: [['ID', 'bgwId'], ['NAME', 'bgwName'], ['ASN', 'bgpAsn'], ['TRANSIT', onOff('transitEnabled')], ['ATTACHMENTS', count('vpcAttachmentIds')], ['CONNECTIONS', count('vpnConnectionIds')], ['DESCRIPTION', 'description']],
  vpcAttachments: [['ID', 'vpcAttachmentId'], ['NAME', 'vpcAttachmentName'], ['GATEWAY', 'bgwId'], ['VPC', 'vpcId'], ['PROPAGATE', 'propagateType'], ['STATUS', 'status']],
  staticRoutes: [['ID', 'bgwRouteId'], ['GATEWAY', 'bgwId'], ['DESTINATION', 'bgwRouteDestination'], ['NEXT HOP', 'bgwRouteNexthop'], ['DESCRIPTION', 'description']],
  customerGateways: [['ID', 'customerGatewayId'], ['NAME', 'customerGatewayName'], ['ASN', 'bgpAsn'], ['ADDRESSES', 'customerIps'], ['CONNECTIONS', count('vpnConnectionIds')]],
  vpnConnections: [['ID', 'vpnConnectionId'], ['NAME', 'vpnConnectionName'], ['GATEWAY', 'bgwId'], ['CUSTOMER', 'cgwId'], ['BGP', onOff('bgpEnabled')], ['TUNNELS', count('vpnTunnelIds')], ['HA', 'haStatus']],
  vpnTunnels: [['ID', 'vpnTunnelId'], ['CONNECTION', 'vpnConnectionId'], ['CLOUD', 'cloudPublicIp'], ['CUSTOMER', 'customerIp'], ['INNER', 'tunnelIp'], ['ADMIN', 'adminStatus'], ['OPER', 'opStatus'], ['REASON', 'opReason'], ['BGP', 'bgpStatus'], ['NODE', 'node']],
  virtualInterfaces: [['ID', 'vifId'], ['NAME', 'vifName'], ['GATEWAY', 'bgwId'], ['INTERFACE', 'interface'], ['VLAN', 'vlanId'], ['INNER', 'vifIp'], ['STATUS', 'status'], ['REASON', 'opReason'], ['BGP', 'bgpStatus'], ['NODE', 'node']],
  publicAddresses: [['ADDRESS', 'publicAddress'], ['NODE', 'node'], ['CONNECTION', 'vpnConnectionId']],
};

export type State = ReturnType<typeof http.TunnelState.parse>;
export const STATE_COLUMNS: readonly Column<State>[] = [
  ['TUNNEL', 'vpnTunnelId'], ['CONNECTION', 'vpnConnectionId'], ['ADMIN', 'adminStatus'], ['OPER', 'opStatus'], ['REASON', 'opReason'], ['SINCE', 'opSince'],
  ['BGP', 'bgpStatus'], ['PREFIXES', 'learnedPrefixes'], ['IN', (s) => s.rates && bps(s.rates.originalInBps)], ['OUT', (s) => s.rates && bps(s.rates.originalOutBps)], ['DRIVER', 'driver'],
];

type GatewayRoute = ReturnType<typeof http.GatewayRoute.parse>;
export const GATEWAY_ROUTE_COLUMNS: readonly Column<GatewayRoute>[] = [
  ['DESTINATION', 'bgwRouteDestination'], ['ORIGIN', 'origin'], ['TYPE', 'routeType'], ['NEXT HOP', 'bgwRouteNexthop'], ['USABLE', (r) => r.nextHops.map(nextHop)],
  ['AS PATH', (r) => r.asPath.join(' ')], ['PRIORITY', 'bgwRoutePriority'], ['EFFECTIVE', yesNo('effective')], ['BECAUSE', 'because'],
];

export const VPC_ROUTE_COLUMNS: readonly Column[] = [
  ['DESTINATION', 'destination'], ['ROUTE TABLE', 'routeTableId'], ['TYPE', 'routeType'], ['NEXT HOP', 'nextHop'], ['EFFECTIVE', yesNo('effective')], ['BECAUSE', 'because'], ['SOURCE', 'source'],
];

type LearnedRoute = ReturnType<typeof http.LearnedRoute.parse>;
export const LEARNED_COLUMNS: readonly Column<LearnedRoute>[] = [
  ['PREFIX', 'prefix'], ['AS PATH', (r) => r.asPath.join(' ')], ['ORIGIN', 'origin'], ['MED', 'med'], ['COMMUNITIES', 'communities'], ['EFFECTIVE', yesNo('effective')], ['BECAUSE', 'because'],
];
export const ADVERTISED_COLUMNS: readonly Column[] = [['PREFIX', 'prefix'], ['BECAUSE', 'because']];

export type Fib = ReturnType<typeof http.FibComparison.parse>;
/** The expected FIB with each node's kernel beside it: "same" or what the kernel has instead. */
export function fibColumns(fib: Fib): readonly Column<{ prefix: string; nextHops: readonly FibNextHop[] }>[] {
  return [
    ['PREFIX', 'prefix'], ['EXPECTED', (row) => row.nextHops.map(nextHop)],
    ...fib.nodes.map(({ node, differences }) => [`KERNEL OF ${node}`, (row: { prefix: string }) => {
      const difference = differences.find(({ prefix }) => prefix === row.prefix);
      return difference ? text(difference.kernel.map(nextHop)) : 'same';
    }] as const),
  ];
}

const nextHop = ({ kind, id }: FibNextHop): string => (kind === 'unknown' ? `unknown:${id}` : id);

function count(field: string): (row: Record<string, unknown>) => number {
  return (row) => (row[field] as unknown[]).length;
}
function onOff(field: string): (row: Record<string, unknown>) => string {
  return (row) => (row[field] ? 'on' : 'off');
}
function yesNo(field: string): (row: object) => string {
  return (row) => ((row as Record<string, unknown>)[field] ? 'yes' : 'no');
}
