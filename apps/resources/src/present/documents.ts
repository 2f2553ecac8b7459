import { http } from '@bordergate/contracts';
import type { z } from 'zod';

/** The answers of each collection. */
export const DOCUMENTS = {
  vpcs: http.Vpc, subnets: http.Subnet, routeTables: http.RouteTable, routePropagations: http.RoutePropagation, vpcRoutes: http.VpcStaticRoute, borderGateways: http.BorderGateway,
  vpcAttachments: http.VpcAttachment, staticRoutes: http.StaticRoute, customerGateways: http.CustomerGateway, vpnConnections: http.VpnConnection, vpnTunnels: http.VpnTunnel, publicAddresses: http.PublicAddress,
  virtualInterfaces: http.VirtualInterface,
} as const satisfies Record<http.Collection, z.ZodObject>;

const FIELDS = new Map<http.ResourceKind, readonly string[]>(
  (Object.keys(http.COLLECTIONS) as http.Collection[]).map((collection) => [http.COLLECTIONS[collection].kind, Object.keys(DOCUMENTS[collection].shape)]),
);

/** The members in the order of the API's description: jsonb has its own, by length. */
export const inOrder = (kind: http.ResourceKind, document: Readonly<Record<string, unknown>>): object => Object.fromEntries(FIELDS.get(kind)!.map((field) => [field, document[field]]));
