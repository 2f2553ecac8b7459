import { http } from '@bordergate/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, netOf, regionOf, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
let at: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  at = await connected(region);
});
afterAll(() => resources.close());

describe('a repeated POST', () => {
  const body = { vpcName: 'twice', cidr: '10.7.0.0/16' };
  it('gets the first answer, and happens once', async () => {
    const first = await region.send('POST', 'vpcs', body, { 'idempotency-key': 'k1' });
    const second = await region.send('POST', 'vpcs', body, { 'idempotency-key': 'k1' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ location: `/v1/regions/cn-north-1/vpcs/${first.body.vpcId}`, etag: first.headers.etag, 'idempotent-replayed': 'true' });
    expect((await region.get('vpcs?name=twice')).items).toHaveLength(1);
  });
  it('with another content is refused', async () => {
    expect(await region.refused('POST', 'vpcs', { ...body, cidr: '10.8.0.0/16' }, { 'idempotency-key': 'k1' })).toEqual([422, 'idempotency-key-reused', 'Idempotency-Key']);
    expect(await region.refused('POST', 'vpcs', body, { 'idempotency-key': 'with space' })).toEqual([400, 'invalid-request', 'Idempotency-Key']);
  });
  it('is of the resource, however its path is escaped', async () => {
    const again = await resources.app.inject({ method: 'POST', url: '/v1/regions/cn%2Dnorth-1/%76pcs', payload: body, headers: { 'idempotency-key': 'k1' } });
    expect([again.statusCode, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
  });
  it('that arrives at the same time waits for the first', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => region.send('POST', 'vpcs', { vpcName: 'race', cidr: '10.7.0.0/16' }, { 'idempotency-key': 'k2' })));
    expect(new Set(answers.map(({ body }) => body.vpcId)).size).toBe(1);
  });
  it('may be tried again with the same key after a refusal', async () => {
    const attach = (vpcId: string) => region.send('POST', 'subnets', { vpcId, subnetName: 's', cidr: '10.7.1.0/24' }, { 'idempotency-key': 'k3' });
    expect((await attach('vpc-none')).status).toBe(422);
    expect((await attach((await region.get('vpcs?name=twice')).items[0].vpcId)).status).toBe(201);
  });
});

describe('an ETag', () => {
  it('is the version, and If-Match holds a change against it', async () => {
    const made = await region.send('POST', 'vpcs', { vpcName: 'tagged', cidr: '10.9.0.0/16' });
    const path = `vpcs/${made.body.vpcId}`;
    expect(made.headers.etag).toBe('"1"');
    expect((await region.send('GET', path)).headers.etag).toBe('"1"');
    const renamed = await region.send('PATCH', path, { vpcName: 'renamed' }, { 'if-match': '"1"' });
    expect([renamed.status, renamed.headers.etag]).toEqual([200, '"2"']);
    expect(await region.refused('PATCH', path, { vpcName: 'x' }, { 'if-match': '"1"' })).toEqual([412, 'version-mismatch', 'If-Match']);
    expect(await region.refused('DELETE', path, undefined, { 'if-match': 'W/"2"' })).toEqual([412, 'version-mismatch', 'If-Match']);
    expect(await region.refused('DELETE', path, undefined, { 'if-match': '2' })).toEqual([400, 'invalid-request', 'If-Match']);
    for (const tag of ['"2" "2"', '"2', ',', ' ', '* , "2"']) expect(await region.refused('DELETE', path, undefined, { 'if-match': tag })).toEqual([400, 'invalid-request', 'If-Match']);
    for (const tag of ['"02"', '"a,2"', '"1", "2,"', ', "1" ,,', '"\xe9"']) expect(await region.refused('DELETE', path, undefined, { 'if-match': tag })).toEqual([412, 'version-mismatch', 'If-Match']);
    expect((await region.send('PATCH', path, {}, { 'if-match': '*' })).headers.etag).toBe('"2"');
    expect((await region.send('DELETE', path, undefined, { 'if-match': ', "1" , , "2",' })).status).toBe(204);
    expect(await region.refused('DELETE', path, undefined, { 'if-match': '"2"' })).toEqual([404, 'not-found', undefined]);
  });
  it('of one tunnel does not change with another', async () => {
    const { body: { items } } = await region.send('POST', `vpnConnections/${at.connection.vpnConnectionId}:addTunnels`);
    const [one, two] = items.map((t: any) => `vpnTunnels/${t.vpnTunnelId}`);
    const { etag } = (await region.send('GET', one)).headers;
    await region.change(two, { ikeCipher: 'aes256' });
    await region.verb(`${one}:revealPsk`);
    expect((await region.send('POST', `${one}:disable`, undefined, { 'if-match': String(etag) })).status).toBe(200);
    expect((await region.refused('POST', `${one}:enable`, undefined, { 'if-match': String(etag) }))[0]).toBe(412);
    const repeated = await region.send('POST', `${one}:disable`);
    expect(repeated.status).toBe(200);
  });
});

describe('a list', () => {
  it('comes in pages, each resource once, in the order of creation', async () => {
    const r = regionOf(resources.app, 'paged');
    const made: string[] = [];
    for (let n = 1; n <= 7; n++) made.push((await r.make('publicAddresses', { publicAddress: `198.51.100.${100 - n}`, node: n % 2 ? 'odd' : 'even' })).publicAddress);
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages++) {
      const page = await r.get(`publicAddresses?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(page.items.length).toBe(pages < 2 ? 3 : 1);
      seen.push(...page.items.map((a: any) => a.publicAddress));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(made);
    expect((await r.get('publicAddresses?limit=7')).nextCursor).toBeNull();
    expect((await r.get('publicAddresses?node=even')).items).toHaveLength(3);
  });
  it('is of one region only', async () => {
    expect((await regionOf(resources.app, 'elsewhere').get('borderGateways')).items).toEqual([]);
    expect(await regionOf(resources.app, 'elsewhere').refused('GET', `borderGateways/${at.gateway.bgwId}`)).toEqual([404, 'not-found', undefined]);
  });
  it('of regions has those with something in them, in order', async () => {
    await regionOf(resources.app, 'a-region').send('POST', 'publicAddresses', { publicAddress: '203.0.113.99', node: 'node-1' });
    const { items } = (await resources.app.inject({ url: '/v1/regions' })).json();
    expect(items.map((item: { region: string }) => item.region)).toEqual(expect.arrayContaining(['a-region', 'cn-north-1']));
    expect(items).toEqual([...items].sort((a, b) => (a.region < b.region ? -1 : 1)));
  });
  it('is filtered by exact values', async () => {
    expect((await region.get(`vpnTunnels?bgwId=${at.gateway.bgwId}&cloudPublicIp=198.51.100.1`)).items).toHaveLength(1);
    expect((await region.get('borderGateways?bgwName=idc')).items).toHaveLength(1);
    expect((await region.get(`vpnConnections?cgwId=${at.customer.customerGatewayId}`)).items).toHaveLength(1);
  });
  it.each([['limit=0', 'limit'], ['limit=x', 'limit'], ['limit=201', 'limit'], ['limit=0x10', 'limit'], ['limit=1e2', 'limit'], ['limit=', 'limit'], ['cursor=nonsense', 'cursor'], ['cursor=', 'cursor'], [`cursor=${Buffer.from('2026-01-01T00:00:00.000Z 1 x').toString('base64')}%3D`, 'cursor'], ['colour=red', 'colour'], ['name=a&name=b', 'name'], ['name=%00', 'name'], ['name=a&vpcName=a', 'name'], ['constructor=x', 'constructor'], ['__proto__=x', '__proto__']])(
    'refuses ?%s', async (query, field) => expect(await region.refused('GET', `vpcs?${query}`)).toEqual([400, 'invalid-request', field]));
  it.each([['vpnTunnels', 'adminStatus', 'up', 'UP'], ['virtualInterfaces', 'adminStatus', '', 'DOWN'], ['vpcAttachments', 'propagateType', 'some', 'none'], ['staticRoutes', 'bgwRouteNextHopType', 'vpn', 'private_vif']])(
    'of %s refuses a word that %s never is', async (list, field, wrong, right) => {
      expect(await region.refused('GET', `${list}?${field}=${wrong}`)).toEqual([400, 'invalid-request', field]);
      expect((await region.send('GET', `${list}?${field}=${right}`)).status).toBe(200);
    });
});

describe('a refusal', () => {
  const vpc = { vpcName: 'v', cidr: '10.0.0.0/16' };
  it.each<[name: string, expected: unknown[], method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown]>([
    ['an identity that is anyone\'s', [400, 'invalid-request', 'remoteId'], 'PATCH', 'vpnTunnels/tun-x', { remoteId: '%any' }],
    ['a missing field', [400, 'invalid-request', 'cidr'], 'POST', 'vpcs', { vpcName: 'v' }],
    ['an unknown field', [400, 'invalid-request', 'colour'], 'POST', 'vpcs', { ...vpc, colour: 'red' }],
    ['a wrong type', [400, 'invalid-request', 'vpcName'], 'POST', 'vpcs', { ...vpc, vpcName: 7 }],
    ['null', [400, 'invalid-request', 'description'], 'POST', 'vpcs', { ...vpc, description: null }],
    ['a list instead of an object', [400, 'invalid-request', undefined], 'POST', 'vpcs', []],
    ['host bits', [400, 'invalid-request', 'cidr'], 'POST', 'vpcs', { ...vpc, cidr: '10.0.0.1/16' }],
    ['a name that is none', [400, 'invalid-request', 'vpcName'], 'POST', 'vpcs', { ...vpc, vpcName: 'a b' }],
    ['a description with NUL', [400, 'invalid-request', 'description'], 'POST', 'vpcs', { ...vpc, description: 'a\0b' }],
    ['half a surrogate pair', [400, 'invalid-request', 'description'], 'POST', 'vpcs', '{"vpcName":"v","cidr":"10.0.0.0/16","description":"\\ud800"}'],
    ['an AS number of nobody', [400, 'invalid-request', 'bgpAsn'], 'POST', 'customerGateways', { customerGatewayName: 'c', customerIps: ['203.0.113.9'], bgpAsn: 23456 }],
    ['three addresses', [400, 'invalid-request', 'customerIps'], 'POST', 'customerGateways', { customerGatewayName: 'c', customerIps: ['203.0.113.8', '203.0.113.9', '203.0.113.10'], bgpAsn: 65002 }],
    ['an edge gateway', [400, 'invalid-request', 'azType'], 'POST', 'borderGateways', { bgwName: 'e', azType: 'edge' }],
    ['an address of IPv6', [400, 'invalid-request', 'customerIps[0]'], 'POST', 'customerGateways', { customerGatewayName: 'c', customerIps: ['2001:db8::1'], bgpAsn: 65002 }],
    ['a private address', [422, 'customer-ip-not-routable', 'customerIps[0]'], 'POST', 'customerGateways', { customerGatewayName: 'c', customerIps: ['192.168.0.1'], bgpAsn: 65002 }],
    ['an address pool twice', [409, 'public-address-exists', 'publicAddress'], 'POST', 'publicAddresses', { publicAddress: '198.51.100.1', node: 'node-1' }],
    ['a reference to nothing', [422, 'unknown-vpc', 'vpcId'], 'POST', 'subnets', { vpcId: 'vpc-none', subnetName: 's', cidr: '10.0.0.0/24' }],
    ['a reference with NUL', [422, 'unknown-vpc', 'vpcId'], 'POST', 'subnets', { vpcId: '\0', subnetName: 's', cidr: '10.0.0.0/24' }],
    ['a huge reference', [422, 'unknown-border-gateway', 'bgwId'], 'POST', 'vpcAttachments', { vpcAttachmentName: 'a', bgwId: 'x'.repeat(100_000), vpcId: '\ud800' }],
    ['a table of nobody', [422, 'unknown-route-table', 'routeTableId'], 'POST', 'routePropagations', { routeTableId: '\0', bgwId: 'x' }],
    ['a table of nobody for a route', [422, 'unknown-route-table', 'routeTableId'], 'POST', 'vpcRoutes', { routeTableId: 'rtb-x', bgwId: '\0', destination: '10.0.0.0/8' }],
    ['a connection of nobody', [422, 'unknown-border-gateway', 'bgwId'], 'POST', 'vpnConnections', { vpnConnectionName: 'v', bgwId: '\0', cgwId: '\0' }],
    ['a tunnel of nobody', [422, 'unknown-vpn-connection', 'vpnConnectionId'], 'POST', 'vpnTunnels', { vpnConnectionId: '\0', cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1' }],
    ['a route to nobody', [422, 'unknown-border-gateway', 'bgwId'], 'POST', 'staticRoutes', { bgwId: '\0', bgwRouteDestination: '10.0.0.0/8', bgwRouteNexthop: '\0' }],
    ['an unknown id', [404, 'not-found', undefined], 'GET', 'vpcs/vpc-none'],
    ['an id with NUL', [404, 'not-found', undefined], 'GET', 'vpcs/a%00b'],
    ['an unknown id to change', [404, 'not-found', undefined], 'PATCH', 'vpnConnections/vpn-none', {}],
    ['an unknown id to delete', [404, 'not-found', undefined], 'DELETE', 'subnets/subnet-none'],
    ['an unknown id to enable', [404, 'not-found', undefined], 'POST', 'vpnTunnels/tun-none:enable'],
    ['an unknown id to extend', [404, 'not-found', undefined], 'POST', 'vpnConnections/vpn-none:addTunnels'],
    ['an unknown verb', [405, 'method-not-allowed', undefined], 'POST', 'vpnTunnels/tun-none:explode'],
    ['an unknown collection', [404, 'no-such-route', undefined], 'GET', 'gateways'],
    ['a method that a resource has not', [405, 'method-not-allowed', undefined], 'PATCH', 'publicAddresses/198.51.100.1', {}],
    ['a PSK that strongSwan would read as hex', [400, 'invalid-request', 'psk'], 'PATCH', 'vpnTunnels/tun-none', { psk: '0x0123456789' }],
    ['a PSK in an initial tunnel', [400, 'invalid-request', 'tunnels[1].psk'], 'POST', 'vpnConnections/x:addTunnels', { tunnels: [{}, { psk: 'short' }] }],
  ])('%s', async (_, expected, method, path, body) => expect(await region.refused(method, path, body, body === undefined ? {} : { 'content-type': 'application/json' })).toEqual(expected));

  it('broken JSON, another type, too much of it', async () => {
    const json = { 'content-type': 'application/json' };
    expect(await region.refused('POST', 'vpcs', '{"vpcName":', json)).toEqual([400, 'malformed-json', undefined]);
    expect(await region.refused('POST', 'vpcs', 'vpcName=v', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual([415, 'unsupported-media-type', undefined]);
    expect(await region.refused('POST', 'vpcs', { ...vpc, description: 'x'.repeat(2_000_000) })).toEqual([413, 'body-too-large', undefined]);
    expect((await region.refused('POST', 'vpcs', '"__proto__"', json))[0]).toBe(400);
  });
  it.each(['CN', 'a_b', '1', 'x'.repeat(33), '%00', '北京', '..%2f'])('region %s', async (name) => {
    const [status] = await regionOf(resources.app, encodeURI(name).replaceAll('%25', '%')).refused('GET', 'vpcs');
    expect([400, 404]).toContain(status);
  });
  it('a full quota', async () => {
    const gateway = (n: number) => ({ customerGatewayName: `q${n}`, customerIps: [`203.0.113.${n}`], bgpAsn: 65001 });
    await region.change('quotas/customer_gateway', { maxLimit: 3 });
    for (const n of [11, 12]) await region.make('customerGateways', gateway(n));
    expect(await region.refused('POST', 'customerGateways', gateway(13))).toEqual([409, 'quota-exceeded', 'region']);
  });
  it('a reference into another region', async () => {
    const r = regionOf(resources.app, 'far-away');
    const { connection, gateway, customer } = await connected(r, 'far');
    expect(await r.refused('POST', 'vpnConnections', { vpnConnectionName: 'x', bgwId: at.gateway.bgwId, cgwId: customer.customerGatewayId })).toEqual([422, 'unknown-border-gateway', 'bgwId']);
    expect(await r.refused('POST', 'vpnConnections', { vpnConnectionName: 'x', bgwId: gateway.bgwId, cgwId: at.customer.customerGatewayId })).toEqual([422, 'unknown-customer-gateway', 'cgwId']);
    expect(await r.refused('POST', 'vpnTunnels', { vpnConnectionId: at.connection.vpnConnectionId, cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1' })).toEqual([422, 'unknown-vpn-connection', 'vpnConnectionId']);
    expect(await r.refused('POST', 'staticRoutes', { bgwId: at.gateway.bgwId, bgwRouteDestination: '10.0.0.0/8', bgwRouteNexthop: connection.vpnConnectionId })).toEqual([422, 'unknown-border-gateway', 'bgwId']);
    expect(await r.refused('POST', 'staticRoutes', { bgwId: gateway.bgwId, bgwRouteDestination: '10.0.0.0/8', bgwRouteNexthop: at.connection.vpnConnectionId })).toEqual([422, 'unknown-next-hop', 'bgwRouteNexthop']);
    expect(await r.refused('DELETE', `customerGateways/${at.customer.customerGatewayId}`)).toEqual([404, 'not-found', undefined]);
    const { vpcId } = await region.make('vpcs', { vpcName: 'near', cidr: '10.20.0.0/16' });
    expect(await r.refused('POST', 'vpcAttachments', { vpcAttachmentName: 'x', bgwId: gateway.bgwId, vpcId })).toEqual([422, 'unknown-vpc', 'vpcId']);
    expect(await r.refused('POST', 'subnets', { vpcId, subnetName: 'x', cidr: '10.20.0.0/24' })).toEqual([422, 'unknown-vpc', 'vpcId']);
  });
  it('equal AS numbers, as soon as BGP would run', async () => {
    const r = regionOf(resources.app, 'asn');
    const { gateway, customer } = await connected(r);
    const body = { vpnConnectionName: 'x', bgwId: gateway.bgwId, cgwId: customer.customerGatewayId, localAsn: 65001 };
    expect(await r.refused('POST', 'vpnConnections', body)).toEqual([422, 'ebgp-needs-different-asn', 'localAsn']);
    for (const publicAddress of [`${netOf(r)}.3`, `${netOf(r)}.4`]) await r.make('publicAddresses', { publicAddress, node: 'node-1' });
    const { vpnConnectionId } = await r.make('vpnConnections', { ...body, bgpEnabled: false });
    expect(await r.refused('PATCH', `vpnConnections/${vpnConnectionId}`, { bgpEnabled: true })).toEqual([422, 'ebgp-needs-different-asn', 'bgpEnabled']);
    expect(await r.refused('PATCH', `vpnConnections/${vpnConnectionId}`, { localAsn: 65000 })).toEqual([400, 'invalid-request', 'localAsn']);
  });
  it('two changes at once cannot both pass a rule that spans them', async () => {
    const r = regionOf(resources.app, 'racing');
    const made = await Promise.all(Array.from({ length: 9 }, (_, n) => r.send('POST', 'borderGateways', { bgwName: `g${n}` })));
    expect(made.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 409, 409, 409, 409]);
  });
});

it('names, and customer gateways with all they have, may repeat', async () => {
  const ids = new Set<string>();
  for (const name of ['same-1', 'same-1', 'same-2']) {
    const r = regionOf(resources.app, name);
    const body = { customerGatewayName: 'same', customerIps: ['203.0.113.50'], bgpAsn: 65009 };
    ids.add((await r.make('customerGateways', body)).customerGatewayId);
  }
  expect(ids.size).toBe(3);
  const r = regionOf(resources.app, 'two-connections');
  const { gateway, customer } = await connected(r);
  for (const n of [1, 2]) await r.make('publicAddresses', { publicAddress: `198.51.99.${n}`, node: `node-${n}` });
  await r.make('vpnConnections', { vpnConnectionName: 'idc', bgwId: gateway.bgwId, cgwId: customer.customerGatewayId });
  expect((await r.get('vpnConnections?name=idc')).items).toHaveLength(2);
});

it('describes its API, without what is internal', async () => {
  const document = (await resources.app.inject('/openapi.json')).json();
  const paths = Object.keys(document.paths);
  for (const [collection, { id }] of Object.entries(http.COLLECTIONS)) {
    expect(paths).toEqual(expect.arrayContaining([`/v1/regions/{region}/${collection}`, `/v1/regions/{region}/${collection}/{id}`]));
    const schema = document.paths[`/v1/regions/{region}/${collection}/{id}`].get.responses['200'].content['application/json'].schema.$ref.split('/').at(-1);
    expect(Object.keys(document.components.schemas[schema].properties)).toContain(id);
  }
  expect(paths).toEqual(expect.arrayContaining(['/v1/regions/{region}/vpnTunnels/{id}:enable', '/v1/regions/{region}/vpnTunnels/{id}:revealPsk', '/v1/regions/{region}/vpnConnections/{id}:addTunnels']));
  expect(JSON.stringify(document)).not.toContain('internal/v1');
  for (const path of ['/v1/regions/{region}/vpnConnections/{id}/clientConfig', '/v1/regions/{region}/vpnTunnels/{id}/clientConfig']) {
    expect(document.paths[path].get.parameters.filter((p: any) => p.in === 'query').map((p: any) => [p.name, p.required])).toEqual([['device', true], ['networks', false], ['outsideInterface', false], ['knownHash', false]]);
  }
  const operations = Object.values<any>(document.paths).flatMap((path) => Object.values<any>(path).map(({ operationId }) => operationId));
  expect(new Set(operations).size).toBe(operations.length);
});
