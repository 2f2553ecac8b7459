import type { Document } from './client.js';

/** Semantics 1.6, the defaults, by the product's name of each: what counts, per which field of it ("" is the region), at most. */
export const QUOTAS: Readonly<Record<string, readonly [collection: string, owner: string, most: number]>> = {
  bgw: ['borderGateways', '', 5], customer_gateway: ['customerGateways', '', 10], vpc: ['vpcs', '', 10],
  vpc_attachment: ['vpcAttachments', 'bgwId', 50], bgw_route: ['staticRoutes', 'bgwId', 50], vpn_connection: ['vpnConnections', 'bgwId', 10], vif: ['virtualInterfaces', 'bgwId', 10],
  vpn_tunnel: ['vpnTunnels', 'vpnConnectionId', 8], vpc_subnet: ['subnets', 'vpcId', 10], vpc_route_table: ['routeTables', 'vpcId', 10], vpc_route: ['vpcRoutes', 'routeTableId', 50],
};

/** Of the log, in the order of its positions. */
export interface Decided { readonly type: string; readonly decision: Document }

interface Made { readonly quota: string; readonly id: string; /** The parent; without one it is the region's. */ readonly of?: string; readonly region?: string }

/** What counts against a quota, by the decision that makes it. */
const MADE: Readonly<Record<string, (decision: Document) => Made>> = {
  BorderGatewayCreated: ({ borderGatewayId, region }) => ({ quota: 'bgw', id: borderGatewayId, region }),
  CustomerGatewayCreated: ({ customerGatewayId, region }) => ({ quota: 'customer_gateway', id: customerGatewayId, region }),
  VpcCreated: ({ vpcId, region }) => ({ quota: 'vpc', id: vpcId, region }),
  VpcAttached: ({ vpcAttachmentId, borderGatewayId }) => ({ quota: 'vpc_attachment', id: vpcAttachmentId, of: borderGatewayId }),
  StaticRouteAdded: ({ staticRouteId, borderGatewayId }) => ({ quota: 'bgw_route', id: staticRouteId, of: borderGatewayId }),
  VpnConnectionCreated: ({ vpnConnectionId, borderGatewayId }) => ({ quota: 'vpn_connection', id: vpnConnectionId, of: borderGatewayId }),
  VirtualInterfaceCreated: ({ vifId, borderGatewayId }) => ({ quota: 'vif', id: vifId, of: borderGatewayId }),
  TunnelAdded: ({ tunnel, vpnConnectionId }) => ({ quota: 'vpn_tunnel', id: tunnel.tunnelId, of: vpnConnectionId }),
  SubnetCreated: ({ subnetId, vpcId }) => ({ quota: 'vpc_subnet', id: subnetId, of: vpcId }),
  VpcRouteTableCreated: ({ routeTableId, vpcId }) => ({ quota: 'vpc_route_table', id: routeTableId, of: vpcId }),
  VpcStaticRouteAdded: ({ vpcRouteId, routeTableId }) => ({ quota: 'vpc_route', id: vpcRouteId, of: routeTableId }),
};

/** By the decision that ends it, with all that counts against it. */
const ENDED: Readonly<Record<string, (decision: Document) => string>> = {
  BorderGatewayDeleted: ({ borderGatewayId }) => borderGatewayId, CustomerGatewayDeleted: ({ customerGatewayId }) => customerGatewayId, VpcDeleted: ({ vpcId }) => vpcId,
  VpcDetached: ({ vpcAttachmentId }) => vpcAttachmentId, StaticRouteRemoved: ({ staticRouteId }) => staticRouteId, VpnConnectionDeleted: ({ vpnConnectionId }) => vpnConnectionId,
  VirtualInterfaceDeleted: ({ vifId }) => vifId, TunnelRemoved: ({ tunnelId }) => tunnelId, SubnetDeleted: ({ subnetId }) => subnetId, VpcRouteTableDeleted: ({ routeTableId }) => routeTableId,
  VpcStaticRouteRemoved: ({ vpcRouteId }) => vpcRouteId,
};

export const QUOTA_DECISIONS: readonly string[] = [...Object.keys(MADE), ...Object.keys(ENDED), 'QuotaSet'];

/**
 * Creations that a quota should have refused. A limit may be raised, filled, and lowered again beneath what is there, so no count of a
 * moment says whether the rule was kept; the log does: whenever something was made, it was within the limit that was in force then.
 */
export function madeOverQuota(log: readonly Decided[]): string[] {
  const regions = new Map<string, string>();
  const there = new Map<string, Map<string, string>>(); // by what it counts against: ids with their quota
  const set = new Map<string, number>();
  const problems: string[] = [];
  const end = (id: string): void => {
    for (const parts of there.values()) parts.delete(id);
    for (const part of there.get(id)?.keys() ?? []) end(part);
    there.delete(id);
  };
  const make = ({ quota, id, of = '', region = regions.get(of) }: Made): [count: number, limit: number] => {
    if (region === undefined) throw new Error(`${of} was never made`);
    regions.set(id, region);
    const owner = of || region;
    const parts = there.get(owner) ?? new Map<string, string>();
    there.set(owner, parts.set(id, quota));
    return [[...parts.values()].filter((other) => other === quota).length, set.get(`${region} ${quota} ${of}`) ?? set.get(`${region} ${quota} `) ?? QUOTAS[quota]![2]];
  };
  for (const { type, decision } of log) {
    if (type === 'QuotaSet') {
      const { region, quotaType, parentResourceId, maxLimit } = decision;
      const key = `${region} ${quotaType} ${parentResourceId ?? ''}`;
      if (maxLimit === null) set.delete(key);
      else set.set(key, maxLimit);
    }
    if (type in ENDED) end(ENDED[type]!(decision));
    if (!(type in MADE)) continue;
    const made = MADE[type]!(decision);
    const [count, limit] = make(made);
    if (count > limit) problems.push(`${made.id} was made as number ${count} of ${made.quota} in ${made.of ?? made.region}, where ${limit} were allowed`);
    // its main table is a VPC's own shape, whatever the limit
    if (type === 'VpcCreated') make({ quota: 'vpc_route_table', id: decision.mainRouteTableId, of: decision.vpcId });
  }
  return problems;
}
