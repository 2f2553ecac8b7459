import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, netOf, regionOf, testResources, type TestRegion, type TestResources } from './region.test-support.js';

// Semantics 1.7, row by row: what may be changed, what never is, and what deleting asks for. Through the API, because that is where a user meets it.
let resources: TestResources;
let region: TestRegion;
const at: Record<string, string> = {};
let cloudPublicIp: string[];
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  const { gateway, customer, connection } = await connected(region);
  ({ cloudPublicIp } = connection);
  const vpcs = await Promise.all(['10.1.0.0/16', '10.2.0.0/16'].map((cidr, n) => region.make('vpcs', { vpcName: `v${n}`, cidr })));
  const subnets = await Promise.all([0, 0, 1].map((v, n) => region.make('subnets', { vpcId: vpcs[v].vpcId, subnetName: `s${n}`, cidr: `10.${v + 1}.${n}.0/24` })));
  const attachment = await region.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId: gateway.bgwId, vpcId: vpcs[0].vpcId });
  const propagation = await region.make('routePropagations', { routeTableId: vpcs[0].mainRouteTableId, bgwId: gateway.bgwId });
  const vpcRoute = await region.make('vpcRoutes', { routeTableId: vpcs[0].mainRouteTableId, bgwId: gateway.bgwId, destination: '192.168.0.0/16' });
  const route = await region.make('staticRoutes', { bgwId: gateway.bgwId, bgwRouteDestination: '192.168.0.0/16', bgwRouteNexthop: connection.vpnConnectionId });
  const { body } = await region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`);
  Object.assign(at, {
    bgw: `borderGateways/${gateway.bgwId}`, cgw: `customerGateways/${customer.customerGatewayId}`, connection: `vpnConnections/${connection.vpnConnectionId}`, attachment: `vpcAttachments/${attachment.vpcAttachmentId}`,
    tunnel: `vpnTunnels/${body.items[0].vpnTunnelId}`, route: `staticRoutes/${route.bgwRouteId}`, vpcRoute: `vpcRoutes/${vpcRoute.vpcRouteId}`, propagation: `routePropagations/${propagation.propagationId}`,
    vpc0: vpcs[0].vpcId, vpc1: vpcs[1].vpcId, s0: subnets[0].subnetId, s1: subnets[1].subnetId, s2: subnets[2].subnetId, bgwId: gateway.bgwId, connectionId: connection.vpnConnectionId,
  });
});
afterAll(() => resources.close());

describe('may be changed', () => {
  it.each<[what: string, where: string, change: () => object]>([
    ["a border gateway's name, description and transit", 'bgw', () => ({ bgwName: 'renamed', description: 'hub', transitEnabled: true })],
    ["a static route's description", 'route', () => ({ description: 'to the data centre' })],
    ["a VPC route's description", 'vpcRoute', () => ({ description: 'to the data centre' })],
    ["a propagation relation's ranges", 'propagation', () => ({ propagationCidrs: ['192.168.0.0/16', '172.16.0.0/12'] })],
    ["an attachment's name", 'attachment', () => ({ vpcAttachmentName: 'renamed' })],
    ['what an attachment propagates: chosen subnets', 'attachment', () => ({ propagateType: 'partial', subnetIds: [at.s1] })],
    ['what an attachment propagates: nothing', 'attachment', () => ({ propagateType: 'none', subnetIds: [] })],
    ['all of what an attachment propagates at once, its VPC too (which takes along what the VPC said of the gateway)', 'attachment', () => ({ vpcId: at.vpc1, propagateType: 'partial', subnetIds: [at.s2] })],
    ['and back', 'attachment', () => ({ vpcId: at.vpc0, propagateType: 'all', subnetIds: [] })],
    ["a customer gateway's name and description", 'cgw', () => ({ customerGatewayName: 'renamed', description: 'data centre' })],
    ["a connection's name, description, routing mode and traffic selectors", 'connection', () =>
      ({ vpnConnectionName: 'renamed', description: 'd', bgpEnabled: false, trafficSelectors: [{ localSubnet: '10.1.0.0/16', remoteSubnets: ['192.168.0.0/16'], description: '' }] })],
    ["a connection's BGP options", 'connection', () => ({ bgpEnabled: true, trafficSelectors: [], bgpHoldSec: 9, bfdEnabled: false, bfdIntervalMs: 200, bfdMultiplier: 5 })],
    ["a tunnel's inner addresses", 'tunnel', () => ({ tunnelIp: '172.16.0.0/30', localTunnelIp: '172.16.0.1' })],
    ["a tunnel's identities (an extension)", 'tunnel', () => ({ localId: 'cloud.example', remoteId: 'idc.example' })],
    ["a tunnel's phase 1", 'tunnel', () => ({ ikeVersion: 'v1', ikeMode: 'aggressive', ikeKeyExchange: 'ecp384', ikeCipher: 'aes256', ikeAuth: 'sha384', ikeDpdSec: 0, ikeSaLifeSec: 60 })],
    ["a tunnel's phase 2", 'tunnel', () => ({ ipsecCipher: 'aes192', ipsecAuth: 'sha384', ipsecKeyExchange: 'modp2048', ipsecSaLifeSec: 86_400, ipsecSaLifepkt: 100_000_000, ipsecSaLifebyte: 107_374_182_400 })],
    ["a tunnel's bandwidth", 'tunnel', () => ({ bandwidthMbps: 10 })],
  ])('%s', async (what, where, change) => {
    const path = at[where]!;
    const before = (await region.send('GET', path)).headers.etag;
    const answer = await region.send('PATCH', path, change(), { 'if-match': String(before) });
    expect([what, answer.status, answer.body]).toEqual([what, 200, expect.objectContaining(change())]);
    expect(answer.headers.etag).not.toBe(before);
    const read = await region.send('GET', path);
    expect([read.body, read.headers.etag]).toEqual([answer.body, answer.headers.etag]);
    // the same again is no change
    expect((await region.send('PATCH', path, change())).headers.etag).toBe(answer.headers.etag);
  });

  it("a tunnel's pre-shared key", async () => {
    await region.change(at.tunnel!, { psk: 'a new secret' });
    expect((await region.verb(`${at.tunnel}:revealPsk`)).psk).toBe('a new secret');
  });
  it("a tunnel's admin status, by its own verbs", async () => {
    expect(await region.verb(`${at.tunnel}:disable`)).toMatchObject({ adminStatus: 'DOWN', opStatus: 'DOWN', opReason: 'admin-down' });
    expect(await region.verb(`${at.tunnel}:enable`)).toMatchObject({ adminStatus: 'UP' });
  });
  it('the routing mode: BGP to static ends the sessions of all tunnels at once, and back makes them anew', async () => {
    const modes = async () => (await region.get(`vpnTunnels?vpnConnectionId=${at.connectionId}`)).items.map(({ bgpStatus }: any) => bgpStatus);
    expect(await modes()).toEqual(['down', 'down']);
    await region.change(at.connection!, { bgpEnabled: false });
    expect(await modes()).toEqual(['off', 'off']);
    await region.change(at.connection!, { bgpEnabled: true });
    expect(await modes()).toEqual(['down', 'down']);
  });
});

describe('is never changed', () => {
  it.each<[where: string, field: string, value: unknown]>([
    ['bgw', 'azType', 'standard'], ['bgw', 'az', 'az-1'], ['bgw', 'bgpAsn', 65100], ['attachment', 'bgwId', 'bgw-2'], ['attachment', 'description', 'd'], ['cgw', 'bgpAsn', 65002],
    ['connection', 'bgwId', 'bgw-2'], ['connection', 'cgwId', 'cgw-2'], ['connection', 'localAsn', 65100], ['connection', 'customerAsn', 65100], ['connection', 'cloudPublicIp', ['203.0.113.9']], ['connection', 'haStatus', 'redundancy'],
    ['tunnel', 'vpnConnectionId', 'vpn-2'], ['tunnel', 'cloudPublicIp', '203.0.113.9'], ['tunnel', 'customerIp', '203.0.113.9'], ['tunnel', 'adminStatus', 'DOWN'], ['tunnel', 'remoteTunnelIp', '172.16.0.2'], ['tunnel', 'opStatus', 'UP'],
    ['route', 'bgwRouteDestination', '10.0.0.0/8'], ['route', 'bgwRouteNexthop', 'vpn-2'], ['vpcRoute', 'destination', '10.0.0.0/8'], ['vpcRoute', 'bgwId', 'bgw-2'], ['propagation', 'bgwId', 'bgw-2'], ['propagation', 'routeTableId', 'rtb-2'],
  ])('%s: %s', async (where, field, value) => {
    const { body } = await region.send('PATCH', at[where]!, { [field]: value });
    expect(body.errors).toContainEqual({ field, code: 'unknown-field', rule: 'there is no such field' });
  });
  it("a customer gateway's addresses, once a tunnel leans on one; the same in another order is no change", async () => {
    expect(await region.refused('PATCH', at.cgw!, { customerIps: ['203.0.113.9'] })).toEqual([409, 'customer-gateway-has-tunnels', 'customerIps']);
    expect(await region.change(at.cgw!, { customerIps: ['203.0.113.2', '203.0.113.1'] })).toMatchObject({ customerIps: ['203.0.113.1', '203.0.113.2'] });
  });
});

describe('is deleted only when', () => {
  it('a subnet is not chosen by a partial attachment', async () => {
    await region.change(at.attachment!, { propagateType: 'partial', subnetIds: [at.s0, at.s1] });
    expect(await region.refused('DELETE', `subnets/${at.s1}`)).toEqual([409, 'subnet-in-use', 'subnetIds']);
    await region.change(at.attachment!, { subnetIds: [at.s0] });
    await region.drop(`subnets/${at.s1}`);
  });
  it.each([
    ['a border gateway has no attachment, connection or virtual interface', 'bgw', 'border-gateway-in-use', 'vpcAttachmentIds'], ['a customer gateway has no connection', 'cgw', 'customer-gateway-in-use', 'vpnConnectionIds'],
    ['a connection has no tunnel', 'connection', 'vpn-connection-has-tunnels', 'vpnTunnelIds'], ['a tunnel is disabled', 'tunnel', 'tunnel-not-disabled', 'adminStatus'],
  ])('%s', async (_, where, code, field) => expect(await region.refused('DELETE', at[where]!)).toEqual([409, code, field]));

  it('and then it is, from the tunnels down; attachments and routes need nothing', async () => {
    for (const { vpnTunnelId } of (await region.get(`vpnTunnels?vpnConnectionId=${at.connectionId}`)).items) {
      await region.verb(`vpnTunnels/${vpnTunnelId}:disable`);
      await region.drop(`vpnTunnels/${vpnTunnelId}`);
    }
    // without tunnels the customer's addresses may change, their number too; all deleted, the initial set is there again
    expect(await region.change(at.cgw!, { customerIps: ['203.0.113.9'] })).toMatchObject({ customerIps: ['203.0.113.9'] });
    const { body: { items } } = await region.send('POST', `${at.connection}:addTunnels`);
    expect(items.map((tunnel: any) => [tunnel.cloudPublicIp, tunnel.customerIp])).toEqual(cloudPublicIp.map((address) => [address, '203.0.113.9']));
    for (const { vpnTunnelId } of items) {
      await region.verb(`vpnTunnels/${vpnTunnelId}:disable`);
      await region.drop(`vpnTunnels/${vpnTunnelId}`);
    }
    expect(await region.refused('DELETE', at.connection!)).toEqual([409, 'vpn-connection-in-use', 'bgwRouteNexthop']);
    for (const path of [at.route!, at.connection!, at.attachment!, at.cgw!, at.bgw!]) await region.drop(path);
    for (const gone of [at.vpcRoute!, at.propagation!]) expect(await region.refused('GET', gone)).toEqual([404, 'not-found', undefined]); // when the attachment left their VPC
  });
});

it('the same customer gateway may stand in several regions, and twice in one; each for itself', async () => {
  const body = { customerGatewayName: 'idc', customerIps: ['203.0.113.1', '203.0.113.2'], bgpAsn: 65001 };
  const [near, far] = [regionOf(resources.app, 'near'), regionOf(resources.app, 'far')];
  const ids = await Promise.all([near, near, far].map(async (r) => (await r.make('customerGateways', body)).customerGatewayId));
  expect(new Set(ids).size).toBe(3);
  await near.change(`customerGateways/${ids[0]}`, { customerIps: ['203.0.113.7'] });
  expect([(await near.get(`customerGateways/${ids[1]}`)).customerIps, (await far.get(`customerGateways/${ids[2]}`)).customerIps]).toEqual([body.customerIps, body.customerIps]);
  expect(netOf(near)).not.toBe(netOf(far));
});
