import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, regionOf, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
let bgwId: string, vpnConnectionId: string, cloudPublicIp: string[];
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  const at = await connected(region);
  ({ gateway: { bgwId }, connection: { vpnConnectionId, cloudPublicIp } } = at);
});
afterAll(() => resources.close());

const bgwRoute = (bgwRouteDestination: string, more: object = {}) => ({ bgwRouteDestination, bgwRouteNexthop: vpnConnectionId, ...more });

describe('several static routes of a border gateway', () => {
  const add = (routes: object[], headers?: Record<string, string>) => region.send('POST', `borderGateways/${bgwId}:addStaticRoutes`, { routes }, headers);
  it('are made together, and answered in the order they were asked for', async () => {
    const { status, body } = await add([bgwRoute('10.3.0.0/16'), bgwRoute('10.1.0.0/16', { description: 'second' })], { 'idempotency-key': 'several' });
    expect([status, body.items.map((route: any) => [route.bgwRouteDestination, route.description]), body.nextCursor]).toEqual([201, [['10.3.0.0/16', ''], ['10.1.0.0/16', 'second']], null]);
    const again = await add([bgwRoute('10.3.0.0/16'), bgwRoute('10.1.0.0/16', { description: 'second' })], { 'idempotency-key': 'several' });
    expect(again.body).toEqual(body);
  });
  it.each<[expected: unknown[], routes: () => object[]]>([
    [[409, 'static-route-exists', 'routes[1].bgwRouteDestination'], () => [bgwRoute('10.7.0.0/16'), bgwRoute('10.3.0.0/16')]],
    [[409, 'static-route-exists', 'routes[2].bgwRouteDestination'], () => [bgwRoute('10.7.0.0/16'), bgwRoute('10.8.0.0/16'), bgwRoute('10.7.0.0/16')]],
    [[422, 'unknown-next-hop', 'routes[1].bgwRouteNexthop'], () => [bgwRoute('10.7.0.0/16'), bgwRoute('10.8.0.0/16', { bgwRouteNexthop: 'vpn-none' })]],
    [[422, 'destination-not-routable', 'routes[1].bgwRouteDestination'], () => [bgwRoute('10.7.0.0/16'), bgwRoute('224.0.0.0/4')]],
    [[409, 'quota-exceeded', 'routes'], () => Array.from({ length: 49 }, (_, n) => bgwRoute(`10.100.${n}.0/24`))],
    [[400, 'invalid-request', 'routes[1].bgwRouteDestination'], () => [bgwRoute('10.7.0.0/16'), bgwRoute('10.8.0.1/16')]],
    [[400, 'invalid-request', 'routes'], () => []],
    [[400, 'invalid-request', 'routes[0].bgwId'], () => [bgwRoute('10.7.0.0/16', { bgwId: 'x' })]],
  ])('or not at all: %j', async (expected, routes) => {
    const { status, body } = await add(routes());
    expect([status, body.code, body.field]).toEqual(expected);
    expect((await region.get(`staticRoutes?bgwId=${bgwId}`)).items).toHaveLength(2);
  });
  it('of a gateway of another region are refused', async () =>
    expect(await regionOf(resources.app, 'elsewhere').refused('POST', `borderGateways/${bgwId}:addStaticRoutes`, { routes: [bgwRoute('10.7.0.0/16')] })).toEqual([404, 'not-found', undefined]));
});

describe('several static routes of a VPC route table', () => {
  it('are made together or not at all', async () => {
    const { vpcId, mainRouteTableId } = await region.make('vpcs', { vpcName: 'v', cidr: '10.200.0.0/16' });
    const route = (destination: string, to = bgwId) => ({ destination, bgwId: to });
    const path = `routeTables/${mainRouteTableId}:addRoutes`;
    expect(await region.refused('POST', path, { routes: [route('10.1.0.0/16')] })).toEqual([422, 'border-gateway-not-attached', 'routes[0].bgwId']);
    await region.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId });
    expect(await region.refused('POST', path, { routes: [route('10.1.0.0/16'), route('10.200.1.0/24')] })).toEqual([422, 'vpc-route-inside-vpc', 'routes[1].destination']);
    expect(await region.refused('POST', path, { routes: [route('10.1.0.0/16'), route('10.2.0.0/16', 'bgw-none')] })).toEqual([422, 'unknown-border-gateway', 'routes[1].bgwId']);
    expect((await region.get(`vpcRoutes?vpcId=${vpcId}`)).items).toEqual([]);
    expect((await region.send('POST', path, { routes: [route('0.0.0.0/0'), route('10.1.0.0/16')] })).body.items.map((each: any) => each.destination)).toEqual(['0.0.0.0/0', '10.1.0.0/16']);
  });
});

describe('several tunnels', () => {
  const path = () => `vpnConnections/${vpnConnectionId}:addTunnels`;
  const pair = (cloud: number, customer: number, more: object = {}) => ({ cloudPublicIp: cloudPublicIp[cloud], customerIp: `203.0.113.${customer}`, ...more });
  it('begin with the initial set, and more follow in one request, each with both ends', async () => {
    expect((await region.send('POST', path())).body.items).toHaveLength(2);
    expect(await region.refused('POST', path())).toEqual([409, 'tunnels-exist', 'tunnels']);
    expect(await region.refused('POST', path(), { tunnels: [{ ikeCipher: 'aes256' }] })).toEqual([422, 'end-point-needed', 'tunnels[0].cloudPublicIp']);
    expect(await region.refused('POST', path(), { tunnels: [pair(0, 2), pair(0, 1)] })).toEqual([409, 'tunnel-pair-taken', 'tunnels[1].customerIp']);
    expect((await region.get(`vpnTunnels?vpnConnectionId=${vpnConnectionId}`)).items).toHaveLength(2);
    const { status, body } = await region.send('POST', path(), { tunnels: [pair(0, 2, { psk: 'one for both of them', ikeCipher: 'aes256' }), pair(1, 1)] });
    expect([status, body.items.map((tunnel: any) => [tunnel.cloudPublicIp, tunnel.customerIp, tunnel.ikeCipher])]).toEqual([201, [[cloudPublicIp[0], '203.0.113.2', 'aes256'], [cloudPublicIp[1], '203.0.113.1', 'aes256']]]);
    for (const { vpnTunnelId } of body.items) expect((await region.verb(`vpnTunnels/${vpnTunnelId}:revealPsk`)).psk).toBe('one for both of them');
  });
});
