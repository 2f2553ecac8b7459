import { reject, type Rejection } from '@bordergate/kernel';

/** Limits with the reference's defaults (semantics 1.6). A setting: a service may be started with higher ones. */
export const QUOTAS = {
  borderGatewaysPerRegion: 5,
  vpcAttachmentsPerBorderGateway: 50,
  staticRoutesPerBorderGateway: 50,
  vpnConnectionsPerBorderGateway: 10,
  customerGatewaysPerRegion: 10,
  vpcsPerRegion: 10,
  subnetsPerVpc: 10,
  routeTablesPerVpc: 10,
  staticRoutesPerVpcRouteTable: 50,
} as const;
export type Quota = keyof typeof QUOTAS;
export type Quotas = Readonly<Record<Quota, number>>;

/** "staticRoutesPerBorderGateway" -> "static routes per border gateway": the name of a quota says what it limits. */
const inWords = (quota: Quota): string => quota.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The refusal of one more, when `used` has reached the limit. */
export const overQuota = (quotas: Quotas, quota: Quota, used: number, field?: string): Rejection | undefined =>
  used >= quotas[quota] ? reject('quota-exceeded', `at most ${quotas[quota]} ${inWords(quota)}`, field) : undefined;
