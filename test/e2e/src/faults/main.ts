import path from 'node:path';
import { stopKafka } from '../../../../tools/kafka.mjs';
import { Api } from '../demo/api.js';
import { createDistributedStage } from '../demo/distributed/stage.js';
import { Reporter } from '../demo/report.js';
import { seeded } from '../demo/seeded.js';
import { stageFolder } from '../demo/stage.js';
import { bothTunnelsCarry, tutorial } from '../demo/walk.js';
import { TrafficProbe } from '../lab/traffic-probe.js';
import { Day } from './day.js';
import { brokerDir, Infrastructure } from './infrastructure.js';
import { KINDS, type Scene } from './kinds.js';
import { printTable, problemsOf, type Episode } from './report.js';
import { planOf, type Step } from './plan.js';
import { SmallDisk } from './small-disk.js';
import { READY_MS, Supervisor } from './supervisor.js';
import { Verification } from './verify.js';

export interface FaultOptions {
  readonly kills: number;
  readonly seed: number;
  /** Names of kinds; all when not said. */
  readonly only?: readonly string[];
}

/** An answer may be as late as the longest outage and what comes after it. */
const PATIENCE_MS = 300_000;
/** Room for a day's records, and not much more. */
const BROKER_DISK_MB = 1_024;
/** No link fails here. With 100 ms x 3 a machine that other work shares would break sessions by itself, and it is the faults that are to be seen. */
const CALM_BFD = { bfdIntervalMs: 1_000, bfdMultiplier: 5 };
/** Sixteen flows each way: 800 packets a second. */
const PROBE_INTERVAL_MS = 20;

type Say = (line: string) => void;

/** A day of commands, and faults at random points of it. After each, what is there is held against what was acknowledged. Answers the exit code. */
export async function main(options: FaultOptions): Promise<number> {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1_000);
  const say: Say = (line) => console.log(`[${String(seconds()).padStart(4)} s] ${line}`);
  const random = seeded(options.seed);
  const plan = planOf(KINDS, options, random);
  say(`seed ${options.seed}: ${plan.map(({ kind, times }) => `${kind.name}${times > 1 ? ` x ${times}` : ''}`).join(', ')}`);
  const dir = stageFolder('faults');
  const diskDir = path.join(dir, 'broker-disk');
  await stopKafka(path.join(diskDir, 'kafka')); // of an interrupted run
  const disk = await SmallDisk.mount(diskDir, BROKER_DISK_MB);
  const stage = await createDistributedStage({ dir, name: 'bgx', resources: 2, kafkaDir: brokerDir(disk) });
  const supervisor = new Supervisor(stage.cluster.all, () => 100 + random() * 900);
  const episodes: Episode[] = [];
  const interruption = interrupted();
  let failed = false;
  try {
    await Promise.race([play({ stage, disk, supervisor, random }, plan, say, episodes), interruption.came]);
  } catch (error) {
    failed = true;
    console.error(error);
    console.error(stage.cluster.logTail());
  } finally {
    interruption.forget();
    await supervisor.end();
    await stage.destroy();
    await SmallDisk.unmount(diskDir);
  }
  if (episodes.length > 0) printTable(episodes);
  console.log(`\nseed ${options.seed}; processes that ended by themselves: ${supervisor.endedByThemselves.join(', ') || 'none'}; ${seconds()} s`);
  return failed || episodes.some((episode) => problemsOf(episode).length > 0) ? 1 : 0;
}

/** @param episodes gets what was done and seen, as it happens */
async function play(set: Pick<Scene, 'stage' | 'supervisor' | 'random'> & { readonly disk: SmallDisk }, plan: readonly Step[], say: Say, episodes: Episode[]): Promise<void> {
  const { stage, supervisor } = set;
  const { cluster, world } = stage;
  await cluster.start();
  const api = new Api(cluster.url, cluster.region, PATIENCE_MS);
  const site = await tutorial(api, world, new Reporter(() => undefined), ({ routeTableId }) => world.obey(routeTableId));
  await api.patch(`vpnConnections/${site.vpnConnectionId}`, CALM_BFD);
  await bothTunnelsCarry(api, site);
  say(`the tutorial is done; ${cluster.all.map(({ name, pid }) => `${name} ${pid}`).join(', ')}; logs in ${path.join(stage.dir, 'cluster')}`);
  const infrastructure = await Infrastructure.of({ dir: path.join(stage.dir, 'cluster'), disk: set.disk, databaseUrl: cluster.databaseUrl });
  const verification = new Verification(stage, api, site);
  await verification.remember();
  supervisor.begin();
  const startProbe = () => TrafficProbe.start({ cloud: world.hosts.vm, customer: world.hosts.idc, intervalMs: PROBE_INTERVAL_MS });
  const day = new Day(api, site, world.nodes);
  const scene: Scene = { ...set, day, infrastructure };
  let probe = await startProbe();
  for (const { kind, times } of plan) {
    const acknowledgedBefore = api.acknowledged.length;
    const startedAt = Date.now();
    const faults = await kind.inject(scene, times);
    const healedAt = Date.now();
    await supervisor.allReady(READY_MS);
    await day.pause();
    const findings = { ...(await verification.findings()), refused: day.refused() };
    const settledMs = Date.now() - healedAt;
    const next = await startProbe(); // before the other ends: no moment without traffic
    const traffic = await probe.stop();
    probe = next;
    const episode: Episode = { kind: kind.name, faults, acknowledged: api.acknowledged.length - acknowledgedBefore, findings, traffic, faultMs: healedAt - startedAt, settledMs };
    episodes.push(episode);
    say(`${kind.name}: ${faults.join(', ')}; ${episode.acknowledged} acknowledged, gaps ${traffic.cloudToCustomer.longestGapMs}/${traffic.customerToCloud.longestGapMs} ms; settled and checked after ${settledMs} ms (${findings.took})`);
    for (const problem of problemsOf(episode)) say(`WRONG: ${problem}`);
    day.resume();
  }
  await day.end();
  await probe.stop();
}

/** Ctrl-C ends the run, and cleans up. */
function interrupted(): { readonly came: Promise<never>; forget(): void } {
  let come!: (signal: NodeJS.Signals) => void;
  const came = new Promise<never>((_, reject) => { come = (signal) => reject(new Error(`interrupted by ${signal}`)); });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, come);
  return { came, forget: () => { for (const signal of signals) process.off(signal, come); } };
}
