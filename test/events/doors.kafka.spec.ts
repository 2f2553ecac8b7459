import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { createLog, openJournal, parseVaultKeys, readKafkaSettings, type Journal } from '@bordergate/platform';
import { createResources } from '@bordergate/resources';
import { createRouting } from '@bordergate/routing';
import { createTelemetry, type Telemetry } from '@bordergate/telemetry';
import { createTunnelWorker, SimulatedDataPlane, SimulatedNode } from '@bordergate/tunnel-worker';
import { Kafka, logLevel } from 'kafkajs';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCli } from '../../apps/bordergate/src/cli/cli.js';
import { testDatabase } from '../database.js';
import { throwAwayKafka } from '../kafka.js';

/** Each service's doors, by what it reads. */
const WORKER = 'tunnel-worker/region-1/node-1';
const READERS: readonly (readonly [Topic, readonly string[]])[] = [
  [TOPICS.decisions, ['routing/rib', 'telemetry/states', WORKER]],
  [TOPICS.tunnelObservations, ['resources/live-status', 'routing/rib', 'telemetry/states']],
  [TOPICS.ribIn, ['resources/live-routes', 'resources/live-status', 'routing/rib', 'telemetry/states', WORKER]],
  [TOPICS.fib, [WORKER]],
  [TOPICS.vpcRoutes, ['resources/live-routes', WORKER]],
  [TOPICS.ribOut, [WORKER]],
  [TOPICS.limits, ['telemetry/states', WORKER]],
  [TOPICS.samples, ['telemetry/states']],
  [TOPICS.nodes, ['resources/nodes', 'telemetry/nodes']],
];
const log = createLog('test', { level: 'silent' });
const ends: (() => Promise<unknown>)[] = [];
let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
let journal: Journal;
let telemetry: Telemetry;

/** As the services' main.ts make it. */
const journalOf = (clientId: string): Journal => {
  const made = openJournal(readKafkaSettings({ KAFKA_BROKERS: broker.brokers, KAFKA_PARTITIONS: '1' })!, { clientId, log, registry: new Registry() });
  ends.push(() => made.close());
  return made;
};
const nonsense = (topic: Topic): JournalRecord => ({
  key: 'bgw-1/tun-1/nonsense', partitionKey: 'bgw-1',
  event: { specversion: '1.0', id: `nonsense-${topic.name}`, source: '/test', type: 'dev.bordergate.vpn.Nonsense.v1', subject: 'x', time: '2026-11-28T10:00:00.000Z', data: { type: 'Nonsense' }, tenant: 'default', actor: 'test', correlationid: 'c', causationid: 'c', partitionkey: 'bgw-1', sequence: '1' },
});

beforeAll(async () => {
  broker = await throwAwayKafka();
  ends.push(() => broker.remove());
  journal = journalOf('test');
  for (const [topic] of READERS) await journal.publish(topic, [nonsense(topic)]);
  const producer = new Kafka({ brokers: broker.brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  for (const [topic] of READERS) await producer.send({ topic: topic.name, messages: [{ key: 'x', value: 'no JSON', headers: { 'content-type': 'text/plain' } }] });
  await producer.disconnect();

  const database = await testDatabase();
  ends.push(() => database.drop());
  const vaultKeys = parseVaultKeys(`a:${Buffer.alloc(32, 1).toString('base64')}`);
  const resources = await createResources({ databaseUrl: database.url, journal: journalOf('resources'), durableJournal: true, vaultKeys, log });
  ends.push(() => resources.close());
  const routing = await createRouting({ journal: journalOf('routing'), log, quiet: true });
  ends.push(() => routing.close());
  telemetry = await createTelemetry({ journal: journalOf('telemetry'), databaseUrl: database.url, vaultKeys, log });
  ends.push(() => telemetry.close());
  const worker = await createTunnelWorker({ journal: journalOf('tunnel-worker'), region: 'region-1', node: 'node-1', dataPlane: new SimulatedDataPlane(new SimulatedNode()), psks: async () => 'none', log });
  ends.push(() => worker.close());
  await Promise.all([resources.ready, routing.ready, telemetry.ready, worker.ready]);
});
afterAll(async () => { for (const end of ends.reverse()) await end(); });

it('what is no event, or breaks its schema, is parked with the reason at each door of each service on Kafka, and all of them go on', async () => {
  const parked = async () => (await telemetry.app.inject('/v1/parkedRecords?limit=100')).json().items as { topic: string; consumer: string; reason: string }[];
  const expected = READERS.flatMap(([topic, consumers]) => ['any', ...consumers].map((consumer) => `${topic.name} ${consumer}`)).sort();
  await vi.waitFor(async () => expect((await parked()).map(({ topic, consumer }) => `${topic} ${consumer}`).sort()).toEqual(expected), { timeout: 120_000, interval: 200 });
  for (const { consumer, reason } of await parked()) expect(reason).toMatch(consumer === 'any' ? /^content-type text\/plain is not JSON/ : /type: Invalid/);
  // and an operator sees them
  await telemetry.app.listen(0, '127.0.0.1');
  let out = '';
  expect(await runCli(['parked', 'list', '--url', await telemetry.app.getUrl()], { stdout: { write: (text: string) => { out += text; } }, stderr: process.stderr, env: {} })).toBe(0);
  expect(out.trimEnd().split('\n').slice(1).map((line) => line.split(/ {2,}/)).map(([, , consumer, topic]) => `${topic} ${consumer}`).sort()).toEqual(expected);
});
