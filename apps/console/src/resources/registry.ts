import type { Collection } from '../api/types.js';

/** How a value is shown. `ref` is a link to another resource, by its name. */
export type Cell =
  | 'text' | 'code' | 'number' | 'flag' | 'time' | 'list' | 'choice' | 'tunnelStatus' | 'adminStatus' | 'bgpStatus' | 'vifStatus' | 'haStatus' | 'nextHop' | 'weak' | 'selectors'
  | { readonly ref: Collection };

export interface Column {
  readonly field: string;
  readonly cell: Cell;
  /** 1 is always shown (besides the name), 2 from tablets on, 3 on wide screens. */
  readonly priority: 1 | 2 | 3;
}

/** What pages know of a collection of resources, apart from its texts (i18n) and its forms (forms/forms.ts). */
export interface ResourceDef {
  readonly collection: Collection;
  /** Its place in the console's addresses: /r/region-1/border-gateways/bgw-… */
  readonly slug: string;
  readonly id: string;
  readonly name: string | null;
  readonly columns: readonly Column[];
  /** Of the details page, in order. */
  readonly details: readonly Omit<Column, 'priority'>[];
  readonly creatable: boolean;
  readonly editable: boolean;
  /** Has :enable and :disable. */
  readonly switchable: boolean;
  /** Lists of others that belong to it: each is a tab of its page. */
  readonly children: readonly { readonly collection: Collection; readonly by: string }[];
}

const c = (field: string, cell: Cell = 'text', priority: Column['priority'] = 2): Column => ({ field, cell, priority });
const ref = (field: string, collection: Collection, priority: Column['priority'] = 2): Column => c(field, { ref: collection }, priority);
const all = { creatable: true, editable: true, switchable: false, children: [] } as const;
const times = [c('createdTime', 'time'), c('updatedTime', 'time')];

const DEFS: Record<Collection, Omit<ResourceDef, 'collection'>> = {
  borderGateways: {
    ...all, slug: 'border-gateways', id: 'bgwId', name: 'bgwName',
    columns: [c('vpnConnectionIds', 'number', 1), c('vpcAttachmentIds', 'number'), c('vifIds', 'number', 3), c('bgpAsn', 'code', 3), c('transitEnabled', 'flag', 3), c('description', 'text', 3), c('createdTime', 'time', 3)],
    details: [c('bgwId', 'code'), c('description'), c('bgpAsn', 'code'), c('transitEnabled', 'flag'), c('azType', 'choice'), ...times],
    children: [{ collection: 'vpcAttachments', by: 'bgwId' }, { collection: 'vpnConnections', by: 'bgwId' }, { collection: 'staticRoutes', by: 'bgwId' }, { collection: 'virtualInterfaces', by: 'bgwId' }, { collection: 'vpnTunnels', by: 'bgwId' }],
  },
  vpcAttachments: {
    ...all, slug: 'vpc-attachments', id: 'vpcAttachmentId', name: 'vpcAttachmentName',
    columns: [ref('bgwId', 'borderGateways', 1), ref('vpcId', 'vpcs', 1), c('propagateType', 'choice'), c('status', 'choice', 3), c('createdTime', 'time', 3)],
    details: [c('vpcAttachmentId', 'code'), ref('bgwId', 'borderGateways'), ref('vpcId', 'vpcs'), c('propagateType', 'choice'), c('propagateCidrInfos', 'list'), c('status', 'choice'), ...times],
  },
  staticRoutes: {
    ...all, slug: 'static-routes', id: 'bgwRouteId', name: null,
    columns: [c('bgwRouteDestination', 'code', 1), c('bgwRouteNexthop', 'nextHop', 1), ref('bgwId', 'borderGateways'), c('bgwRouteNextHopType', 'choice', 3), c('description', 'text', 3)],
    details: [c('bgwRouteId', 'code'), ref('bgwId', 'borderGateways'), c('bgwRouteDestination', 'code'), c('bgwRouteNextHopType', 'choice'), c('bgwRouteNexthop', 'nextHop'), c('description'), ...times],
  },
  customerGateways: {
    ...all, slug: 'customer-gateways', id: 'customerGatewayId', name: 'customerGatewayName',
    columns: [c('customerIps', 'list', 1), c('bgpAsn', 'code'), c('vpnConnectionIds', 'number'), c('description', 'text', 3), c('createdTime', 'time', 3)],
    details: [c('customerGatewayId', 'code'), c('customerIps', 'list'), c('bgpAsn', 'code'), c('description'), ...times],
    children: [{ collection: 'vpnConnections', by: 'cgwId' }],
  },
  vpnConnections: {
    ...all, slug: 'vpn-connections', id: 'vpnConnectionId', name: 'vpnConnectionName',
    columns: [c('haStatus', 'haStatus', 1), ref('bgwId', 'borderGateways'), ref('cgwId', 'customerGateways'), c('cloudPublicIp', 'list', 3), c('bgpEnabled', 'flag', 3), c('vpnTunnelIds', 'number', 2), c('createdTime', 'time', 3)],
    details: [
      c('vpnConnectionId', 'code'), c('haStatus', 'haStatus'), ref('bgwId', 'borderGateways'), ref('cgwId', 'customerGateways'), c('cloudPublicIp', 'list'), c('bgpEnabled', 'flag'), c('localAsn', 'code'), c('customerAsn', 'code'),
      c('bgpHoldSec', 'number'), c('bfdEnabled', 'flag'), c('bfdIntervalMs', 'number'), c('bfdMultiplier', 'number'), c('trafficSelectors', 'selectors'), c('description'), ...times,
    ],
  },
  vpnTunnels: {
    ...all, creatable: false, slug: 'vpn-tunnels', id: 'vpnTunnelId', name: null, switchable: true,
    columns: [c('opStatus', 'tunnelStatus', 1), ref('vpnConnectionId', 'vpnConnections'), c('cloudPublicIp', 'code'), c('customerIp', 'code', 2), c('bgpStatus', 'bgpStatus', 2), ref('bgwId', 'borderGateways', 3), c('node', 'text', 3), c('weakAlgorithms', 'weak', 3)],
    details: [
      ref('vpnConnectionId', 'vpnConnections'), ref('bgwId', 'borderGateways'), c('adminStatus', 'adminStatus'), c('cloudPublicIp', 'code'), c('customerIp', 'code'), c('node'), c('driver', 'choice'), c('tunnelIp', 'code'), c('localTunnelIp', 'code'),
      c('remoteTunnelIp', 'code'), c('localId', 'code'), c('remoteId', 'code'), c('ikeVersion', 'choice'), c('ikeMode', 'choice'), c('ikeCipher', 'code'), c('ikeAuth', 'code'), c('ikeKeyExchange', 'code'), c('ikeSaLifeSec', 'number'), c('ikeDpdSec', 'number'),
      c('ipsecCipher', 'code'), c('ipsecAuth', 'code'), c('ipsecKeyExchange', 'code'), c('ipsecSaLifeSec', 'number'), c('ipsecSaLifepkt', 'number'), c('ipsecSaLifebyte', 'number'), c('bandwidthMbps', 'number'), c('weakAlgorithms', 'weak'), ...times,
    ],
  },
  virtualInterfaces: {
    ...all, slug: 'virtual-interfaces', id: 'vifId', name: 'vifName', switchable: true,
    columns: [c('status', 'vifStatus', 1), ref('bgwId', 'borderGateways'), c('node'), c('interface', 'code', 3), c('vlanId', 'number', 3), c('bgpStatus', 'bgpStatus', 3), c('customerAsn', 'code', 3)],
    details: [
      c('vifId', 'code'), c('status', 'vifStatus'), c('adminStatus', 'adminStatus'), ref('bgwId', 'borderGateways'), c('node'), c('interface', 'code'), c('vlanId', 'number'), c('vifIp', 'code'), c('localVifIp', 'code'), c('remoteVifIp', 'code'),
      c('bgpEnabled', 'flag'), c('bgpStatus', 'bgpStatus'), c('localAsn', 'code'), c('customerAsn', 'code'), c('bgpHoldSec', 'number'), c('bfdEnabled', 'flag'), c('bfdIntervalMs', 'number'), c('bfdMultiplier', 'number'), c('driver', 'choice'), c('description'), ...times,
    ],
  },
  vpcs: {
    ...all, slug: 'vpcs', id: 'vpcId', name: 'vpcName',
    columns: [c('cidr', 'code', 1), c('subnetIds', 'number'), c('routeTableIds', 'number'), c('description', 'text', 3), c('createdTime', 'time', 3)],
    details: [c('vpcId', 'code'), c('cidr', 'code'), ref('mainRouteTableId', 'routeTables'), c('description'), ...times],
    children: [
      { collection: 'subnets', by: 'vpcId' }, { collection: 'routeTables', by: 'vpcId' }, { collection: 'vpcAttachments', by: 'vpcId' }, { collection: 'routePropagations', by: 'vpcId' }, { collection: 'vpcRoutes', by: 'vpcId' },
    ],
  },
  subnets: {
    ...all, slug: 'subnets', id: 'subnetId', name: 'subnetName',
    columns: [c('cidr', 'code', 1), ref('vpcId', 'vpcs', 1), ref('routeTableId', 'routeTables'), c('createdTime', 'time', 3)],
    details: [c('subnetId', 'code'), c('cidr', 'code'), ref('vpcId', 'vpcs'), ref('routeTableId', 'routeTables'), ...times],
  },
  routeTables: {
    ...all, editable: false, slug: 'route-tables', id: 'routeTableId', name: 'routeTableName',
    columns: [ref('vpcId', 'vpcs', 1), c('main', 'flag', 1), c('createdTime', 'time', 3)],
    details: [c('routeTableId', 'code'), ref('vpcId', 'vpcs'), c('main', 'flag'), ...times],
    children: [{ collection: 'routePropagations', by: 'routeTableId' }, { collection: 'vpcRoutes', by: 'routeTableId' }, { collection: 'subnets', by: 'routeTableId' }],
  },
  routePropagations: {
    ...all, slug: 'route-propagations', id: 'propagationId', name: null,
    columns: [ref('routeTableId', 'routeTables', 1), ref('bgwId', 'borderGateways', 1), ref('vpcId', 'vpcs'), c('propagationCidrs', 'list', 2)],
    details: [c('propagationId', 'code'), ref('routeTableId', 'routeTables'), ref('vpcId', 'vpcs'), ref('bgwId', 'borderGateways'), c('propagationCidrs', 'list'), ...times],
  },
  vpcRoutes: {
    ...all, slug: 'vpc-routes', id: 'vpcRouteId', name: null,
    columns: [c('destination', 'code', 1), ref('bgwId', 'borderGateways', 1), ref('routeTableId', 'routeTables'), ref('vpcId', 'vpcs', 3), c('description', 'text', 3)],
    details: [c('vpcRouteId', 'code'), c('destination', 'code'), ref('bgwId', 'borderGateways'), ref('routeTableId', 'routeTables'), ref('vpcId', 'vpcs'), c('description'), ...times],
  },
  publicAddresses: {
    ...all, editable: false, slug: 'public-addresses', id: 'publicAddress', name: null,
    columns: [c('node', 'text', 1), ref('vpnConnectionId', 'vpnConnections', 1), c('createdTime', 'time', 3)],
    details: [c('publicAddress', 'code'), c('node'), ref('vpnConnectionId', 'vpnConnections'), ...times],
  },
};

export const RESOURCES = Object.fromEntries(Object.entries(DEFS).map(([collection, def]) => [collection, { collection, ...def }])) as unknown as Readonly<Record<Collection, ResourceDef>>;
const BY_SLUG = new Map(Object.values(RESOURCES).map((def) => [def.slug, def]));
export const resourceBySlug = (slug: string): ResourceDef | undefined => BY_SLUG.get(slug);

/** Collections by the beginning of their ids: where a next hop leads. */
const BY_PREFIX: Readonly<Record<string, Collection>> = { vpn: 'vpnConnections', vpcatt: 'vpcAttachments', vif: 'virtualInterfaces', tun: 'vpnTunnels', bgw: 'borderGateways', vpc: 'vpcs', cgw: 'customerGateways', subnet: 'subnets', rtb: 'routeTables', prop: 'routePropagations', vpcrt: 'vpcRoutes', bgwrt: 'staticRoutes' };
export const collectionOfId = (id: string): Collection | undefined => BY_PREFIX[id.split('-', 1)[0]!];
