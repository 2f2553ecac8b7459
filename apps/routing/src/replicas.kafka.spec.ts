import { randomUUID } from 'node:crypto';
import { cloudEventType, keyOf, peerIdOf, streamOf, TOPICS, type BgpObservation, type Decision, type JournalRecord, type Topic, type TunnelObservation } from '@bordergate/contracts';
import { createLog, KafkaJournal, MemoryJournal, type Journal } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { throwAwayKafka } from '../../../test/kafka.js';
import { createRouting, type Routing } from './index.js';

const REGION = 'cn-north-1';
const GATEWAYS = 6;
const OUTPUTS = [TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut, TOPICS.limits];
const patience = { timeout: 120_000, interval: 100 };
const quiet = createLog('routing', { level: 'silent' });
const options = {
  ikeVersion: 'v2', ikeMode: 'main', ikeKeyExchange: 'ecp256', ikeCipher: 'aes128', ikeAuth: 'sha256', ikeDpdSec: 10, ikeSaLifeSec: 14_400, ipsecCipher: 'aes128', ipsecAuth: 'sha256',
  ipsecKeyExchange: null, ipsecSaLifeSec: 3_600, ipsecSaLifepkt: 0, ipsecSaLifebyte: 0, bandwidthMbps: 1_500,
} as const;

let position = 0;
function record(key: string, partitionKey: string, data: { type: string } | null, more: { sequence?: string } = {}): JournalRecord {
  const id = randomUUID();
  return {
    key, partitionKey,
    event: data && {
      specversion: '1.0', id, source: '/test', type: cloudEventType(data.type), subject: key, time: '2026-01-01T00:00:00.000Z', data, tenant: 'default', actor: 'ann', correlationid: id, causationid: id, partitionkey: partitionKey, ...more,
    },
  };
}
const decided = (stream: string, decision: Decision) => record(stream, stream, decision, { sequence: `${++position}` });
const refOf = (n: number) => ({ region: REGION, borderGatewayId: `g${n}`, vpnConnectionId: `c${n}`, tunnelId: `t${n}`, node: 'n1' });
const observed = (n: number, observation: TunnelObservation) => record(keyOf.tunnel(`g${n}`, `t${n}`), `g${n}`, observation);
const bgp = (n: number, observation: BgpObservation) =>
  record(observation.type === 'BgpRouteAnnounced' ? keyOf.bgpRoute(`g${n}`, peerIdOf(observation), observation.prefix) : keyOf.bgpSession(`g${n}`, peerIdOf(observation)), `g${n}`, observation);
const announced = (n: number, prefix: string) => bgp(n, { type: 'BgpRouteAnnounced', ...refOf(n), epoch: 7, prefix, asPath: [65001], asPathLength: 1, since: '2026-01-01T00:00:00.000Z', origin: 'IGP', med: null, communities: [] });
const withdrawn = (n: number, prefix: string) => record(keyOf.bgpRoute(`g${n}`, `t${n}`, prefix), `g${n}`, null);

const decisionsOf = (n: number) => [
  decided(streamOf.borderGateway(`g${n}`), { type: 'BorderGatewayCreated', borderGatewayId: `g${n}`, region: REGION, name: `g${n}`, description: '', bgpAsn: 65000 }),
  decided(streamOf.vpc(`v${n}`), { type: 'VpcCreated', vpcId: `v${n}`, region: REGION, name: `v${n}`, description: '', cidr: `10.${n}.0.0/16`, mainRouteTableId: `rtb${n}` }),
  decided(streamOf.vpc(`v${n}`), { type: 'SubnetCreated', vpcId: `v${n}`, subnetId: `s${n}`, name: 's', cidr: `10.${n}.1.0/24`, routeTableId: `rtb${n}` }),
  decided(streamOf.borderGateway(`g${n}`), { type: 'VpcAttached', borderGatewayId: `g${n}`, vpcAttachmentId: `att${n}`, vpcId: `v${n}`, name: 'a', propagateType: 'all', subnetIds: [] }),
  decided(streamOf.vpc(`v${n}`), { type: 'RoutePropagationAdded', vpcId: `v${n}`, routeTableId: `rtb${n}`, propagationId: `p${n}`, borderGatewayId: `g${n}`, cidrs: ['0.0.0.0/0'] }),
  decided(streamOf.vpnConnection(`c${n}`), {
    type: 'VpnConnectionCreated', vpnConnectionId: `c${n}`, region: REGION, name: 'c', description: '', borderGatewayId: `g${n}`, customerGatewayId: 'cgw', bgpEnabled: true, localAsn: 65000, customerAsn: 65001,
    cloudPublicIps: [], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: false, bfdIntervalMs: 100, bfdMultiplier: 3 },
  }),
  decided(streamOf.vpnConnection(`c${n}`), {
    type: 'TunnelAdded', vpnConnectionId: `c${n}`, tunnel: {
      tunnelId: `t${n}`, cloudPublicIp: `203.0.113.${n + 1}`, node: 'n1', customerIp: '198.51.100.1', tunnelIp: `169.254.${n}.0/30`, localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`,
      localId: 'a', remoteId: 'b', pskRef: 'psk', options,
    },
  }),
];

let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => { broker = await throwAwayKafka(); });
afterAll(() => broker.remove());
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

const kafka = (clientId: string) => new KafkaJournal({ settings: { brokers: [broker.brokers], partitions: 4 }, clientId, log: quiet, onError: () => undefined, backoff: { first: 20, last: 500 } });
/** `crash`: nothing is flushed, what is under way breaks off. */
async function instance(name: string): Promise<{ routing: Routing; registry: Registry; crash(): Promise<void>; stop(): Promise<void> }> {
  const journal = kafka(name);
  const registry = new Registry();
  const routing = await createRouting({ journal, registry, quiet: true, log: quiet });
  let ended = false;
  const end = (first: () => Promise<void>, then: () => Promise<void>) => async () => {
    if (ended) return;
    ended = true;
    await first();
    await then();
  };
  const stop = end(() => routing.close(), () => journal.close());
  ends.push(stop);
  return { routing, registry, stop, crash: end(() => journal.close(), () => routing.close()) };
}
const publishedBy = async (one: { registry: Registry }): Promise<number> => {
  const metric = await one.registry.getSingleMetric('vpn_routing_changes_total')!.get();
  return metric.values.reduce((sum, { value }) => sum + value, 0);
};

/** What the topics say, to who reads along. */
async function follow(journal: Journal): Promise<Map<string, unknown>> {
  const table = new Map<string, unknown>();
  await Promise.all(OUTPUTS.map(async (topic) => {
    let caughtUp!: () => void;
    const read = new Promise<void>((resolve) => { caughtUp = resolve; });
    await journal.subscribe(topic, { name: 'test', from: 'beginning' }, {
      batch: (records) => { for (const { key, event } of records) event ? table.set(`${topic.name} ${key}`, event.data) : table.delete(`${topic.name} ${key}`); }, caughtUp,
    });
    await read;
  }));
  return table;
}
const sorted = (table: ReadonlyMap<string, unknown>) => Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The rows of a router that has never known anything else. */
async function recomputed(facts: readonly [Topic, JournalRecord][]): Promise<Record<string, unknown>> {
  const journal = new MemoryJournal({ onError: (error) => { throw error; } });
  for (const [topic, one] of facts) await journal.publish(topic, [one]);
  const routing = await createRouting({ journal, registry: new Registry(), quiet: true, log: quiet });
  await routing.ready;
  const table = await follow(journal);
  await routing.close();
  await journal.close();
  return sorted(table);
}

it('leaves exactly the rows of a fresh recomputation, whichever instances come, go and crash while things change', async () => {
  const facts: [Topic, JournalRecord][] = [];
  const source = kafka('test');
  ends.push(() => source.close());
  const say = async (topic: Topic, ...records: JournalRecord[]) => {
    facts.push(...records.map((one): [Topic, JournalRecord] => [topic, one]));
    await source.publish(topic, records);
  };
  const gateways = Array.from({ length: GATEWAYS }, (_, n) => n);
  const churn = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const n = i % GATEWAYS;
      await say(TOPICS.ribIn, announced(n, `172.16.${i}.0/24`));
      if (i % 3 === 0 && i >= GATEWAYS) await say(TOPICS.ribIn, withdrawn(n, `172.16.${i - GATEWAYS}.0/24`));
      if (i % 10 === 7) await say(TOPICS.tunnelObservations, observed(n, { type: 'TunnelOperStatusChanged', ...refOf(n), operStatus: i % 20 === 7 ? 'DOWN' : 'UP', reason: i % 20 === 7 ? 'dpd-timeout' : 'established', detail: '', since: '', driver: 'simulated' }));
    }
  };
  // rows of an earlier life that nothing asks for
  await source.publish(TOPICS.fib, gateways.map((n) => record(keyOf.fib(`g${n}`, '192.168.0.0/16'), `g${n}`, { type: 'FibEntryInstalled' })));
  const a = await instance('a');
  await say(TOPICS.decisions, ...gateways.flatMap(decisionsOf));
  for (const n of gateways) {
    await say(TOPICS.tunnelObservations, observed(n, { type: 'TunnelOperStatusChanged', ...refOf(n), operStatus: 'UP', reason: 'established', detail: '', since: '', driver: 'simulated' }));
    await say(TOPICS.ribIn, bgp(n, { type: 'BgpSessionEstablished', ...refOf(n), epoch: 7, neighborAddress: `169.254.${n}.1`, neighborAsn: 65001, since: '' }));
  }
  await a.routing.ready;
  await churn(0, 20);
  const b = await instance('b');
  await Promise.all([b.routing.ready, churn(20, 60)]);
  const table = await follow(source);
  const expectRecomputed = async () => {
    const expected = await recomputed(facts);
    expect(Object.keys(expected).length).toBeGreaterThan(2 * GATEWAYS);
    await vi.waitFor(() => expect(sorted(table)).toEqual(expected), patience);
  };
  await expectRecomputed();

  const [beforeA, beforeB] = [await publishedBy(a), await publishedBy(b)];
  await churn(60, 90);
  await expectRecomputed();
  expect(await publishedBy(a)).toBeGreaterThan(beforeA);
  expect(await publishedBy(b)).toBeGreaterThan(beforeB);

  await Promise.all([a.crash(), churn(90, 120)]);
  await expectRecomputed();
  const c = await instance('c');
  await Promise.all([churn(120, 140), c.routing.ready]);
  await Promise.all([b.stop(), churn(140, 160)]);
  await expectRecomputed();
  // who takes over finds everything as it should be
  const before = await publishedBy(c);
  const d = await instance('d');
  await d.routing.ready;
  await expectRecomputed();
  expect(await publishedBy(d)).toBe(0);
  expect(await publishedBy(c)).toBe(before);
});
