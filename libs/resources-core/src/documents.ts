import { weakAlgorithms, type http } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';
import type { AddressPoolState, PublicAddress } from './address-pool.js';
import type { BorderGatewayState, StaticRoute } from './border-gateway.js';
import type { CustomerGatewayState } from './customer-gateway.js';
import type { VirtualInterfaceState } from './virtual-interface.js';
import { once } from './entries.js';
import type { VpcState, VpcStaticRoute } from './vpc.js';
import type { VpnConnectionState } from './vpn-connection.js';

/**
 * States as the documents of the REST API. A document holds what its own stream knows; what other streams or workers
 * say (a gateway's connections, a tunnel's oper status) is joined when it is read, and who, where and when are the
 * view's, so that equal states have equal documents.
 */
type Answer<S extends { parse(data: unknown): unknown }> = ReturnType<S['parse']>;
type Own<S extends { parse(data: unknown): unknown }, Joined extends string = never> = Omit<Answer<S>, 'region' | 'tenant' | 'createdTime' | 'updatedTime' | Joined>;

/** Members that are joined on reading. */
export interface Joined {
  borderGateway: 'vpnConnectionIds' | 'vifIds';
  vpcAttachment: 'propagateCidrInfos';
  customerGateway: 'vpnConnectionIds';
  vpnConnection: 'haStatus';
  vpnTunnel: 'opStatus' | 'opReason' | 'opDetail' | 'opSince' | 'driver' | 'bgpStatus';
  virtualInterface: 'status' | 'opStatus' | 'opReason' | 'opDetail' | 'opSince' | 'driver' | 'bgpStatus';
}
export interface Fields {
  vpc: Own<typeof http.Vpc>;
  subnet: Own<typeof http.Subnet>;
  routeTable: Own<typeof http.RouteTable>;
  routePropagation: Own<typeof http.RoutePropagation>;
  vpcRoute: Own<typeof http.VpcStaticRoute>;
  borderGateway: Own<typeof http.BorderGateway, Joined['borderGateway']>;
  vpcAttachment: Own<typeof http.VpcAttachment, Joined['vpcAttachment']>;
  staticRoute: Own<typeof http.StaticRoute>;
  customerGateway: Own<typeof http.CustomerGateway, Joined['customerGateway']>;
  vpnConnection: Own<typeof http.VpnConnection, Joined['vpnConnection']>;
  /** The generation is for those who join: it says which report is of the present one. */
  vpnTunnel: Own<typeof http.VpnTunnel, Joined['vpnTunnel']> & { readonly generation: number };
  virtualInterface: Own<typeof http.VirtualInterface, Joined['virtualInterface']>;
  publicAddress: Own<typeof http.PublicAddress>;
}
export type ResourceDocument = { [K in http.ResourceKind]: { readonly kind: K; readonly id: string; readonly fields: Fields[K] } }[http.ResourceKind];

export function vpcDocuments(vpc: VpcState): ResourceDocument[] {
  if (!vpc) return [];
  const { vpcId, name, description, cidr, mainRouteTableId, subnets, routeTables } = vpc;
  const documents: ResourceDocument[] = [{
    kind: 'vpc', id: vpcId,
    fields: { vpcId, vpcName: name, description, cidr, mainRouteTableId, subnetIds: [...subnets.keys()], routeTableIds: [...routeTables.keys()] },
  }];
  for (const { subnetId, name, cidr, routeTableId } of subnets.values()) {
    documents.push({ kind: 'subnet', id: subnetId, fields: { subnetId, subnetName: name, vpcId, cidr, routeTableId } });
  }
  for (const { routeTableId, name, propagations, routes } of routeTables.values()) {
    documents.push({ kind: 'routeTable', id: routeTableId, fields: { routeTableId, routeTableName: name, vpcId, main: routeTableId === mainRouteTableId } });
    for (const { propagationId, borderGatewayId, cidrs } of propagations.values()) {
      documents.push({ kind: 'routePropagation', id: propagationId, fields: { propagationId, routeTableId, vpcId, bgwId: borderGatewayId, propagationCidrs: [...cidrs] } });
    }
    for (const route of routes.values()) documents.push(vpcRouteDocument(route, vpcId, routeTableId));
  }
  return documents;
}

const vpcRouteDocument = once(({ vpcRouteId, destination, borderGatewayId, description }: VpcStaticRoute, vpcId: string, routeTableId: string): ResourceDocument =>
  ({ kind: 'vpcRoute', id: vpcRouteId, fields: { vpcRouteId, routeTableId, vpcId, destination, bgwId: borderGatewayId, description } }));

export function borderGatewayDocuments(gateway: BorderGatewayState): ResourceDocument[] {
  if (!gateway) return [];
  const { borderGatewayId: bgwId, name, description, bgpAsn, transitEnabled, attachments, staticRoutes } = gateway;
  return [
    { kind: 'borderGateway', id: bgwId, fields: { bgwId, bgwName: name, description, azType: 'standard', bgpAsn, transitEnabled, vpcAttachmentIds: [...attachments.keys()] } },
    ...[...attachments.values()].map(({ vpcAttachmentId, name, vpcId, propagateType, subnetIds }): ResourceDocument => ({
      kind: 'vpcAttachment', id: vpcAttachmentId,
      fields: { vpcAttachmentId, vpcAttachmentName: name, bgwId, vpcId, propagateType, subnetIds: [...subnetIds], status: 'active' },
    })),
    ...[...staticRoutes.values()].map((route) => staticRouteDocument(route, bgwId)),
  ];
}

const staticRouteDocument = once(({ staticRouteId, destination, nextHopType, nextHopId, description }: StaticRoute, bgwId: string): ResourceDocument => ({
  kind: 'staticRoute', id: staticRouteId,
  fields: { bgwRouteId: staticRouteId, bgwId, bgwRouteDestination: destination, bgwRouteNextHopType: nextHopType, bgwRouteNexthop: nextHopId, description },
}));

export function customerGatewayDocuments(gateway: CustomerGatewayState): ResourceDocument[] {
  if (!gateway) return [];
  const { customerGatewayId, name, description, customerIps, bgpAsn } = gateway;
  return [{ kind: 'customerGateway', id: customerGatewayId, fields: { customerGatewayId, customerGatewayName: name, description, customerIps: [...customerIps], bgpAsn } }];
}

export function vpnConnectionDocuments(connection: VpnConnectionState): ResourceDocument[] {
  if (!connection) return [];
  const { vpnConnectionId, name, description, borderGatewayId: bgwId, customerGatewayId: cgwId, bgpEnabled, localAsn, customerAsn, bgpOptions, trafficSelectors, cloudPublicIps, tunnels } = connection;
  const { holdSec: bgpHoldSec, bfdEnabled, bfdIntervalMs, bfdMultiplier } = bgpOptions;
  return [
    {
      kind: 'vpnConnection', id: vpnConnectionId,
      fields: {
        vpnConnectionId, vpnConnectionName: name, description, bgwId, cgwId, bgpEnabled, localAsn, customerAsn, bgpHoldSec, bfdEnabled, bfdIntervalMs, bfdMultiplier,
        trafficSelectors: trafficSelectors.map((selector) => ({ ...selector, remoteSubnets: [...selector.remoteSubnets] })), cloudPublicIp: cloudPublicIps.map(({ address }) => address), vpnTunnelIds: [...tunnels.keys()],
      },
    },
    ...[...tunnels.values()].map(({ spec: { tunnelId: vpnTunnelId, pskRef: _, options, ...spec }, adminStatus, generation }): ResourceDocument => ({
      kind: 'vpnTunnel', id: vpnTunnelId,
      fields: { vpnTunnelId, vpnConnectionId, bgwId, ...spec, ...options, weakAlgorithms: weakAlgorithms(options), adminStatus, generation },
    })),
  ];
}

export function virtualInterfaceDocuments(vif: VirtualInterfaceState): ResourceDocument[] {
  if (!vif) return [];
  const { name: vifName, borderGatewayId: bgwId, line, bgpOptions: { keepaliveSec: _, holdSec: bgpHoldSec, ...bfd }, ...own } = vif;
  return [{ kind: 'virtualInterface', id: vif.vifId, fields: { ...own, vifName, bgwId, ...line, bgpHoldSec, ...bfd } }];
}

export const addressPoolDocuments = (pool: AddressPoolState): ResourceDocument[] =>
  [...pool.values()].map(publicAddressDocument);
const publicAddressDocument = once(({ address, node, vpnConnectionId }: PublicAddress): ResourceDocument =>
  ({ kind: 'publicAddress', id: address, fields: { publicAddress: address, node, vpnConnectionId } }));

/** What changed between two states of a stream: documents to put, and documents that are no more. */
export interface DocumentChanges { readonly put: readonly ResourceDocument[]; readonly removed: readonly Pick<ResourceDocument, 'kind' | 'id'>[] }

export function changedDocuments(before: readonly ResourceDocument[], after: readonly ResourceDocument[]): DocumentChanges {
  const key = ({ kind, id }: Pick<ResourceDocument, 'kind' | 'id'>): string => `${kind}/${id}`;
  // Most are the very same as before (`once`): only the others are worth a look.
  const [were, are] = [new Set(before), new Set(after)];
  const fresh = after.filter((document) => !were.has(document));
  const old = new Map(before.filter((document) => !are.has(document)).map((document) => [key(document), document]));
  const put = fresh.filter((document) => !sameData(old.get(key(document)), document));
  for (const document of fresh) old.delete(key(document));
  return { put, removed: [...old.values()].map(({ kind, id }) => ({ kind, id })) };
}
