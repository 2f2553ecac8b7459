import { http, QUOTAS, QuotaType } from '@bordergate/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connected, testResources, type TestResources } from './region.test-support.js';

// Whatever is sent: an answer below 500. Postgres takes no NUL and no half of a surrogate pair, and JSON carries both.
let resources: TestResources;
let valid: [method: 'POST' | 'PATCH', path: string, body: Record<string, unknown>][];
beforeAll(async () => {
  resources = await testResources();
  const { region } = resources;
  for (const type of QuotaType.options) if (!('fixed' in QUOTAS[type])) await region.change(`quotas/${type}`, { maxLimit: 1_000 });
  const { gateway: { bgwId }, customer, connection: { vpnConnectionId } } = await connected(region);
  const { vpcId, mainRouteTableId: routeTableId } = await region.make('vpcs', { vpcName: 'v', cidr: '10.0.0.0/16' });
  const { subnetId } = await region.make('subnets', { vpcId, subnetName: 's', cidr: '10.0.1.0/24' });
  const { vpcAttachmentId } = await region.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId });
  const tunnel = { vpnConnectionId, cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1', tunnelIp: '10.9.0.0/30', localTunnelIp: '10.9.0.1', localId: 'l', remoteId: 'r', psk: 'a secret of some length', ikeVersion: 'v1' };
  const { vpnTunnelId } = await region.make('vpnTunnels', tunnel);
  const { vpnConnectionId: _, cloudPublicIp: __, customerIp: ___, ...change } = tunnel;
  valid = [
    ['POST', 'vpcs', { vpcName: 'v', description: 'd', cidr: '10.0.0.0/16' }], ['PATCH', `vpcs/${vpcId}`, { vpcName: 'v', description: 'd' }],
    ['POST', 'subnets', { vpcId, subnetName: 's', cidr: '10.0.0.0/24', routeTableId }], ['PATCH', `subnets/${subnetId}`, { routeTableId }],
    ['POST', 'routeTables', { vpcId, routeTableName: 't' }], ['POST', 'routePropagations', { routeTableId, bgwId, propagationCidrs: ['0.0.0.0/0'] }],
    ['POST', 'vpcRoutes', { routeTableId, destination: '172.16.0.0/12', bgwId, description: '' }], ['POST', 'borderGateways', { bgwName: 'g', description: 'd', azType: 'standard' }],
    ['POST', 'vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId, propagateType: 'partial', subnetIds: [subnetId] }],
    ['PATCH', `vpcAttachments/${vpcAttachmentId}`, { vpcAttachmentName: 'a', vpcId, propagateType: 'partial', subnetIds: [subnetId] }],
    ['POST', 'staticRoutes', { bgwId, bgwRouteDestination: '10.0.0.0/8', bgwRouteNextHopType: 'vpn_connection', bgwRouteNexthop: vpnConnectionId, description: 'd' }],
    ['POST', 'customerGateways', { customerGatewayName: 'c', description: 'd', customerIps: ['203.0.113.5'], bgpAsn: 65001 }],
    ['PATCH', `customerGateways/${customer.customerGatewayId}`, { customerGatewayName: 'c', customerIps: ['203.0.113.5'] }],
    ['POST', 'vpnConnections', { vpnConnectionName: 'n', bgwId, cgwId: customer.customerGatewayId, bgpEnabled: true, localAsn: 65000, bgpHoldSec: 9 }],
    ['PATCH', `vpnConnections/${vpnConnectionId}`, { vpnConnectionName: 'n', bgpEnabled: false, bfdMultiplier: 3 }],
    ['POST', 'vpnTunnels', tunnel], ['PATCH', `vpnTunnels/${vpnTunnelId}`, change], ['POST', `vpnConnections/${vpnConnectionId}:addTunnels`, { tunnels: [change] }],
    ['POST', 'publicAddresses', { publicAddress: '198.51.100.77', node: 'n' }], ['PATCH', 'quotas/bgw_route', { parentResourceId: bgwId, maxLimit: 1_000 }],
    ['PATCH', 'policy', { weakAlgorithms: 'accept' }],
  ];
});
afterAll(() => resources.close());

const nasty = fc.oneof(
  fc.constantFrom<unknown>(null, '', '\0', 'a\0b', '\ud800', '\udc00x', '北京', '🛰'.repeat(100), 'x'.repeat(5_000), -1, 0, 1e308, 1.5, 65_536, true, [], {}, ['\0'], [null], { $ne: 1 }, "'; drop table resource; --", '0.0.0.0/0', '255.255.255.255/32', '203.0.113.1', 'v1'),
  fc.string({ unit: 'binary', maxLength: 40 }), fc.jsonValue({ maxDepth: 2 }),
);

it('a body with something nasty in it', async () => {
  await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(), nasty, async (which, field, value) => {
    const [method, path, body] = valid[which % valid.length]!;
    const name = Object.keys(body)[field % Object.keys(body).length]!;
    const answer = await resources.app.inject({ method, url: `/v1/regions/cn-north-1/${path}`, headers: { 'content-type': 'application/json' }, payload: JSON.stringify({ ...body, [name]: value }) });
    expect([answer.statusCode < 500, answer.statusCode < 500 ? '' : `${method} ${path} ${name} ${JSON.stringify(value)}: ${answer.body}`]).toEqual([true, '']);
  }), { numRuns: 400 });
});

it('a body that is nothing like it', async () => {
  await fc.assert(fc.asyncProperty(fc.nat(), fc.oneof(fc.json(), fc.string()), async (which, payload) => {
    const [method, path] = valid[which % valid.length]!;
    const answer = await resources.app.inject({ method, url: `/v1/regions/cn-north-1/${path}`, headers: { 'content-type': 'application/json' }, payload });
    expect(answer.statusCode).toBeLessThan(500);
  }), { numRuns: 100 });
});

it('paths, queries and headers', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('\0', '..', '*', "'", 'vpc-\0', '%', 'x'.repeat(300))).map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '')));
  const header = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
  const collections = fc.constantFrom(...Object.keys(http.COLLECTIONS));
  const method = fc.constantFrom('GET' as const, 'PATCH' as const, 'DELETE' as const, 'POST' as const);
  await fc.assert(fc.asyncProperty(method, collections, text, text, header, fc.boolean(), async (method, collection, id, query, value, verb) => {
    const url = `/v1/regions/cn-north-1/${collection}/${id}${verb ? ':enable' : ''}?name=${query}&cursor=${query}`;
    for (const path of [url, `/v1/regions/cn-north-1/${collection}?name=${query}`, `/v1/regions/${id}/${collection}`, `/internal/v1/psks/${id}`]) {
      const answer = await resources.app.inject({ method, url: path, headers: { 'if-match': value, 'idempotency-key': value, authorization: `Bearer ${value}`, 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { payload: '{}' }) });
      expect([answer.statusCode < 500, answer.statusCode < 500 ? '' : `${method} ${path}: ${answer.body}`]).toEqual([true, '']);
    }
  }), { numRuns: 100 });
});

it('leaves a log from which the view can be made anew', async () => {
  const rows = () => resources.db.query('select * from resource order by tenant, region, kind, id');
  const kept = await rows();
  await resources.rebuild();
  expect(await rows()).toEqual(kept);
});
