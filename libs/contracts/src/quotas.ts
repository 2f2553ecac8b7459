import { z } from 'zod';

/**
 * Quotas (semantics 1.6): how many of something a region, or one parent resource in it, may have. The limits here are the defaults;
 * a region sets others, for all parents or for one (`QuotaSet`), except where the number is the product's shape (`fixed`).
 */
interface QuotaRule {
  readonly maxLimit: number;
  /** What has the limit, each one of them; null is the region, and a pair is no resource of its own. */
  readonly parent: 'borderGateway' | 'customerGateway' | 'vpnConnection' | 'vpc' | 'routeTable' | 'pair' | null;
  /** In words: "at most 5 border gateways in a region". */
  readonly what: string;
  readonly fixed?: true;
}

export const QUOTAS = {
  bgw: { maxLimit: 5, parent: null, what: 'border gateways in a region' },
  bgw_route: { maxLimit: 50, parent: 'borderGateway', what: 'static routes of a border gateway' },
  bgw_propagated_route: { maxLimit: 300, parent: 'borderGateway', what: 'dynamic routes (propagated and BGP) of a border gateway' },
  vpc_attachment: { maxLimit: 50, parent: 'borderGateway', what: 'VPC attachments of a border gateway' },
  vpc_attachment_pair: { maxLimit: 1, parent: 'pair', what: 'attachment between a border gateway and a VPC', fixed: true },
  customer_gateway: { maxLimit: 10, parent: null, what: 'customer gateways in a region' },
  customer_gateway_ip: { maxLimit: 4, parent: 'customerGateway', what: 'public addresses of a customer gateway', fixed: true },
  vpn_connection: { maxLimit: 10, parent: 'borderGateway', what: 'VPN connections of a border gateway' },
  vpn_connection_ip: { maxLimit: 2, parent: 'vpnConnection', what: 'cloud public addresses of a VPN connection', fixed: true },
  vpn_tunnel: { maxLimit: 8, parent: 'vpnConnection', what: 'tunnels of a VPN connection: cloud addresses times customer addresses', fixed: true },
  vpn_tunnel_pair: { maxLimit: 1, parent: 'pair', what: 'tunnel of a VPN connection between the same two addresses', fixed: true },
  vpn_traffic_selector: { maxLimit: 10, parent: 'vpnConnection', what: 'traffic selectors of a VPN connection' },
  vif: { maxLimit: 10, parent: 'borderGateway', what: 'virtual interfaces of a border gateway' },
  vpc: { maxLimit: 10, parent: null, what: 'VPCs in a region' },
  vpc_subnet: { maxLimit: 10, parent: 'vpc', what: 'subnets of a VPC' },
  vpc_route_table: { maxLimit: 10, parent: 'vpc', what: 'route tables of a VPC' },
  vpc_route: { maxLimit: 50, parent: 'routeTable', what: 'static routes of a VPC route table' },
  vpc_propagated_route: { maxLimit: 100, parent: 'routeTable', what: 'propagated routes of a VPC route table, ineffective ones included' },
} as const satisfies Readonly<Record<string, QuotaRule>>;

export const QuotaType = z.enum(Object.keys(QUOTAS) as [keyof typeof QUOTAS, ...(keyof typeof QUOTAS)[]]);
export type QuotaType = z.infer<typeof QuotaType>;
export const ruleOf = (type: QuotaType): QuotaRule => QUOTAS[type];

/** The limits that a region has set, by `quotaKey`; what is not in it has its default. */
export type QuotaSettings = ReadonlyMap<string, number>;
export const quotaKey = (type: QuotaType, parentResourceId: string | null): string => (parentResourceId === null ? type : `${type}/${parentResourceId}`);

/** The limit that counts: the parent's own, else the region's, else the default. */
export const limitOf = (settings: QuotaSettings, type: QuotaType, parentResourceId: string | null): number =>
  settings.get(quotaKey(type, parentResourceId)) ?? settings.get(type) ?? QUOTAS[type].maxLimit;

/** The settings after a `QuotaSet`; null takes a setting back. */
export function withQuota(settings: QuotaSettings, { quotaType, parentResourceId, maxLimit }: { quotaType: QuotaType; parentResourceId: string | null; maxLimit: number | null }): QuotaSettings {
  const after = new Map(settings);
  if (maxLimit === null) after.delete(quotaKey(quotaType, parentResourceId));
  else after.set(quotaKey(quotaType, parentResourceId), maxLimit);
  return after;
}
