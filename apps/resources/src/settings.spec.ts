import { keyOf, QUOTAS, QuotaType, TOPICS, type BgpObservation, type JournalRecord, type VpcRoutePropagated } from '@bordergate/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, regionOf, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
let at: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  at = await connected(region);
});
afterAll(() => resources.close());

const quota = (type: string, parent?: string) => region.get(`quotas/${type}${parent === undefined ? '' : `?parentResourceId=${parent}`}`);

describe('the quotas of a region', () => {
  it('are all there from the first day, with the defaults', async () => {
    const { items, nextCursor } = await regionOf(resources.app, 'untouched').get('quotas?limit=200');
    expect(items.map(({ type, maxLimit }: any) => [type, maxLimit])).toEqual(QuotaType.options.map((type) => [type, QUOTAS[type].maxLimit]));
    expect(nextCursor).toBeNull();
  });
  it('stand beside what there is, in the region and of each parent', async () => {
    const { gateway: { bgwId }, connection: { vpnConnectionId }, customer: { customerGatewayId } } = at;
    await region.make('staticRoutes', { bgwId, bgwRouteDestination: '10.1.0.0/16', bgwRouteNexthop: vpnConnectionId });
    await region.send('POST', `vpnConnections/${vpnConnectionId}:addTunnels`);
    expect(await quota('bgw')).toEqual({ type: 'bgw', parentResourceId: null, maxLimit: 5, count: 1, fixed: false });
    expect(await quota('bgw_route', bgwId)).toEqual({ type: 'bgw_route', parentResourceId: bgwId, maxLimit: 50, count: 1, fixed: false });
    expect(await quota('vpn_connection', bgwId)).toMatchObject({ maxLimit: 10, count: 1 });
    expect(await quota('vpn_tunnel', vpnConnectionId)).toMatchObject({ maxLimit: 4, count: 2, fixed: true });
    expect(await quota('vpn_connection_ip', vpnConnectionId)).toMatchObject({ maxLimit: 2, count: 2, fixed: true });
    expect(await quota('customer_gateway_ip', customerGatewayId)).toMatchObject({ maxLimit: 4, count: 2, fixed: true });
    expect((await region.get('quotas?type=bgw_route')).items.map(({ parentResourceId, count }: any) => [parentResourceId, count])).toEqual([[null, null], [bgwId, 1]]);
    expect((await region.get(`quotas?parentResourceId=${bgwId}`)).items.map(({ type }: any) => type)).toEqual(['bgw_route', 'bgw_propagated_route', 'vpc_attachment', 'vpn_connection', 'vif']);
  });
  it('count the routes that nobody typed in', async () => {
    const { bgwId } = at.gateway;
    const r = regionOf(resources.app, region.region);
    const { vpcId, mainRouteTableId } = await r.make('vpcs', { vpcName: 'counted', cidr: '10.50.0.0/16' });
    for (const n of [1, 2, 3]) await r.make('subnets', { vpcId, subnetName: `s${n}`, cidr: `10.50.${n}.0/24` });
    await r.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId });
    const tunnel = { region: region.region, borderGatewayId: bgwId, vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: 'n' };
    const since = '2026-11-21T10:00:00.000Z';
    const announced = (prefix: string, epoch: number, peer = 'tun-1'): JournalRecord => ({ key: keyOf.bgpRoute(bgwId, peer, prefix), partitionKey: bgwId, event: { data: { type: 'BgpRouteAnnounced', ...tunnel, epoch, prefix, asPath: [65010], asPathLength: 1, origin: 'igp', med: null, communities: [], since } satisfies BgpObservation } as never });
    const session: JournalRecord = { key: keyOf.bgpSession(bgwId, 'tun-1'), partitionKey: bgwId, event: { data: { type: 'BgpSessionEstablished', ...tunnel, epoch: 2, neighborAddress: '169.254.0.1', neighborAsn: 65010, since } satisfies BgpObservation } as never };
    const stale = announced('10.9.0.0/16', 1), twice = announced('10.60.0.0/16', 2);
    await resources.journal.publish(TOPICS.ribIn, [stale, twice, session, twice, announced('10.61.0.0/16', 2), announced('10.50.1.0/24', 2)]); // the last one is a subnet's, too
    const candidates = (['propagated', 'static', 'propagated'] as const).map((routeType) => ({ routeType, borderGatewayId: bgwId, vpcRouteId: null, propagationId: null, effective: false, because: 'equal-cost' as const }));
    const row: VpcRoutePropagated = { type: 'VpcRoutePropagated', region: region.region, vpcId, routeTableId: mainRouteTableId, prefix: '10.60.0.0/16', candidates };
    await resources.journal.publish(TOPICS.vpcRoutes, [{ key: keyOf.vpcRoute(mainRouteTableId, '10.60.0.0/16'), partitionKey: vpcId, event: { data: row } as never }]);
    await expect.poll(async () => (await quota('bgw_propagated_route', bgwId)).count).toBe(5);
    await expect.poll(async () => (await quota('vpc_propagated_route', mainRouteTableId)).count).toBe(2);
    await resources.journal.publish(TOPICS.ribIn, [{ key: session.key, partitionKey: bgwId, event: null }]);
    await expect.poll(async () => (await quota('bgw_propagated_route', bgwId)).count).toBe(3);
  });
  it('come in pages', async () => {
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: any = await region.get(`quotas?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual((await region.get('quotas?limit=200')).items);
  });
  it.each([['quotas/nonsense', [404, 'not-found', undefined]], ['quotas/bgw_route?parentResourceId=bgw-none', [404, 'not-found', undefined]], ['quotas?type=nonsense', [400, 'invalid-request', 'type']], ['quotas?cursor=x', [400, 'invalid-request', 'cursor']]])(
    'refuse %s', async (path, expected) => expect(await region.refused('GET', path)).toEqual(expected));
});

describe('a limit', () => {
  it('is raised and lowered, for the region or one parent, and is kept to', async () => {
    const r = regionOf(resources.app, 'limited');
    expect(await r.change('quotas/bgw', { maxLimit: 1 })).toEqual({ type: 'bgw', parentResourceId: null, maxLimit: 1, count: 0, fixed: false });
    const { bgwId } = await r.make('borderGateways', { bgwName: 'g' });
    const answer = await r.send('POST', 'borderGateways', { bgwName: 'h' });
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([409, 'quota-exceeded', 'region']);
    expect(answer.body.detail).toBe('at most 1 border gateways in a region; there are 1 (quota bgw)');
    await r.change('quotas/bgw', { maxLimit: 6 });
    for (const bgwName of ['h', 'i', 'j', 'k', 'l']) await r.make('borderGateways', { bgwName });
    // below what is there: only new ones are refused
    expect(await r.change('quotas/bgw', { maxLimit: 2 })).toMatchObject({ maxLimit: 2, count: 6 });
    expect((await r.get('borderGateways')).items).toHaveLength(6);
    expect(await r.change('quotas/vpc_attachment', { parentResourceId: bgwId, maxLimit: 0 })).toMatchObject({ parentResourceId: bgwId, maxLimit: 0, count: 0 });
    const { vpcId } = await r.make('vpcs', { vpcName: 'v', cidr: '10.0.0.0/16' });
    expect(await r.refused('POST', 'vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId })).toEqual([409, 'quota-exceeded', 'bgwId']);
    expect(await r.change('quotas/vpc_attachment', { parentResourceId: bgwId, maxLimit: null })).toMatchObject({ maxLimit: 50 });
    await r.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId });
  });
  it('is changed under the version of the settings that was seen', async () => {
    const r = regionOf(resources.app, 'tagged');
    expect((await r.send('GET', 'quotas')).headers.etag).toBe('"0"');
    expect((await r.send('PATCH', 'quotas/vpc', { maxLimit: 11 }, { 'if-match': '"0"' })).headers.etag).toBe('"1"');
    expect(await r.refused('PATCH', 'quotas/vpc', { maxLimit: 12 }, { 'if-match': '"0"' })).toEqual([412, 'version-mismatch', 'If-Match']);
    expect(await r.refused('PATCH', 'policy', { weakAlgorithms: 'refuse' }, { 'if-match': '"0"' })).toEqual([412, 'version-mismatch', 'If-Match']);
    expect((await r.send('PATCH', 'quotas/vpc', { maxLimit: 11 }, { 'if-match': '"1"' })).headers.etag).toBe('"1"');
  });
  it.each<[expected: unknown[], path: string, body: object]>([
    [[422, 'quota-fixed', 'type'], 'quotas/vpn_connection_ip', { maxLimit: 3 }],
    [[422, 'quota-fixed', 'type'], 'quotas/customer_gateway_ip', { maxLimit: 8 }],
    [[422, 'quota-fixed', 'type'], 'quotas/vpn_tunnel_pair', { maxLimit: 2 }],
    [[422, 'quota-has-no-parent', 'parentResourceId'], 'quotas/bgw', { maxLimit: 3, parentResourceId: 'bgw-1' }],
    [[422, 'unknown-parent-resource', 'parentResourceId'], 'quotas/bgw_route', { maxLimit: 3, parentResourceId: 'bgw-1' }],
    [[400, 'invalid-request', 'maxLimit'], 'quotas/bgw', {}],
    [[400, 'invalid-request', 'maxLimit'], 'quotas/bgw', { maxLimit: -1 }],
    [[404, 'not-found', undefined], 'quotas/nonsense', { maxLimit: 1 }],
  ])('refuses %j: %s %j', async (expected, path, body) => expect(await region.refused('PATCH', path, body)).toEqual(expected));
  it("of another region's parent is refused", async () =>
    expect(await regionOf(resources.app, 'elsewhere').refused('PATCH', 'quotas/bgw_route', { maxLimit: 3, parentResourceId: at.gateway.bgwId })).toEqual([422, 'unknown-parent-resource', 'parentResourceId']));
  it('outlives a rebuild of the view', async () => {
    await region.change('quotas/vpc_subnet', { maxLimit: 77 });
    await resources.rebuild();
    expect(await quota('vpc_subnet')).toMatchObject({ maxLimit: 77 });
  });
});

describe('a region that refuses weak algorithms', () => {
  it('refuses them by field; tunnels that have them stay, and stay marked', async () => {
    const r = regionOf(resources.app, 'strict');
    const { connection: { vpnConnectionId, cloudPublicIp: [cloudPublicIp] } } = await connected(r);
    const weak = { vpnConnectionId, cloudPublicIp, customerIp: '203.0.113.1', ikeCipher: '3des' };
    const { vpnTunnelId } = await r.make('vpnTunnels', weak);
    expect(await r.get('policy')).toEqual({ region: 'strict', weakAlgorithms: 'accept' });
    expect(await r.change('policy', { weakAlgorithms: 'refuse' })).toEqual({ region: 'strict', weakAlgorithms: 'refuse' });
    expect(await r.refused('POST', 'vpnTunnels', { ...weak, customerIp: '203.0.113.2' })).toEqual([422, 'weak-algorithm', 'ikeCipher']);
    expect(await r.refused('PATCH', `vpnTunnels/${vpnTunnelId}`, { ipsecAuth: 'sha1' })).toEqual([422, 'weak-algorithm', 'ipsecAuth']);
    expect(await r.change(`vpnTunnels/${vpnTunnelId}`, { ikeSaLifeSec: 3_600 })).toMatchObject({ ikeSaLifeSec: 3_600, weakAlgorithms: ['ikeCipher:3des'] });
    expect(await r.refused('PATCH', 'policy', { weakAlgorithms: 'perhaps' })).toEqual([400, 'invalid-request', 'weakAlgorithms']);
  });
});
