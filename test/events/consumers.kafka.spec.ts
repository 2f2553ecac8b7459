import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TOPICS, type Topic } from '@bordergate/contracts';
import { createLog, KafkaJournal, readKafkaSettings } from '@bordergate/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { throwAwayKafka } from '../kafka.js';
import { read, stories } from './days.js';

const run = promisify(execFile);
const CLIENT = 'kafka-python==3.0.12';
const README = path.resolve(import.meta.dirname, '../../docs/events/README.md');
const SCRIPT = path.resolve(import.meta.dirname, '../../docs/events/examples/vpc_routes.py');
const recorded = read(stories().find((story) => story.endsWith('tutorial.ndjson'))!);
let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
const errors: unknown[] = [];

/** A broker with what the topics held on a day. */
beforeAll(async () => {
  broker = await throwAwayKafka();
  const journal = new KafkaJournal({ settings: readKafkaSettings({ KAFKA_BROKERS: broker.brokers, KAFKA_PARTITIONS: '3' })!, clientId: 'test', log: createLog('test', { level: 'error' }), onError: (error) => errors.push(error) });
  const topics = new Map<string, Topic>(Object.values(TOPICS).map((topic) => [topic.name, topic]));
  for (const { topic, record } of recorded) await journal.publish(topics.get(topic)!, [record]);
  await journal.close();
});
afterAll(async () => {
  await broker?.remove();
  expect(errors).toEqual([]);
});

const of = (topic: Topic) => recorded.filter((each) => each.topic === topic.name).map(({ record }) => record);

it('kcat, as the documentation says it, shows each decision with its key, its attributes and its data', async () => {
  const command = /```bash\n(kcat .*)\n```/.exec(readFileSync(README, 'utf8'))![1]!;
  const { stdout } = await run('bash', ['-c', command], { env: { ...process.env, BROKER: broker.brokers } });
  const seen = stdout.trim().split('\n').map((line) => line.split('\t') as [string, string, string]).map(([key, headers, value]) => ({ key, headers: Object.fromEntries(headers.split(',').map((each) => each.split(/=(.*)/s).slice(0, 2))), value }));
  const decisions = of(TOPICS.decisions);
  expect(seen.length).toBe(decisions.length);
  const bySequence = new Map(seen.map((each) => [each.headers.ce_sequence, each]));
  for (const { key, event } of decisions) {
    const found = bySequence.get(event!.sequence!);
    expect(found).toMatchObject({ key, headers: { ce_specversion: '1.0', ce_id: event!.id, ce_type: event!.type, ce_partitionkey: event!.partitionkey, ce_actor: event!.actor, 'content-type': 'application/json' } });
    expect(JSON.parse(found!.value)).toEqual(event!.data);
  }
});

it('twenty lines of Python see the VPC route tables as they stand', async () => {
  const { stdout } = await run(python(), [SCRIPT, broker.brokers]);
  const standing = new Map(of(TOPICS.vpcRoutes).map(({ key, event }) => [key, event?.data as { routeTableId: string; prefix: string; candidates: { effective: boolean; routeType: string; borderGatewayId: string | null; because: string }[] } | undefined]));
  const rows = [...standing.values()].flatMap((route) => (route?.candidates ?? []).filter(({ effective }) => effective).map((each) => `${route!.routeTableId} ${route!.prefix} ${each.routeType} ${each.borderGatewayId ?? '-'} ${each.because}`));
  expect(rows.length).toBeGreaterThan(1);
  expect(stdout.trim().split('\n').sort()).toEqual(rows.sort());
});

/** A virtual environment with the client, in the user's cache. */
function python(): string {
  const folder = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bordergate', CLIENT.replace('==', '-'));
  if (!existsSync(path.join(folder, '.complete'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    execFileSync('python3', ['-m', 'venv', folder]);
    execFileSync(path.join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', CLIENT]);
    writeFileSync(path.join(folder, '.complete'), '');
  }
  return path.join(folder, 'bin/python');
}
