import type { http } from '@bordergate/contracts';
import { haStatus, shownSession, shownStatus, shownVif } from '@bordergate/resources-core';
import { Injectable } from '@nestjs/common';
import { LiveStatus } from '../store/live-status.js';
import type { RegionReader, StoredResource } from '../store/region-reader.js';
import { inOrder } from './documents.js';

type Rows<K extends http.ResourceKind> = readonly StoredResource<K>[];
type Leg = 'vpnTunnel' | 'virtualInterface';
/** By id, what a row's document gets besides its own fields. */
type Extra = (row: StoredResource<never>) => object;

/** Stored resources as the documents of the API: joined with what other streams and the workers say of them. */
@Injectable()
export class Presenter {
  constructor(private readonly live: LiveStatus) {}

  async one(region: RegionReader, row: StoredResource): Promise<object> {
    return (await this.many(region, [row]))[0]!;
  }

  /** Documents of rows of one kind, in their order. */
  async many(region: RegionReader, rows: Rows<http.ResourceKind>): Promise<object[]> {
    const extra = rows[0] ? await this.#extra(region, rows[0].kind, rows) : () => ({});
    const { tenant, region: name } = region.scope;
    return rows.map((row) => inOrder(row.kind, { ...row.fields, ...extra(row as StoredResource<never>), region: name, tenant, createdTime: row.created, updatedTime: row.updated }));
  }

  async #extra(region: RegionReader, kind: http.ResourceKind, rows: Rows<http.ResourceKind>): Promise<Extra> {
    switch (kind) {
      case 'borderGateway': return legIds(region, rows);
      case 'customerGateway': return connectionIds(region, 'cgwId', rows);
      case 'vpcAttachment': return propagatedSubnets(region, rows as Rows<'vpcAttachment'>);
      case 'vpnConnection': return this.#highAvailability(region, rows as Rows<'vpnConnection'>);
      case 'vpnTunnel': return this.#tunnelStatus(region, rows as Rows<'vpnTunnel'>);
      case 'virtualInterface': return (row: StoredResource<'virtualInterface'>) => ({
        ...shownVif(row.fields.adminStatus, row.updated, this.live.vif(row.id), this.#silent(row, region)), bgpStatus: row.fields.bgpEnabled ? this.#sessionOf(row, region) : 'off',
      });
      default: return () => ({});
    }
  }

  async #tunnelStatus(region: RegionReader, rows: Rows<'vpnTunnel'>): Promise<Extra> {
    const connections = await region.whereIn('vpnConnection', 'vpnConnectionId', unique(rows.map(({ fields }) => fields.vpnConnectionId)));
    const bgp = new Map(connections.map((connection) => [connection.id, connection.fields.bgpEnabled]));
    return (row: StoredResource<'vpnTunnel'>) => ({ ...this.#statusOf(row, region), bgpStatus: bgp.get(row.fields.vpnConnectionId) ? this.#sessionOf(row, region) : 'off' });
  }

  async #highAvailability(region: RegionReader, rows: Rows<'vpnConnection'>): Promise<Extra> {
    const tunnels = await region.whereIn('vpnTunnel', 'vpnConnectionId', rows.map(({ id }) => id));
    const gateways = await region.whereIn('customerGateway', 'customerGatewayId', unique(rows.map(({ fields }) => fields.cgwId)));
    const customerIps = new Map(gateways.map(({ id, fields }) => [id, fields.customerIps]));
    return ({ id, fields }: StoredResource<'vpnConnection'>) => {
      const own = tunnels.filter((tunnel) => tunnel.fields.vpnConnectionId === id).map((tunnel) => ({ ...tunnel.fields, opStatus: this.#statusOf(tunnel, region).opStatus }));
      return { haStatus: haStatus(fields.cloudPublicIp, customerIps.get(fields.cgwId) ?? [], own) };
    };
  }

  #statusOf(row: StoredResource<'vpnTunnel'>, region: RegionReader): ReturnType<typeof shownStatus> {
    const { id, fields, updated } = row;
    return shownStatus({ adminStatus: fields.adminStatus, generation: fields.generation, decidedAt: updated }, this.live.tunnel(id), this.#silent(row, region));
  }

  /** The node of a tunnel or virtual interface, when it is not heard. */
  #silent({ fields: { node } }: StoredResource<Leg>, { scope }: RegionReader): { node: string; since: string } | undefined {
    const since = this.live.silentSince(scope.region, node);
    return since === undefined ? undefined : { node, since };
  }

  #sessionOf(row: StoredResource<Leg>, region: RegionReader): ReturnType<typeof shownSession> {
    const { id, fields, updated } = row;
    if (this.#silent(row, region)) return 'down';
    return shownSession(fields.adminStatus, updated, this.live.bgpEstablishedAt(fields.bgwId, id));
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

async function connectionIds(region: RegionReader, field: 'bgwId' | 'cgwId', rows: Rows<http.ResourceKind>): Promise<Extra> {
  const connections = await region.whereIn('vpnConnection', field, rows.map(({ id }) => id));
  return ({ id }) => ({ vpnConnectionIds: connections.filter(({ fields }) => fields[field] === id).map((connection) => connection.id) });
}

/** What leads out of the gateways, by id. */
async function legIds(region: RegionReader, rows: Rows<http.ResourceKind>): Promise<Extra> {
  const connections = await connectionIds(region, 'bgwId', rows);
  const vifs = await region.whereIn('virtualInterface', 'bgwId', rows.map(({ id }) => id));
  return (row) => ({ ...connections(row), vifIds: vifs.filter(({ fields }) => fields.bgwId === row.id).map(({ id }) => id) });
}

/** Which subnets become routes of the gateway (semantics 1.2): all of the VPC's present ones, the chosen ones, or none. */
async function propagatedSubnets(region: RegionReader, rows: Rows<'vpcAttachment'>): Promise<Extra> {
  const subnets = await region.whereIn('subnet', 'vpcId', unique(rows.map(({ fields }) => fields.vpcId)));
  return ({ fields }: StoredResource<'vpcAttachment'>) => {
    const { vpcId, propagateType, subnetIds } = fields;
    const propagated = subnets.filter((subnet) => subnet.fields.vpcId === vpcId && (propagateType === 'all' || (propagateType === 'partial' && subnetIds.includes(subnet.id))));
    return { propagateCidrInfos: propagated.map(({ id, fields: { cidr } }) => ({ subnetCidr: cidr, subnetId: id })) };
  };
}
