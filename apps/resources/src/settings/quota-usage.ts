import { http, limitOf, ruleOf, type QuotaSettings, type QuotaType } from '@bordergate/contracts';
import type { Fields } from '@bordergate/resources-core';
import type { z } from 'zod';
import type { Presenter } from '../present/presenter.js';
import type { LiveRoutes } from '../store/live-routes.js';
import type { RegionReader, StoredResource } from '../store/region-reader.js';

export type QuotaDocument = z.infer<typeof http.Quota>;
/** By the parent's id; a parent without any may be missing. */
type Counts = ReadonlyMap<string, number>;

const IN_REGION: Partial<Record<QuotaType, http.ResourceKind>> = { bgw: 'borderGateway', customer_gateway: 'customerGateway', vpc: 'vpc' };
/** Counted as resources that name their parent in a field. */
const CHILDREN: Partial<Record<QuotaType, readonly [kind: http.ResourceKind, parentField: string]>> = {
  bgw_route: ['staticRoute', 'bgwId'], vpc_attachment: ['vpcAttachment', 'bgwId'], vpn_connection: ['vpnConnection', 'bgwId'], vif: ['virtualInterface', 'bgwId'], vpn_tunnel: ['vpnTunnel', 'vpnConnectionId'],
  vpc_subnet: ['subnet', 'vpcId'], vpc_route_table: ['routeTable', 'vpcId'], vpc_route: ['vpcRoute', 'routeTableId'],
};
/** Counted as the items of one of the parent's own fields. */
const ITEMS: Partial<Record<QuotaType, string>> = { customer_gateway_ip: 'customerIps', vpn_connection_ip: 'cloudPublicIp', vpn_traffic_selector: 'trafficSelectors' };

/** A region's limits beside what there is of each (semantics 1.6). */
export class QuotaUsage {
  constructor(private readonly region: RegionReader, private readonly settings: QuotaSettings, private readonly routes: LiveRoutes, private readonly presenter: Presenter) {}

  /** One for the region, and one for each parent by id; or, with `parentResourceId`, only that parent's. */
  async of(type: QuotaType, parentResourceId?: string): Promise<QuotaDocument[]> {
    const { parent, fixed = false } = ruleOf(type);
    const document = (id: string | null, count: number | null, maxLimit = limitOf(this.settings, type, id)): QuotaDocument => ({ type, parentResourceId: id, maxLimit, count, fixed });
    const kind = IN_REGION[type];
    const whole = parentResourceId === undefined ? [document(null, kind ? await this.region.count(kind) : null)] : [];
    if (parent === null || parent === 'pair') return whole;
    const parents = await this.#parents(parent, parentResourceId);
    const counts = await this.#counts(type, parents);
    const pairs = type === 'vpn_tunnel' ? await this.#pairs(parents as StoredResource<'vpnConnection'>[]) : undefined;
    return [...whole, ...parents.map(({ id }) => document(id, counts.get(id) ?? 0, pairs?.get(id))).sort((a, b) => (a.parentResourceId! < b.parentResourceId! ? -1 : 1))];
  }

  async #parents(kind: http.ResourceKind, id: string | undefined): Promise<StoredResource[]> {
    if (id === undefined) return this.region.where(kind);
    const found = await this.region.find(kind, id);
    return found ? [found] : [];
  }

  async #counts(type: QuotaType, parents: readonly StoredResource[]): Promise<Counts> {
    const ids = parents.map(({ id }) => id);
    if (type === 'vpc_propagated_route') return new Map(ids.map((id) => [id, this.routes.propagatedInto(id)]));
    if (type === 'bgw_propagated_route') {
      const subnets = await this.#propagatedSubnets(ids);
      return new Map(ids.map((id) => [id, new Set([...(subnets.get(id) ?? []), ...this.routes.announcedTo(id)]).size]));
    }
    const field = ITEMS[type];
    if (field) return new Map(parents.map(({ id, fields }) => [id, (fields as unknown as Record<string, readonly unknown[]>)[field]!.length]));
    const [kind, parentField] = CHILDREN[type]!;
    return this.region.countBy(kind, parentField, ids);
  }

  /** What the attachments of each gateway propagate. */
  async #propagatedSubnets(bgwIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const attachments = await this.presenter.many(this.region, await this.region.whereIn('vpcAttachment', 'bgwId', bgwIds));
    const subnets = new Map<string, string[]>();
    for (const { bgwId, propagateCidrInfos } of attachments.map((attachment) => http.VpcAttachment.parse(attachment))) {
      subnets.set(bgwId, [...(subnets.get(bgwId) ?? []), ...propagateCidrInfos.map(({ subnetCidr }) => subnetCidr)]);
    }
    return subnets;
  }

  /** A connection has at most as many tunnels as it has pairs of addresses. */
  async #pairs(connections: readonly StoredResource<'vpnConnection'>[]): Promise<Counts> {
    const gateways = await this.region.whereIn<'customerGateway'>('customerGateway', 'customerGatewayId', connections.map(({ fields }) => fields.cgwId));
    const customerIps = new Map(gateways.map(({ id, fields }) => [id, fields.customerIps.length]));
    return new Map(connections.map(({ id, fields }: { id: string; fields: Fields['vpnConnection'] }) => [id, fields.cloudPublicIp.length * (customerIps.get(fields.cgwId) ?? 0)]));
  }
}
