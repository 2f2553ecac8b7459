import { http, TunnelOptions } from '@bordergate/contracts';
import type { ClientSite, ClientTunnel } from '@bordergate/client-config';
import { comparePrefixes, prefixOf, reject, type Rejection } from '@bordergate/kernel';
import type { Fields } from '@bordergate/resources-core';
import type { Presenter } from '../present/presenter.js';
import type { RegionReader } from '../store/region-reader.js';

/** A connection, or one tunnel of it, turned around: local is now the customer's side. */
export async function clientSite(region: RegionReader, presenter: Presenter, connection: Fields['vpnConnection'], tunnelId: string | undefined): Promise<ClientSite | Rejection> {
  const { vpnConnectionId, bgwId, cgwId, customerAsn, localAsn, bgpEnabled, bgpHoldSec, bfdEnabled, bfdIntervalMs, bfdMultiplier, trafficSelectors, vpnTunnelIds } = connection;
  if (vpnTunnelIds.length === 0) return reject('no-tunnels', 'the VPN connection has no tunnels to configure a router for: add them first', 'vpnTunnelIds');
  const customerIps = (await region.find('customerGateway', cgwId))?.fields.customerIps ?? [];
  const tunnels = (await region.where('vpnTunnel', { vpnConnectionId })).filter(({ id }) => tunnelId === undefined || id === tunnelId);
  return {
    vpnConnectionId, customerAsn, cloudAsn: localAsn,
    bgp: bgpEnabled ? { holdSec: bgpHoldSec, keepaliveSec: Math.floor(bgpHoldSec / 3), bfd: bfdEnabled ? { intervalMs: bfdIntervalMs, multiplier: bfdMultiplier } : null } : null,
    cloudPrefixes: bgpEnabled ? [] : await cloudPrefixes(region, presenter, bgwId),
    trafficSelectors: trafficSelectors.map(({ localSubnet, remoteSubnets }) => ({ customerSubnets: remoteSubnets, cloudSubnet: localSubnet })),
    tunnels: tunnels.map(({ fields }) => clientTunnel(fields, numberOf(fields, connection.cloudPublicIp, customerIps))),
  };
}

/** By its pair of addresses, which no other tunnel has: a number outlives the deletion of another tunnel. */
const numberOf = ({ cloudPublicIp, customerIp }: Fields['vpnTunnel'], cloudIps: readonly string[], customerIps: readonly string[]): number =>
  cloudIps.indexOf(cloudPublicIp) * customerIps.length + customerIps.indexOf(customerIp) + 1;

const clientTunnel = (fields: Fields['vpnTunnel'], number: number): ClientTunnel => ({
  tunnelId: fields.vpnTunnelId, number, customerIp: fields.customerIp, cloudIp: fields.cloudPublicIp, customerInner: fields.remoteTunnelIp, cloudInner: fields.localTunnelIp,
  customerId: fields.remoteId, cloudId: fields.localId, options: TunnelOptions.parse(fields),
});

/** What a router with static routes sends to the cloud: the subnets attachments propagate, and static routes that lead into a VPC. */
async function cloudPrefixes(region: RegionReader, presenter: Presenter, bgwId: string): Promise<string[]> {
  const attachments = (await presenter.many(region, await region.where('vpcAttachment', { bgwId }))).map((document) => http.VpcAttachment.parse(document));
  const routes = await region.where('staticRoute', { bgwId, bgwRouteNextHopType: 'vpc_attachment' });
  const prefixes = new Set([...attachments.flatMap(({ propagateCidrInfos }) => propagateCidrInfos.map(({ subnetCidr }) => subnetCidr)), ...routes.map(({ fields }) => fields.bgwRouteDestination)]);
  return [...prefixes].sort((a, b) => comparePrefixes(prefixOf(a), prefixOf(b)));
}
