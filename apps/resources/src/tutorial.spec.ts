import { http, TOPICS, type CloudEvent, type Decision } from '@bordergate/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testResources, type TestRegion, type TestResources } from './region.test-support.js';

// The nine steps of the product's tutorial, in one region, and back again.
let resources: TestResources;
let region: TestRegion;
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
});
afterAll(() => resources.close());

const ids = { vpc: '', subnet: '', table: '', gateway: '', attachment: '', customer: '', connection: '' };

describe('connecting a data centre', () => {
  it('makes a VPC with a subnet', async () => {
    const vpc = http.Vpc.parse(await region.make('vpcs', { vpcName: '生产', cidr: '10.0.0.0/16' }));
    expect(vpc).toMatchObject({ region: 'cn-north-1', tenant: 'default', description: '', subnetIds: [], routeTableIds: [vpc.mainRouteTableId] });
    const subnet = http.Subnet.parse(await region.make('subnets', { vpcId: vpc.vpcId, subnetName: 'web', cidr: '10.0.1.0/24' }));
    expect(subnet.routeTableId).toBe(vpc.mainRouteTableId);
    expect((await region.get(`vpcs/${vpc.vpcId}`)).subnetIds).toEqual([subnet.subnetId]);
    Object.assign(ids, { vpc: vpc.vpcId, subnet: subnet.subnetId, table: vpc.mainRouteTableId });
  });

  it('attaches it to a border gateway', async () => {
    const gateway = http.BorderGateway.parse(await region.make('borderGateways', { bgwName: 'hub' }));
    expect(gateway).toMatchObject({ azType: 'standard', bgpAsn: 65000, vpcAttachmentIds: [], vpnConnectionIds: [] });
    const attachment = http.VpcAttachment.parse(await region.make('vpcAttachments', { vpcAttachmentName: 'prod', bgwId: gateway.bgwId, vpcId: ids.vpc }));
    expect(attachment).toMatchObject({ propagateType: 'all', status: 'active', propagateCidrInfos: [{ subnetCidr: '10.0.1.0/24', subnetId: ids.subnet }] });
    Object.assign(ids, { gateway: gateway.bgwId, attachment: attachment.vpcAttachmentId });
    const more = await region.make('subnets', { vpcId: ids.vpc, subnetName: 'db', cidr: '10.0.2.0/24' });
    expect((await region.get(`vpcAttachments/${ids.attachment}`)).propagateCidrInfos).toHaveLength(2);
    await region.change(`vpcAttachments/${ids.attachment}`, { propagateType: 'partial', subnetIds: [more.subnetId] });
    expect(await region.refused('DELETE', `subnets/${more.subnetId}`)).toEqual([409, 'subnet-in-use', 'subnetIds']);
    expect((await region.change(`vpcAttachments/${ids.attachment}`, { propagateType: 'all' })).subnetIds).toEqual([]);
    await region.drop(`subnets/${more.subnetId}`);
  });

  it('describes the customer side', async () => {
    const customer = http.CustomerGateway.parse(await region.make('customerGateways', { customerGatewayName: 'idc', customerIps: ['203.0.113.1', '203.0.113.2'], bgpAsn: 65001 }));
    ids.customer = customer.customerGatewayId;
  });

  it('makes a VPN connection with two cloud addresses, from two nodes', async () => {
    const body = { vpnConnectionName: 'to-idc', bgwId: ids.gateway, cgwId: ids.customer };
    expect(await region.refused('POST', 'vpnConnections', body)).toEqual([409, 'address-pool-exhausted', 'cloudPublicIp']);
    for (const [publicAddress, node] of [['198.51.100.1', 'node-1'], ['198.51.100.2', 'node-1'], ['198.51.100.9', 'node-2']]) await region.make('publicAddresses', { publicAddress, node });
    const connection = http.VpnConnection.parse(await region.make('vpnConnections', body));
    expect(connection).toMatchObject({ bgpEnabled: true, localAsn: 65000, customerAsn: 65001, bgpHoldSec: 30, cloudPublicIp: ['198.51.100.1', '198.51.100.9'], haStatus: 'no_redundancy', vpnTunnelIds: [] });
    ids.connection = connection.vpnConnectionId;
    expect((await region.get('publicAddresses/198.51.100.9')).vpnConnectionId).toBe(ids.connection);
    expect((await region.get(`borderGateways/${ids.gateway}`)).vpnConnectionIds).toEqual([ids.connection]);
    expect((await region.get(`customerGateways/${ids.customer}`)).vpnConnectionIds).toEqual([ids.connection]);
  });

  it('adds the initial tunnels', async () => {
    const page = await region.send('POST', `vpnConnections/${ids.connection}:addTunnels`);
    expect(page.status).toBe(201);
    const tunnels = page.body.items.map((tunnel: unknown) => http.VpnTunnel.parse(tunnel));
    expect(tunnels.map((t: any) => [t.cloudPublicIp, t.customerIp, t.node, t.tunnelIp, t.localTunnelIp, t.remoteTunnelIp, t.localId, t.remoteId])).toEqual([
      ['198.51.100.1', '203.0.113.1', 'node-1', '169.254.0.0/30', '169.254.0.2', '169.254.0.1', '198.51.100.1', '203.0.113.1'],
      ['198.51.100.9', '203.0.113.2', 'node-2', '169.254.0.4/30', '169.254.0.6', '169.254.0.5', '198.51.100.9', '203.0.113.2'],
    ]);
    expect(tunnels[0]).toMatchObject({ adminStatus: 'UP', opStatus: 'DOWN', opReason: 'negotiating', driver: null, bgpStatus: 'down', ikeCipher: 'aes128', bandwidthMbps: 1500, weakAlgorithms: [] });
    expect(await region.refused('POST', `vpnConnections/${ids.connection}:addTunnels`)).toEqual([409, 'tunnels-exist', 'tunnels']);
  });

  it('adds one more tunnel, alone, and changes it', async () => {
    const tunnel = http.VpnTunnel.parse(await region.make('vpnTunnels', { vpnConnectionId: ids.connection, cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.2', tunnelIp: '192.168.255.0/30', localTunnelIp: '192.168.255.1', ikeAuth: 'sha1' }));
    expect(tunnel).toMatchObject({ remoteTunnelIp: '192.168.255.2', weakAlgorithms: ['ikeAuth:sha1'] });
    expect(await region.change(`vpnTunnels/${tunnel.vpnTunnelId}`, { ikeAuth: 'sha384' })).toMatchObject({ ikeAuth: 'sha384', weakAlgorithms: [], tunnelIp: '192.168.255.0/30' });
    expect(await region.refused('DELETE', `vpnTunnels/${tunnel.vpnTunnelId}`)).toEqual([409, 'tunnel-not-disabled', 'adminStatus']);
    expect(await region.verb(`vpnTunnels/${tunnel.vpnTunnelId}:disable`)).toMatchObject({ adminStatus: 'DOWN', opStatus: 'DOWN', opReason: 'admin-down' });
    expect(await region.verb(`vpnTunnels/${tunnel.vpnTunnelId}:enable`, {})).toMatchObject({ adminStatus: 'UP' });
    await region.verb(`vpnTunnels/${tunnel.vpnTunnelId}:disable`);
    await region.drop(`vpnTunnels/${tunnel.vpnTunnelId}`);
  });

  it('routes, in the gateway and in the VPC', async () => {
    http.StaticRoute.parse(await region.make('staticRoutes', { bgwId: ids.gateway, bgwRouteDestination: '192.168.0.0/16', bgwRouteNexthop: ids.connection }));
    http.StaticRoute.parse(await region.make('staticRoutes', { bgwId: ids.gateway, bgwRouteDestination: '10.0.9.0/24', bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: ids.attachment }));
    const relation = http.RoutePropagation.parse(await region.make('routePropagations', { routeTableId: ids.table, bgwId: ids.gateway }));
    expect(relation).toMatchObject({ vpcId: ids.vpc, propagationCidrs: ['0.0.0.0/0'] });
    http.VpcStaticRoute.parse(await region.make('vpcRoutes', { routeTableId: ids.table, destination: '172.16.0.0/12', bgwId: ids.gateway }));
    expect(await region.refused('POST', 'vpcRoutes', { routeTableId: ids.table, destination: '10.0.3.0/24', bgwId: ids.gateway })).toEqual([422, 'vpc-route-inside-vpc', 'destination']);
  });

  it('tells the other services everything, in order, and no secret', async () => {
    const published: { subject: string; data: Decision }[] = [];
    const subscription = await resources.journal.subscribe(TOPICS.decisions, { name: 'test', from: 'beginning' }, { batch: (records) => { for (const { event } of records) published.push(event as CloudEvent<Decision>); } });
    await vi.waitFor(() => expect(published.map(({ data }) => data.type)).toContain('VpcStaticRouteAdded'));
    await subscription.close();
    const types = published.map(({ data }) => data.type);
    expect(types.indexOf('PublicAddressesAllocated')).toBeLessThan(types.indexOf('VpnConnectionCreated'));
    expect(JSON.stringify(published)).not.toMatch(/"psk"/);
  });
});

describe('taking it apart', () => {
  it('refuses what is still needed, and says by whom', async () => {
    expect(await region.refused('DELETE', `borderGateways/${ids.gateway}`)).toEqual([409, 'border-gateway-in-use', 'vpcAttachmentIds']);
    expect(await region.refused('DELETE', `customerGateways/${ids.customer}`)).toEqual([409, 'customer-gateway-in-use', 'vpnConnectionIds']);
    expect(await region.refused('PATCH', `customerGateways/${ids.customer}`, { customerIps: ['203.0.113.7'] })).toEqual([409, 'customer-gateway-has-tunnels', 'customerIps']);
    expect(await region.refused('DELETE', `vpnConnections/${ids.connection}`)).toEqual([409, 'vpn-connection-has-tunnels', 'vpnTunnelIds']);
    expect(await region.refused('DELETE', `vpcs/${ids.vpc}`)).toEqual([409, 'vpc-in-use', 'vpcAttachmentId']);
    expect(await region.refused('DELETE', 'publicAddresses/198.51.100.1')).toEqual([409, 'public-address-in-use', 'vpnConnectionId']);
  });

  it('takes the attachment with all that leans on it', async () => {
    await region.drop(`vpcAttachments/${ids.attachment}`);
    expect((await region.get(`routePropagations?bgwId=${ids.gateway}`)).items).toEqual([]);
    expect((await region.get(`vpcRoutes?vpcId=${ids.vpc}`)).items).toEqual([]);
    expect((await region.get(`staticRoutes?bgwId=${ids.gateway}`)).items.map((r: any) => r.bgwRouteNexthop)).toEqual([ids.connection]);
  });

  it('gives everything back', async () => {
    for (const { vpnTunnelId } of (await region.get(`vpnTunnels?vpnConnectionId=${ids.connection}`)).items) {
      await region.verb(`vpnTunnels/${vpnTunnelId}:disable`);
      await region.drop(`vpnTunnels/${vpnTunnelId}`);
    }
    expect(await region.refused('DELETE', `vpnConnections/${ids.connection}`)).toEqual([409, 'vpn-connection-in-use', 'bgwRouteNexthop']);
    for (const { bgwRouteId } of (await region.get('staticRoutes')).items) await region.drop(`staticRoutes/${bgwRouteId}`);
    await region.change(`customerGateways/${ids.customer}`, { customerIps: ['203.0.113.7'] });
    await region.drop(`vpnConnections/${ids.connection}`);
    expect((await region.get('publicAddresses/198.51.100.1')).vpnConnectionId).toBeNull();
    for (const path of [`customerGateways/${ids.customer}`, `borderGateways/${ids.gateway}`, `vpcs/${ids.vpc}`, ...['1', '2', '9'].map((n) => `publicAddresses/198.51.100.${n}`)]) await region.drop(path);
    for (const collection of Object.keys(http.COLLECTIONS)) expect(await region.get(collection)).toEqual({ items: [], nextCursor: null });
    expect(await resources.db.query('select * from psk')).toEqual([]);
  });
});
