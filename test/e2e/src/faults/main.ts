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
import { KINDS } from './kinds.js';
import { printTable, problemsOf, type Episode } from './report.js';
import { planOf } from './plan.js';
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

/** A day of commands, and faults at random points of it. After each, what is there is held against what was acknowledged. Answers the exit code. */
export async function main(options: FaultOptions): Promise<number> {
  const began = Date.now();
  const say = (line: string) => console.log(`[${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s] ${line}`);
  const random = seeded(options.seed);
  const plan = planOf(KINDS, options, random);
  say(`seed ${options.seed}: ${plan.map(({ kind, times }) => `${kind.name}${times > 1 ? ` x ${times}` : ''}`).join(', ')}`);
  const dir = stageFolder('faults');
  const diskDir = path.join(dir, 'broker-disk');
  await stopKafka(path.join(diskDir, 'kafka')); // of an interrupted run
  const disk = await SmallDisk.mount(diskDir, BROKER_DISK_MB);
  const stage = await createDistributedStage({ dir, name: 'bgx', resources: 2, kafkaDir: brokerDir(disk) });
  const { cluster, world } = stage;
  const episodes: Episode[] = [];
  let supervisor: Supervisor | undefined;
  try {
    await cluster.start();
    const api = new Api(cluster.url, cluster.region, PATIENCE_MS);
    const site = await tutorial(api, world, new Reporter(() => undefined), ({ routeTableId }) => world.obey(routeTableId));
    say(`the tutorial is done; ${cluster.all.map(({ name, pid }) => `${name} ${pid}`).join(', ')}; logs in ${path.join(stage.dir, 'cluster')}`);
    await api.patch(`vpnConnections/${site.vpnConnectionId}`, CALM_BFD);
    await bothTunnelsCarry(api, site);
    const verification = new Verification(stage, api, site);
    await verification.remember();
    supervisor = new Supervisor(cluster.all, () => 100 + random() * 900);
    const startProbe = () => TrafficProbe.start({ cloud: world.hosts.vm, customer: world.hosts.idc, intervalMs: PROBE_INTERVAL_MS });
    const day = new Day(api, site, world.nodes);
    const scene = { stage, day, supervisor, random, infrastructure: await Infrastructure.of({ dir: path.join(dir, 'cluster'), disk, databaseUrl: cluster.databaseUrl }) };
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
      say(`${kind.name}: ${faults.join(' ')}; ${episode.acknowledged} acknowledged, gaps ${traffic.cloudToCustomer.longestGapMs}/${traffic.customerToCloud.longestGapMs} ms; settled and checked after ${settledMs} ms (${findings.took})`);
      for (const problem of problemsOf(episode)) say(`WRONG: ${problem}`);
      day.resume();
    }
    await day.end();
    await probe.stop();
    const wrong = episodes.flatMap(problemsOf);
    console.log('');
    printTable(episodes);
    console.log(`\nseed ${options.seed}; processes that ended by themselves: ${supervisor.endedByThemselves.join(', ') || 'none'}; ${Math.round((Date.now() - began) / 1_000)} s`);
    return wrong.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error);
    console.error(cluster.logTail());
    if (episodes.length > 0) printTable(episodes);
    return 1;
  } finally {
    await supervisor?.end();
    await stage.destroy();
    await SmallDisk.unmount(diskDir);
  }
}
