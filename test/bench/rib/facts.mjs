// What the decisions and the wire say in the benchmarks: the records' content as apps/routing reads it.
let position = 0n;
const decided = (stream, decision) => ({ kind: 'decision', stream, position: ++position, decision });
const place = (gateway, tunnelId) => ({ region: 'r', borderGatewayId: gateway, vpnConnectionId: `vpn-${tunnelId}`, tunnelId, node: 'node-1' });

/** A gateway with one attached VPC and a connection with BGP for each tunnel, all up. */
export function gatewayFacts(gateway, tunnels, vpc) {
  return [
    decided(`vpc-${vpc}`, { type: 'VpcCreated', vpcId: vpc, region: 'r', name: 'v', description: '', cidr: '10.0.0.0/16', mainRouteTableId: `rtb-${vpc}` }),
    decided(`vpc-${vpc}`, { type: 'SubnetCreated', vpcId: vpc, subnetId: `subnet-${vpc}`, name: 's', cidr: '10.0.1.0/24', routeTableId: `rtb-${vpc}` }),
    decided(`bgw-${gateway}`, { type: 'BorderGatewayCreated', borderGatewayId: gateway, region: 'r', name: 'g', description: '', bgpAsn: 65000 }),
    decided(`bgw-${gateway}`, { type: 'VpcAttached', borderGatewayId: gateway, vpcAttachmentId: `att-${gateway}`, vpcId: vpc, name: 'a', propagateType: 'all', subnetIds: [] }),
    ...tunnels.flatMap((tunnelId) => {
      const ref = place(gateway, tunnelId);
      return [
        decided(`vpn-${tunnelId}`, { type: 'VpnConnectionCreated', vpnConnectionId: ref.vpnConnectionId, region: 'r', name: 'c', description: '', borderGatewayId: gateway, customerGatewayId: `cgw-${tunnelId}`, bgpEnabled: true, localAsn: 65000, customerAsn: 65001, cloudPublicIps: [], bgpOptions: {} }),
        decided(`vpn-${tunnelId}`, { type: 'TunnelAdded', vpnConnectionId: ref.vpnConnectionId, tunnel: { tunnelId, node: 'node-1' } }),
        { kind: 'tunnel', at: '', observation: { type: 'TunnelOperStatusChanged', ...ref, operStatus: 'UP', reason: 'established', detail: '', since: '', driver: 'simulated' } },
        sessionFact(gateway, tunnelId, true),
      ];
    }),
  ];
}

/** The limit of routes is raised, for the benchmark is not about it; a quota of the product ends at a million. */
export const limitFact = (gateway) => decided('region-r', { type: 'QuotaSet', region: 'r', quotaType: 'bgw_propagated_route', parentResourceId: gateway, maxLimit: 100_000_000 });

export const sessionFact = (gateway, tunnelId, up) => ({
  kind: 'bgp', key: `${gateway}/${tunnelId}/session`,
  observation: up ? { type: 'BgpSessionEstablished', ...place(gateway, tunnelId), epoch: 1_795_000_000_000, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '' }
    : { type: 'BgpSessionClosed', ...place(gateway, tunnelId), epoch: 1_795_000_000_000, reason: 'Hold timer expired', since: '' },
});

const text = (address) => `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** What the worker publishes of a route, out of a JSON parser, as every reader of a journal gets it; BIRD dates routes to the millisecond. */
export function announcementFact(gateway, tunnelId, table, i) {
  const { asPath, origin, med, communities } = table.attributes.at(table.setOf[i]);
  const prefix = `${text(table.addresses[i])}/${table.lengths[i]}`;
  const since = `2026-11-21T10:00:${String(10 + Math.floor(i / 1_000_000)).padStart(2, '0')}.${String(Math.floor(i / 1000) % 1000).padStart(3, '0')}Z`;
  return JSON.parse(JSON.stringify({
    kind: 'bgp', key: `${gateway}/${tunnelId}/${prefix}`,
    observation: {
      type: 'BgpRouteAnnounced', ...place(gateway, tunnelId), epoch: 1_795_000_000_000, prefix, asPath: [...asPath], asPathLength: asPath.length, origin, med,
      communities: communities.map(([a, b]) => `${a}:${b}`), since,
    },
  }));
}
