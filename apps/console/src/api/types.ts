import type { http } from '@bordergate/contracts';
import type { z } from 'zod';

/** The documents of the API, by the name of their collection. Types only: nothing of the schemas is in the first load. */
export interface Documents {
  vpcs: z.infer<typeof http.Vpc>;
  subnets: z.infer<typeof http.Subnet>;
  routeTables: z.infer<typeof http.RouteTable>;
  routePropagations: z.infer<typeof http.RoutePropagation>;
  vpcRoutes: z.infer<typeof http.VpcStaticRoute>;
  borderGateways: z.infer<typeof http.BorderGateway>;
  vpcAttachments: z.infer<typeof http.VpcAttachment>;
  staticRoutes: z.infer<typeof http.StaticRoute>;
  customerGateways: z.infer<typeof http.CustomerGateway>;
  vpnConnections: z.infer<typeof http.VpnConnection>;
  vpnTunnels: z.infer<typeof http.VpnTunnel>;
  virtualInterfaces: z.infer<typeof http.VirtualInterface>;
  publicAddresses: z.infer<typeof http.PublicAddress>;
}
export type Collection = http.Collection;
/** Any of them, where pages treat all alike. */
export type Row = Documents[Collection];

export type Problem = z.infer<typeof http.Problem>;
export type TunnelState = z.infer<typeof http.TunnelState>;
export type VifState = z.infer<typeof http.VifState>;
export type Quota = z.infer<typeof http.Quota>;
export type RegionPolicy = z.infer<typeof http.RegionPolicy>;
export type ParkedRecord = z.infer<typeof http.ParkedRecord>;
export type ParkedRecordDetail = z.infer<typeof http.ParkedRecordDetail>;
export type ClientConfig = z.infer<typeof http.ClientConfig>;
export type ClientDevice = z.infer<typeof http.ClientDevices>['items'][number];
export type AlarmRule = http.AlarmRule;
export type Alarm = http.Alarm;
export type AlarmHistoryItem = http.AlarmHistoryItem;
export interface Page<T> { items: T[]; nextCursor: string | null }

/** The value of a field of some document; the lists know fields by name only. */
export const fieldOf = (row: Row, field: string): unknown => (row as unknown as Readonly<Record<string, unknown>>)[field];
