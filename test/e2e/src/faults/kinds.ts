import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '@bordergate/contracts';
import type { DistributedStage } from '../demo/distributed/stage.js';
import { leadsRelay, type ServiceProcess } from '../demo/service-process.js';
import { until } from '../lab/until.js';
import { clocksJump } from './clock.js';
import type { Day } from './day.js';
import { frozen, type Infrastructure } from './infrastructure.js';
import { delivered } from './deliveries.js';
import type { Supervisor } from './supervisor.js';

/** What a fault may lay its hands on. */
export interface Scene {
  readonly stage: DistributedStage;
  readonly day: Day;
  readonly supervisor: Supervisor;
  readonly infrastructure: Infrastructure;
  readonly random: () => number;
}

/** One kind of fault. What it breaks it leaves whole again, or to the supervisor. */
export interface Kind {
  readonly name: string;
  /** Does it so many times over while the day goes on, and answers what was done, one entry for each. */
  inject(scene: Scene, times: number): Promise<string[]>;
}

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;
const seconds = (n: number) => sleep(n * 1_000);
const services = ({ stage: { cluster } }: Scene, name: string): ServiceProcess[] => cluster.all.filter((service) => service.name.startsWith(name) && service.running);

/** At random points, also of one that is still starting, also several at once. */
async function kills({ stage: { cluster }, supervisor, random }: Scene, times: number): Promise<string[]> {
  const killed: string[] = [];
  while (killed.length < times) {
    await sleep(random() * 1_500);
    const victim = pick(cluster.all.filter((service) => service.running), random);
    killed.push(victim.name);
    await supervisor.kill(victim);
  }
  return killed;
}

async function brokerAway({ infrastructure: { broker } }: Scene, end: 'stop' | 'kill', forSeconds: number): Promise<void> {
  await broker[end]();
  await seconds(forSeconds);
  await broker.restart();
}

async function databaseAway({ infrastructure }: Scene, signal: 'SIGINT' | 'SIGKILL', forSeconds: number): Promise<void> {
  await infrastructure.endDatabase(signal);
  await seconds(forSeconds);
  await infrastructure.startDatabase();
}

async function relayOf(scene: Scene): Promise<ServiceProcess> {
  return until('a resources process that relays', async () => {
    for (const service of services(scene, 'resources')) if (await leadsRelay(service)) return service;
    return undefined;
  }, { timeoutMs: 30_000 });
}

/** Runs for a tenth of the time only. */
async function slowedDown(service: ServiceProcess, forSeconds: number): Promise<void> {
  const pid = service.pid!;
  for (let round = 0; round < forSeconds; round++) {
    await frozen(pid, () => sleep(900));
    await sleep(100);
  }
}

/** A single fault of a kind, with what was done in words. */
const once = (name: string, what: (scene: Scene) => Promise<unknown>, words: string): Kind => ({ name, inject: async (scene) => [await what(scene).then(() => words)] });

export const KINDS: readonly Kind[] = [
  { name: 'kill', inject: kills },
  once('broker-stopped', (scene) => brokerAway(scene, 'stop', 15), 'stopped for 15 s'),
  once('broker-killed', (scene) => brokerAway(scene, 'kill', 5), 'kill -9, started again after 5 s'),
  once('broker-frozen', ({ infrastructure }) => infrastructure.brokerFrozen(() => seconds(120)), 'SIGSTOP for 120 s'),
  once('broker-unreachable', ({ infrastructure }) => infrastructure.brokerUnreachable(() => seconds(40)), 'its packets dropped for 40 s'),
  once('postgres-restarted', (scene) => databaseAway(scene, 'SIGINT', 8), 'stopped for 8 s'),
  once('postgres-killed', (scene) => databaseAway(scene, 'SIGKILL', 2), 'kill -9, started again after 2 s'),
  { name: 'deliveries', inject: delivered },
  once('relay-frozen', async (scene) => frozen((await relayOf(scene)).pid!, () => seconds(25)), 'SIGSTOP of the resources process that relays for 25 s'),
  once('consumer-frozen', async (scene) => frozen(services(scene, 'routing')[0]!.pid!, () => seconds(25)), 'SIGSTOP of a routing instance for 25 s'),
  once('consumers-slow', async (scene) => Promise.all(['worker', 'telemetry', 'routing'].map((name) => slowedDown(pick(services(scene, name), scene.random), 20))), 'a worker, telemetry and a routing instance run a tenth of the time for 20 s'),
  // an end of a transaction takes 78 bytes: a broker that cannot write it goes on only when it is started anew
  once('topics-refuse', ({ infrastructure }) => infrastructure.refusing([TOPICS.decisions, TOPICS.tunnelObservations, TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut], 128, () => seconds(20)), 'five topics take no message for 20 s'),
  once('disk-full', ({ infrastructure }) => infrastructure.brokerDiskFull(() => seconds(20)), "no room on the broker's disk for 20 s, then started again"),
  { name: 'clocks', inject: clocksJump },
];
