import { randomUUID } from 'node:crypto';
import { BgpObservation, cloudEventType, http, keyOf, peerIdOf, streamOf, TOPICS, type Decision, type JournalRecord, type Topic, type TunnelObservation } from '@bordergate/contracts';
import { createLog, MemoryJournal, NotOwner, type Journal } from '@bordergate/platform';
import { Router } from '@bordergate/routing-core';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouting, type Routing } from './index.js';

const REGION = 'cn-north-1';
const BASE = `/v1/regions/${REGION}`;
const options = {
  ikeVersion: 'v2', ikeMode: 'main', ikeKeyExchange: 'ecp256', ikeCipher: 'aes128', ikeAuth: 'sha256', ikeDpdSec: 10, ikeSaLifeSec: 14_400, ipsecCipher: 'aes128', ipsecAuth: 'sha256',
  ipsecKeyExchange: null, ipsecSaLifeSec: 3_600, ipsecSaLifepkt: 0, ipsecSaLifebyte: 0, bandwidthMbps: 1_500,
} as const;
const ref = { region: REGION, borderGatewayId: 'g', vpnConnectionId: 'c', tunnelId: 't1', node: 'n1' };

function record(key: string, data: { type: string } | null, id: string = randomUUID()): JournalRecord {
  const event = data && {
    specversion: '1.0' as const, id, source: '/test', type: cloudEventType(data.type), subject: key, time: '2026-01-01T00:00:00.000Z', data, tenant: 'acme', actor: 'ann',
    correlationid: `request-of-${id}`, causationid: id, partitionkey: key,
  };
  return { key, partitionKey: key, event };
}
let position = 0;
const decided = (stream: string, decision: Decision, id?: string) => {
  const made = record(stream, decision, id);
  return { ...made, event: { ...made.event!, sequence: `${++position}` } };
};
const observed = (observation: TunnelObservation) => record(observation.type === 'KernelFibObserved' ? keyOf.kernelFib('g', observation.node) : keyOf.tunnel('g', peerIdOf(observation)), observation);
const bgp = (observation: BgpObservation) => record(observation.type === 'BgpRouteAnnounced' ? keyOf.bgpRoute('g', peerIdOf(observation), observation.prefix) : keyOf.bgpSession('g', peerIdOf(observation)), observation);

const DECISIONS = [
  decided(streamOf.borderGateway('g'), { type: 'BorderGatewayCreated', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000 }),
  decided(streamOf.vpc('v'), { type: 'VpcCreated', vpcId: 'v', region: REGION, name: 'v', description: '', cidr: '10.0.0.0/16', mainRouteTableId: 'rtb' }),
  decided(streamOf.vpc('v'), { type: 'SubnetCreated', vpcId: 'v', subnetId: 's', name: 's', cidr: '10.0.1.0/24', routeTableId: 'rtb' }),
  decided(streamOf.borderGateway('g'), { type: 'VpcAttached', borderGatewayId: 'g', vpcAttachmentId: 'att', vpcId: 'v', name: 'a', propagateType: 'all', subnetIds: [] }),
  decided(streamOf.vpc('v'), { type: 'RoutePropagationAdded', vpcId: 'v', routeTableId: 'rtb', propagationId: 'p', borderGatewayId: 'g', cidrs: ['0.0.0.0/0'] }),
  decided(streamOf.vpnConnection('c'), {
    type: 'VpnConnectionCreated', vpnConnectionId: 'c', region: REGION, name: 'c', description: '', borderGatewayId: 'g', customerGatewayId: 'cgw', bgpEnabled: true, localAsn: 65000, customerAsn: 65001,
    cloudPublicIps: [], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: false, bfdIntervalMs: 100, bfdMultiplier: 3 },
  }),
  ...(['t1', 't2'] as const).map((tunnelId, n) => decided(streamOf.vpnConnection('c'), {
    type: 'TunnelAdded', vpnConnectionId: 'c', tunnel: {
      tunnelId, cloudPublicIp: `203.0.113.${n + 1}`, node: `n${n + 1}`, customerIp: '198.51.100.1', tunnelIp: `169.254.${n}.0/30`, localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`,
      localId: 'a', remoteId: 'b', pskRef: 'psk', options,
    },
  })),
];
const up = observed({ type: 'TunnelOperStatusChanged', ...ref, operStatus: 'UP', reason: 'established', detail: '', since: '', driver: 'simulated' });
const session = bgp({ type: 'BgpSessionEstablished', ...ref, epoch: 7, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '' });
const announced = (prefix: string) => bgp({ type: 'BgpRouteAnnounced', ...ref, epoch: 7, prefix, asPath: [65001], asPathLength: 1, since: '2026-01-01T00:00:00.000Z', origin: 'IGP', med: null, communities: [] });

let journal: Journal;
let routing: Routing;
let lines: any[];
let heard: { topic: string; record: JournalRecord }[];
let now = 1_000;
const ROUTING_TOPICS = [TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut];

async function start(): Promise<Routing> {
  routing = await createRouting({ journal, registry: new Registry(), quiet: true, clock: { now: () => now }, settleMs: 3_000, log: createLog('routing', { write: (line) => lines.push(JSON.parse(line)) }) });
  await routing.ready;
  return routing;
}
/** The tables as a reader of the topics has them. */
const tables = () => {
  const rows = new Map<string, unknown>();
  for (const { topic, record: { key, event } } of heard) event ? rows.set(`${topic} ${key}`, event.data) : rows.delete(`${topic} ${key}`);
  return [...rows.keys()].sort();
};
const get = async (url: string) => (await routing.app.inject(url)).json();
const publish = (topic: Topic, ...records: JournalRecord[]) => journal.publish(topic, records);

beforeEach(async () => {
  [lines, heard, now] = [[], [], 1_000];
  journal = new MemoryJournal({ onError: (error) => { throw error; } });
  for (const topic of ROUTING_TOPICS) await journal.subscribe(topic, { name: 'test', from: 'beginning' }, { batch: (records) => void heard.push(...records.map((record) => ({ topic: topic.name, record }))) });
});
afterEach(async () => {
  await routing.close();
  await journal.close();
});
const all = async () => {
  await publish(TOPICS.decisions, ...DECISIONS);
  await publish(TOPICS.tunnelObservations, up);
  await publish(TOPICS.ribIn, session, announced('172.16.0.0/16'));
};
const EXPECTED = [
  'routing.fib.v1 g/10.0.1.0/24', 'routing.fib.v1 g/172.16.0.0/16', 'routing.rib-out.v1 g/t1/10.0.1.0/24', 'routing.rib-out.v1 g/t2/10.0.1.0/24',
  'routing.vpc-routes.v1 rtb/10.0.0.0/16', 'routing.vpc-routes.v1 rtb/10.0.1.0/24', 'routing.vpc-routes.v1 rtb/172.16.0.0/16',
];

describe('the runner', () => {
  it('reads to the end, publishes the full tables, and sweeps what is no longer wanted', async () => {
    await all();
    await publish(TOPICS.fib, record(keyOf.fib('g', '192.168.0.0/16'), { type: 'FibEntryInstalled' }));
    await start();
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    expect(heard.filter(({ record: { event } }) => event === null).map(({ record: { key } }) => key)).toEqual(['g/192.168.0.0/16']);
  });

  it('settles what it reads at the start by batch, and what comes later by decision', async () => {
    const route = (n: number) => decided(streamOf.borderGateway('g'), { type: 'StaticRouteAdded', borderGatewayId: 'g', staticRouteId: `r${n}`, destination: `172.20.${n}.0/24`, nextHopType: 'vpc_attachment', nextHopId: 'att', description: '' });
    const apply = vi.spyOn(Router.prototype, 'apply');
    await publish(TOPICS.decisions, ...DECISIONS, ...Array.from({ length: 100 }, (_, n) => route(n)));
    await start();
    expect(apply.mock.calls.length).toBeLessThan(5);
    await vi.waitFor(() => expect(tables()).toContain('routing.fib.v1 g/172.20.99.0/24'));
    apply.mockClear();
    await publish(TOPICS.decisions, route(100), route(101));
    await vi.waitFor(() => expect(tables()).toContain('routing.fib.v1 g/172.20.101.0/24'));
    expect(apply).toHaveBeenCalledTimes(2);
    apply.mockRestore();
  });

  it('does not repeat what an earlier life has published', async () => {
    await all();
    await start();
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    await routing.close();
    const before = heard.length;
    await start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard.length).toBe(before);
  });

  it('publishes changes as they come, tombstones included, and names their cause', async () => {
    await start();
    await all();
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    const route = decided(streamOf.borderGateway('g'), { type: 'StaticRouteAdded', borderGatewayId: 'g', staticRouteId: 'r', destination: '172.16.0.0/16', nextHopType: 'vpn_connection', nextHopId: 'c', description: '' }, 'the-decision');
    const before = heard.length;
    await publish(TOPICS.decisions, route, route);
    await vi.waitFor(() => expect(heard).toHaveLength(before + 1));
    expect(heard.at(-1)!.record).toMatchObject({
      key: 'g/172.16.0.0/16', partitionKey: 'g',
      event: { source: '/bordergate/routing', type: 'dev.bordergate.vpn.FibEntryInstalled.v1', subject: 'border-gateway-g', causationid: 'the-decision', correlationid: 'request-of-the-decision', tenant: 'acme', data: { routeType: 'static', because: 'best' } },
    });
    await publish(TOPICS.tunnelObservations, observed({ type: 'TunnelGone', ...ref }));
    await vi.waitFor(() => expect(tables()).not.toContain('routing.fib.v1 g/172.16.0.0/16'));
    expect(heard.slice(-2).map(({ topic, record: { key, event } }) => [topic, key, event])).toEqual([[TOPICS.vpcRoutes.name, 'rtb/172.16.0.0/16', null], [TOPICS.fib.name, 'g/172.16.0.0/16', null]]);
  });

  it('publishes again what the journal did not take', async () => {
    let failures = 2;
    const real = journal;
    journal = new MemoryJournal({ onError: () => undefined, backoff: { first: 1, last: 1 } });
    const publishes: Journal['publish'] = (topic, records) => (topic === TOPICS.fib && failures-- > 0 ? Promise.reject(new Error('broker away')) : real.publish(topic, records));
    const flaky: Journal = {
      publish: publishes, subscribe: (...args) => journal.subscribe(...args), close: () => journal.close(), check: () => journal.check(),
      own: async (...args) => {
        const ownership = await journal.own(...args);
        return { publish: publishes, partitionOf: (key) => ownership.partitionOf(key), owns: (partition) => ownership.owns(partition), read: (...more) => ownership.read(...more), close: () => ownership.close() };
      },
    };
    routing = await createRouting({ journal: flaky, registry: new Registry(), quiet: true, log: createLog('routing', { level: 'silent' }) });
    await routing.ready;
    await all();
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    await real.close();
  });

  it('follows no partition that was given away while it was read, until it comes back', async () => {
    let owned = true;
    let reads = 0;
    const real = journal;
    const group = new MemoryJournal({ onError: (error) => expect(error).toBeInstanceOf(NotOwner), backoff: { first: 1, last: 1 } });
    const moving: Journal = {
      publish: (...args) => real.publish(...args), subscribe: (...args) => real.subscribe(...args), close: () => real.close(), check: () => real.check(),
      own: async (name, written, handler) => {
        const ownership = await group.own(name, written, handler);
        return {
          partitionOf: (key) => ownership.partitionOf(key), owns: () => owned, close: () => ownership.close(),
          publish: (topic, records) => (owned ? real.publish(topic, records) : Promise.reject(new NotOwner(name, 0))),
          // Given away when all has been read, and taken back a little later.
          read: async (...args) => {
            await ownership.read(...args);
            if (++reads !== 4) return;
            owned = false;
            handler.released([0]);
            setTimeout(() => { owned = true; }, 50);
          },
        };
      },
    };
    routing = await createRouting({ journal: moving, registry: new Registry(), quiet: true, log: createLog('routing', { level: 'silent' }) });
    await all();
    await routing.ready;
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    expect(reads).toBeGreaterThan(4);
  });

  it('leaves out a record it cannot read, and says so', async () => {
    await publish(TOPICS.ribIn, record('g/t1/172.17.0.0/16', { type: 'BgpRouteAnnounced' }), record('nonsense', null));
    await all();
    await start();
    await vi.waitFor(() => expect(tables()).toEqual(EXPECTED));
    expect(lines.filter((line) => line.level === 'error').map((line) => line.key)).toEqual(['g/t1/172.17.0.0/16', 'nonsense']);
  });

  it('follows the positions that the log gives to decisions', async () => {
    const at = (sequence: string, stream: string, decision: Decision) => { const made = decided(stream, decision); return { ...made, event: { ...made.event!, sequence } }; };
    const vpc = (id: string, position: number) => [
      at(`${position}`, streamOf.vpc(id), { type: 'VpcCreated', vpcId: id, region: REGION, name: id, description: '', cidr: '10.0.0.0/16', mainRouteTableId: `rtb-${id}` }),
      at(`${position + 1}`, streamOf.vpc(id), { type: 'SubnetCreated', vpcId: id, subnetId: `s-${id}`, name: 's', cidr: '10.0.0.0/16', routeTableId: 'rtb' }),
    ];
    const attach = (id: string, position: number) => at(`${position}`, streamOf.borderGateway('g'), { type: 'VpcAttached', borderGatewayId: 'g', vpcAttachmentId: `att-${id}`, vpcId: id, name: 'a', propagateType: 'all', subnetIds: [] });
    // The subnet of `b` arrives first, but was decided last.
    await publish(TOPICS.decisions, ...vpc('b', 20), DECISIONS[0]!, attach('b', 3), attach('a', 4), ...vpc('a', 10));
    await start();
    expect((await get(`${BASE}/borderGateways/g/routes?table=propagated`)).items.map((route: http.GatewayRoute) => `${route.source} ${route.because}`)).toEqual(['att-a/s-a only-path', 'att-b/s-b overlaps-earlier-attachment']);
  });
});

describe('the API', () => {
  beforeEach(async () => {
    await all();
    await start();
  });

  it('lists the tables of a gateway in the shapes of the contract', async () => {
    const effective = http.page(http.GatewayRoute, 'X').parse(await get(`${BASE}/borderGateways/g/routes`));
    expect(effective.items.map((route) => [route.bgwRouteDestination, route.bgwRouteNexthop, route.bgwRoutePriority, route.because])).toEqual([['10.0.1.0/24', 'att', '100/120/0', 'only-path'], ['172.16.0.0/16', 't1', '140/150/1', 'only-path']]);
    expect((await get(`${BASE}/borderGateways/g/routes?table=static`)).items).toEqual([]);
    expect((await get(`${BASE}/borderGateways/g/routes?table=propagated`)).items).toHaveLength(2);
  });

  it('pages by what was last given out', async () => {
    await publish(TOPICS.ribIn, ...[3, 1, 2].map((n) => announced(`172.${16 + n}.0.0/16`)));
    await vi.waitFor(async () => expect((await get(`${BASE}/vpnTunnels/t1/learnedRoutes`)).items).toHaveLength(4));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const body: { items: http.LearnedRoute[]; nextCursor: string | null } = await get(`${BASE}/vpnTunnels/t1/learnedRoutes?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map((route) => route.prefix));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual([16, 17, 18, 19].map((n) => `172.${n}.0.0/16`));
  });

  it('lists VPC routes, learned and advertised routes', async () => {
    const vpc = http.page(http.VpcRoute, 'X').parse(await get(`${BASE}/vpcs/v/routes?routeTableId=rtb`));
    expect(vpc.items.map((route) => `${route.destination} ${route.nextHop} ${route.because}`)).toEqual(['10.0.0.0/16 local local', '10.0.1.0/24 g inside-vpc', '172.16.0.0/16 g only-route']);
    expect(http.page(http.LearnedRoute, 'X').parse(await get(`${BASE}/vpnTunnels/t1/learnedRoutes`)).items).toMatchObject([{ prefix: '172.16.0.0/16', effective: true }]);
    expect(http.page(http.AdvertisedRoute, 'X').parse(await get(`${BASE}/vpnTunnels/t2/advertisedRoutes`)).items).toEqual([{ prefix: '10.0.1.0/24', because: 'attachment-route' }]);
  });

  it('says how full tables with a limit are, lists who is refused, warns once, and counts', async () => {
    const limits = () => heard.filter(({ topic }) => topic === TOPICS.limits.name).map(({ record: { key, event } }) => `${key} ${event === null ? 'gone' : (event.data as { status?: string; type: string }).status ?? (event.data as { type: string }).type}`);
    await journal.subscribe(TOPICS.limits, { name: 'test', from: 'beginning' }, { batch: (records) => void heard.push(...records.map((record) => ({ topic: TOPICS.limits.name, record }))) });
    const { app } = routing;
    expect((await get(`/v1/regions/${REGION}/borderGateways/g/routes`)).dynamicRoutes).toEqual({ maxLimit: 300, count: 2, refused: 0, status: 'ok' });
    const quota = (maxLimit: number | null) => decided(streamOf.region(REGION), { type: 'QuotaSet', region: REGION, quotaType: 'bgw_propagated_route', parentResourceId: 'g', maxLimit });
    await publish(TOPICS.decisions, quota(2));
    await vi.waitFor(() => expect(limits()).toEqual(['g/status near-limit']));
    await publish(TOPICS.ribIn, announced('172.17.0.0/16'));
    await vi.waitFor(() => expect(limits().slice(1).sort()).toEqual(['g/172.17.0.0/16 RouteRefused', 'g/status over-limit']));
    expect((await get(`/v1/regions/${REGION}/borderGateways/g/routes?table=propagated`))).toMatchObject({ dynamicRoutes: { maxLimit: 2, count: 3, refused: 1, status: 'over-limit' } });
    expect((await get(`/v1/regions/${REGION}/vpnTunnels/t1/learnedRoutes`)).items.map((route: any) => [route.prefix, route.because])).toEqual([['172.16.0.0/16', 'only-path'], ['172.17.0.0/16', 'over-limit']]);
    expect((await get(`/v1/regions/${REGION}/vpcs/v/routes`)).propagatedRoutes).toEqual([{ routeTableId: 'rtb', maxLimit: 100, count: 2, refused: 0, status: 'ok' }]);
    const metrics = (await app.inject('/metrics')).body;
    for (const line of ['vpn_dynamic_routes', 'vpn_dynamic_routes_limit', 'vpn_dynamic_routes_refused'].map((name) => `${name}{region="${REGION}",bgw_id="g"`).concat(`vpn_vpc_propagated_routes{region="${REGION}",vpc_id="v",route_table_id="rtb"`)) expect(metrics).toContain(line);
    await publish(TOPICS.decisions, quota(null));
    await vi.waitFor(() => expect(limits().slice(3).sort()).toEqual(['g/172.17.0.0/16 gone', 'g/status gone']));
    expect(lines.filter((line) => /limit/.test(line.message)).map((line) => [line.level, line.message.slice(0, 25)])).toEqual([['warn', 'routes are near the limit'], ['warn', 'routes are over the limit'], ['info', 'routes are well below the']]);
  });

  it('compares the FIB with the kernels, and warns about a difference that stays', async () => {
    const kernel = (node: string, prefixes: string[]) => observed({ type: 'KernelFibObserved', region: REGION, borderGatewayId: 'g', node, entries: prefixes.map((prefix) => ({ prefix, nextHops: [prefix === '172.16.0.0/16' ? { kind: 'tunnel', id: 't1' } : { kind: 'attachment', id: 'att' }] })) });
    await publish(TOPICS.tunnelObservations, kernel('n1', ['10.0.1.0/24']), kernel('n2', ['10.0.1.0/24']));
    await vi.waitFor(async () => expect(http.FibComparison.parse(await get(`${BASE}/borderGateways/g/fib`))).toMatchObject({ agreed: false, nodes: [{ node: 'n1', differences: [{ prefix: '172.16.0.0/16', kernel: [] }] }, { node: 'n2', agreed: true }] }));
    expect((await routing.app.inject('/metrics')).body).toMatch(/vpn_fib_differences\{region="[^"]+",bgw_id="g",node="n1",service="routing"\} 1/);
    const warnings = () => lines.filter((line) => line.level === 'warn');
    await vi.waitFor(() => { now += 1_000; expect(warnings()).toMatchObject([{ border_gateway: 'g', node: 'n1', count: 1 }]); }, { interval: 200 });
    expect((await routing.app.inject('/metrics')).body).toMatch(/vpn_fib_divergences_total\{bgw_id="g",node="n1",service="routing"\} 1/);
    await publish(TOPICS.tunnelObservations, kernel('n1', ['172.16.0.0/16', '10.0.1.0/24']));
    await vi.waitFor(async () => expect((await get(`${BASE}/borderGateways/g/fib`)).agreed).toBe(true));
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'the kernel has the expected FIB again' }));
    expect(warnings()).toHaveLength(1);
  });

  it('counts what it holds', async () => {
    const { body } = await routing.app.inject('/metrics');
    for (const line of [`vpn_rib_routes{region="${REGION}",bgw_id="g",service="routing"} 2`, `vpn_fib_entries{region="${REGION}",bgw_id="g",service="routing"} 2`, 'vpn_routing_facts_total{topic="resources.decisions.v1",service="routing"} 8']) expect(body).toContain(line);
    expect((await routing.app.inject('/health/ready')).statusCode).toBe(200);
  });

  it.each([
    `${BASE}/borderGateways/x/explain?address=10.0.1.1`, `${BASE}/vpcs/x/explain?address=10.0.1.1`, `${BASE}/vpcs/v/explain?address=10.0.1.1&routeTableId=x`, '/v1/regions/elsewhere/borderGateways/g/explain?address=10.0.1.1',
    '/v1/regions/elsewhere/vpcs/v/explain?prefix=10.0.0.0/16', `${BASE}/borderGateways/x/routes`, `${BASE}/borderGateways/x/fib`, `${BASE}/vpcs/x/routes`, `${BASE}/vpcs/v/routes?routeTableId=x`, `${BASE}/vpnTunnels/x/learnedRoutes`, `${BASE}/vpnTunnels/x/advertisedRoutes`,
    '/v1/regions/elsewhere/borderGateways/g/routes', '/v1/regions/elsewhere/borderGateways/g/fib', '/v1/regions/elsewhere/vpcs/v/routes', '/v1/regions/elsewhere/vpnTunnels/t1/learnedRoutes',
  ])('has no %s', async (url) => {
    const response = await routing.app.inject(url);
    expect([response.statusCode, http.Problem.parse(response.json()).code]).toEqual([404, 'not-found']);
  });

  it.each([[`${BASE}/borderGateways/g/routes?table=other`, 'table'], [`${BASE}/borderGateways/g/routes?limit=0`, 'limit'], [`${BASE}/vpcs/v/routes?tabel=rtb`, 'tabel'], [`${BASE}/borderGateways/g/fib?x=1`, 'x'],
    [`${BASE}/borderGateways/g/routes?cursor=${Buffer.from('no key').toString('base64url')}`, 'cursor'], [`${BASE}/vpcs/v/routes?cursor=!`, 'cursor'], [`${BASE}/vpnTunnels/t1/learnedRoutes?cursor=AA`, 'cursor'], ['/v1/regions/CN_1/borderGateways/g/fib', 'region'],
    [`${BASE}/borderGateways/g/explain`, 'prefix'], [`${BASE}/borderGateways/g/explain?prefix=10.0.0.0/8&address=10.0.0.1`, 'prefix'], [`${BASE}/borderGateways/g/explain?prefix=10.0.0.1/8`, 'prefix'],
    [`${BASE}/borderGateways/g/explain?address=10.0.0`, 'address'], [`${BASE}/borderGateways/g/explain?address=10.0.0.1&routeTableId=rtb`, 'routeTableId'], [`${BASE}/vpcs/v/explain`, 'prefix'],
    [`${BASE}/vpcs/v/explain?address=x`, 'address'], [`${BASE}/vpcs/v/explain?address=10.0.0.1&address=10.0.0.2`, 'address'],
  ])('refuses %s', async (url, field) => {
    const response = await routing.app.inject(url);
    expect([response.statusCode, http.Problem.parse(response.json()).field]).toEqual([400, field]);
  });

  it('explains an address in a gateway and in a VPC', async () => {
    const inGateway = http.Explanation.parse(await get(`${BASE}/borderGateways/g/explain?address=172.16.0.9`));
    expect(inGateway).toMatchObject({
      in: 'borderGateway', verdict: 'g forwards 172.16.0.9 through t1: the longest match is 172.16.0.0/16.',
      destinations: [{ prefix: '172.16.0.0/16', candidates: [{ source: 't1', because: 'only-path', from: [{ kind: 'peer', sessionEpoch: 7, neighborAsn: 65001 }] }] }],
    });
    const inVpc = http.Explanation.parse(await get(`${BASE}/vpcs/v/explain?prefix=172.16.0.0/16&routeTableId=rtb`));
    expect(inVpc).toMatchObject({ in: 'vpc', tables: [{ destinations: [{ candidates: [{ source: 'p', onward: { nextHops: [{ id: 't1' }] } }] }] }] });
  });

  it('names the decision that a subnet comes from', async () => {
    const { destinations } = http.GatewayExplanation.parse(await get(`${BASE}/borderGateways/g/explain?prefix=10.0.1.0/24`));
    const { id } = DECISIONS[2]!.event!;
    expect(destinations[0]!.candidates[0]!.from[0]).toEqual({ kind: 'decision', type: 'SubnetCreated', stream: 'vpc-v', position: '3', eventId: id, causationId: id, actor: 'ann', at: '2026-01-01T00:00:00.000Z' });
  });

  it.each([
    ['text/plain', true], ['text/plain, application/json;q=0.5', true], ['application/json;q=0.5, text/plain;q=0.9, */*', true], [undefined, false], ['*/*', false], ['application/json', false], ['application/json, text/plain', false],
    ['text/plain;q=0', false], ['text/html, */*', false],
  ])('Accept: %s is answered with text: %s', async (accept, text) => {
    for (const url of [`${BASE}/borderGateways/g/explain?address=10.0.1.1`, `${BASE}/vpcs/v/explain?address=10.0.1.1`]) {
      const response = await routing.app.inject({ url, headers: accept === undefined ? {} : { accept } });
      expect([response.statusCode, response.headers['content-type'], response.headers.vary]).toEqual([200, text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8', 'Accept']);
      if (text) expect(response.body).toBe((await get(url)).text);
    }
  });

  it('is described by an OpenAPI document', async () => {
    expect((await get('/openapi.json')).paths['/v1/regions/{region}/vpcs/{id}/explain'].get.responses[200].content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/VpcExplanation' } }, 'text/plain': { schema: { type: 'string' } } });
    expect(Object.keys((await get('/openapi.json')).paths)).toEqual(expect.arrayContaining(['/v1/regions/{region}/borderGateways/{id}/routes', '/v1/regions/{region}/vpnTunnels/{id}/advertisedRoutes', '/v1/regions/{region}/borderGateways/{id}/explain', '/v1/regions/{region}/vpcs/{id}/explain']));
  });
});
