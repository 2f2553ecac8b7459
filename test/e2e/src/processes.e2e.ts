import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, type DevPostgres } from '@bordergate/platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, stopKafka, type Kafka } from '../../../tools/kafka.mjs';
import { canHaveBroker } from './demo/distributed/broker.js';
import { freePort, leadsRelay, ServiceProcess } from './demo/service-process.js';
import { stageFolder } from './demo/stage.js';
import { eventually } from './demo/walk.js';

// How a process of each service starts, waits, takes over and stops; with the simulated driver, so without root.
const APPS = path.resolve(import.meta.dirname, '../../../apps');
const MAINS = {
  resources: 'resources/dist/main.js', routing: 'routing/dist/main.js', telemetry: 'telemetry/dist/main.js', 'tunnel-worker': 'tunnel-worker/dist/main.js', front: 'bordergate/dist/front-main.js',
} as const;
type Name = keyof typeof MAINS;

const dir = stageFolder('processes');
const running: ServiceProcess[] = [];
let started = 0;
const token = randomBytes(16).toString('hex');
const vaultKeys = `k1:${randomBytes(32).toString('base64')}`;
let postgresPort: number;
let kafkaPort: number;
let settings: Record<Name, Record<string, string>>;

async function service(name: Name, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const made = new ServiceProcess({
    name, main: path.join(APPS, MAINS[name]), port: await freePort(), log: path.join(dir, `${name}-${++started}.log`), diesWithUs: process.platform === 'linux',
    env: { BORDERGATE_HOST: '127.0.0.1', ...settings[name], ...env },
  });
  running.push(made);
  return made;
}

beforeAll(async () => {
  await stopKafka(path.join(dir, 'kafka'));
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  [postgresPort, kafkaPort] = [await freePort(), await freePort()];
  const kafka = { KAFKA_BROKERS: `127.0.0.1:${kafkaPort}` };
  const [resourcesUrl, routingUrl, telemetryUrl] = await Promise.all([freePort(), freePort(), freePort()]).then((ports) => ports.map((port) => `http://127.0.0.1:${port}`) as [string, string, string]);
  settings = {
    resources: { ...kafka, DATABASE_URL: `postgres://postgres:later@127.0.0.1:${postgresPort}/bordergate`, BORDERGATE_VAULT_KEYS: vaultKeys, BORDERGATE_WORKER_TOKEN: token },
    routing: kafka, telemetry: { ...kafka, DATABASE_URL: `postgres://postgres:later@127.0.0.1:${postgresPort}/bordergate`, BORDERGATE_VAULT_KEYS: vaultKeys },
    'tunnel-worker': { ...kafka, BORDERGATE_RESOURCES_URL: resourcesUrl, BORDERGATE_WORKER_TOKEN: token, BORDERGATE_DRIVER: 'simulated', BORDERGATE_DATA_DIR: path.join(dir, 'node-1') },
    front: { BORDERGATE_RESOURCES_URL: resourcesUrl, BORDERGATE_ROUTING_URL: routingUrl, BORDERGATE_TELEMETRY_URL: telemetryUrl },
  };
});
afterEach(() => Promise.all(running.splice(0).map((each) => each.kill())));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ready = async (of: ServiceProcess) => {
  const response = await fetch(`${of.url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  return { status: response.status, body: (await response.json()) as { status: string; checks?: Record<string, string> } };
};
const linesOf = (of: ServiceProcess): { level: string; message: string }[] => readFileSync(of.log, 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
const listening = (of: ServiceProcess) => eventually(`${of.name} listens`, () => fetch(`${of.url}/health/live`).then((response) => response.ok));

describe('a wrong setting ends a process with status 2 and its name', () => {
  it.each<[Name, string, Record<string, string>]>([
    ['resources', 'DATABASE_URL must be set', { DATABASE_URL: '' }],
    ['resources', 'BORDERGATE_VAULT_KEYS: vault key k1 is not 32 bytes in base64', { BORDERGATE_VAULT_KEYS: 'k1:short' }],
    ['resources', 'BORDERGATE_WORKER_TOKEN or BORDERGATE_WORKER_TOKEN_FILE must be set', { BORDERGATE_WORKER_TOKEN: '' }],
    ['resources', 'BORDERGATE_MIGRATE must be true or false', { BORDERGATE_MIGRATE: 'perhaps' }],
    ['routing', 'KAFKA_BROKERS must be set', { KAFKA_BROKERS: '' }],
    ['telemetry', 'DATABASE_URL must be set', { DATABASE_URL: '' }],
    ['telemetry', 'BORDERGATE_VAULT_KEYS or BORDERGATE_VAULT_KEYS_FILE must be set', { BORDERGATE_VAULT_KEYS: '' }],
    ['telemetry', 'BORDERGATE_WEBHOOK_ALLOW must be addresses or prefixes', { BORDERGATE_WEBHOOK_ALLOW: 'localhost' }],
    ['telemetry', 'BORDERGATE_RETENTION_DAYS must be a whole number', { BORDERGATE_RETENTION_DAYS: '0' }],
    ['telemetry', 'BORDERGATE_SAMPLE_INTERVAL_MS must be a whole number', { BORDERGATE_SAMPLE_INTERVAL_MS: '1s' }],
    ['tunnel-worker', 'BORDERGATE_RESOURCES_URL must be http://host:port', { BORDERGATE_RESOURCES_URL: 'resources:8481' }],
    ['tunnel-worker', 'BORDERGATE_NODE is not valid', { BORDERGATE_NODE: 'Node 1' }],
    ['front', 'BORDERGATE_ROUTING_URL must be set', { BORDERGATE_ROUTING_URL: '' }],
  ])('%s: %s', async (name, message, env) => {
    const wrong = await service(name, env);
    await expect(wrong.start()).rejects.toThrow(`${name} ended with 2`);
    expect(wrong.logTail()).toContain(message);
  });
});

describe('before anything it needs is there, a process', () => {
  it.each(Object.keys(MAINS) as Name[])('of %s is alive and not ready, and stops when it is told to', async (name) => {
    const early = await service(name);
    early.launch();
    await listening(early);
    const { status, body } = await ready(early);
    expect(status).toBe(503);
    if (name === 'resources' || name === 'telemetry') await expect.poll(async () => (await ready(early)).body.checks?.start).toMatch(/ECONNREFUSED/);
    expect(body).toMatchObject(name === 'front' ? { status: 'not-ready' } : { status: 'not-ready', checks: {} });
    if (name === 'resources') expect((await fetch(`${early.url}/v1/regions/region-1/vpcs`)).status).toBe(503);
    expect(await early.stop()).toBe(0);
  });
});

describe.skipIf(!canHaveBroker())('when database and broker come', () => {
  let postgres: DevPostgres;
  let kafka: Kafka;
  afterAll(async () => {
    await kafka?.stop();
    await postgres?.stop();
  });

  it('each process becomes ready, in whatever order, and one resources process takes over from another', async () => {
    const early = await Promise.all((['tunnel-worker', 'routing'] as const).map((name) => service(name)));
    for (const each of early) each.launch();
    postgres = await startPostgres(path.join(dir, 'postgres'), postgresPort);
    const databaseUrl = await postgres.createDatabase('bordergate');
    const pair = await Promise.all([1, 2].map(() => service('resources', { DATABASE_URL: databaseUrl })));
    const telemetry = await service('telemetry', { DATABASE_URL: databaseUrl });
    for (const each of [...pair, telemetry]) each.launch();
    kafka = await startKafka({ dataDir: path.join(dir, 'kafka'), port: kafkaPort });
    await Promise.all([...early, ...pair, telemetry].map((each) => each.untilReady(120_000)));

    const [first, second] = (await leadsRelay(pair[0]!)) ? pair : [pair[1]!, pair[0]!];
    expect([await leadsRelay(first!), await leadsRelay(second!)]).toEqual([true, false]);
    const create = async (of: ServiceProcess, vpcName: string) => {
      const response = await fetch(`${of.url}/v1/regions/region-1/vpcs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ vpcName, cidr: '10.1.0.0/16' }) });
      expect(response.status).toBe(201);
      return ((await response.json()) as { vpcId: string }).vpcId;
    };
    // routing knows a VPC when its decision has been relayed
    const relayed = (vpcId: string) => eventually(`${vpcId} relayed`, async () => (await fetch(`${early[1]!.url}/v1/regions/region-1/vpcs/${vpcId}/routes`)).ok);
    await relayed(await create(second!, 'by-the-one-that-stands-by'));
    await first!.kill();
    const began = Date.now();
    await relayed(await create(second!, 'after-the-leader-was-killed'));
    console.log(`the relay was taken over ${Date.now() - began} ms after kill -9 of its leader`);
    expect(await leadsRelay(second!)).toBe(true);

    // the broker goes: each says so and since when, goes on serving what it can, and stops before a supervisor would kill it
    await kafka.stop();
    const all = [...early, telemetry, second!];
    for (const each of all) {
      await eventually(`${each.name} says that the broker is away`, async () => (await ready(each)).body.status === 'degraded', 60_000);
      const { status, body } = await ready(each);
      expect([each.name, status, body.checks]).toEqual([each.name, 200, expect.objectContaining({ journal: expect.stringMatching(/^away since .*: not connected to /) })]);
    }
    await create(second!, 'while-the-broker-is-away');
    for (const each of all) {
      const asked = performance.now();
      const status = await each.stop();
      const took = Math.round(performance.now() - asked);
      console.log(`${each.name} stopped within ${took} ms, with the broker away`);
      expect(took).toBeLessThan(9_000);
      // a first start is no error, and an outage is said once (before the broker came, and when it went)
      const log = linesOf(each);
      expect([each.name, status, log.filter(({ level }) => level === 'error')]).toEqual([each.name, 0, []]);
      expect([each.name, log.filter(({ message }) => message.startsWith('Kafka is not reached')).length]).toEqual([each.name, log.some(({ message }) => message === 'Kafka is reached again') ? 2 : 1]);
    }
  });
});
