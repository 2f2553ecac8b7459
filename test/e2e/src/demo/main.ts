import path from 'node:path';
import { playDistributed } from './distributed/play.js';
import { createDistributedStage } from './distributed/stage.js';
import { failovers, staticBeatsBgp } from './failover.js';
import { chartsMatch } from './integrals.js';
import { Reporter } from './report.js';
import { createStage, stageFolder, type Stage } from './stage.js';
import { outsideLink, tutorial } from './walk.js';

export interface DemoOptions {
  readonly once: boolean;
  readonly simulated: boolean;
  /** A process per service, two nodes. */
  readonly distributed?: boolean;
}

/** What the demo plays on, and what is left to look at. */
interface Scene {
  readonly url: string;
  play(report: Reporter): Promise<void>;
  logTail(): string;
  tryIt(): string;
  destroy(): Promise<void>;
}

/** The first and the last line where there are no real tunnels. */
export const SIMULATED = 'SIMULATED: no packets, no daemons; states and routes follow a model of the data plane';

/** The demo: everything an operator would do by hand, printed as it happens. Answers the exit code. */
export async function main(options: DemoOptions): Promise<number> {
  const print = (line: string) => console.log(line);
  const report = new Reporter(print, options.simulated);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  const scene = await (options.distributed ? distributed() : allInOne(options.simulated));
  const played = scene.play(report).catch((error: Error) => {
    report.check('the demo ran to its end', false, error.message);
    console.error(error);
    console.error(scene.logTail());
  });
  const ended = await Promise.race([played, interrupted]);
  if (ended !== 'interrupted') {
    report.summary();
    report.say(`${Math.round(process.uptime())} s in all`);
  }
  const code = ended === 'interrupted' ? 130 : report.failed ? 1 : 0;
  if (!options.once && code === 0) {
    print(`\nThe platform keeps running: ${scene.url}  (API: ${scene.url}/docs; command line: BORDERGATE_URL=${scene.url} npm run bordergate -- list vpn-tunnels)`);
    if (!options.distributed) print(`Prometheus: scrape ${scene.url}/metrics, or run one on deploy/prometheus/all-in-one.yaml with ${new URL(scene.url).port} for 8480 (docs/monitoring.md)`);
    if (!options.simulated) print(`Try it: ${scene.tryIt()}`);
    print(`Ctrl-C ends it all and cleans up.${options.simulated ? ` ${SIMULATED}` : ''}`);
    await interrupted;
  }
  await scene.destroy();
  print(`\n${code ? (code === 130 ? 'interrupted; cleaned up' : 'FAILED; cleaned up') : 'ended and cleaned up'}${options.simulated ? `. ${SIMULATED}` : ''}`);
  return code;
}

async function allInOne(simulated: boolean): Promise<Scene> {
  const stage = await createStage({ dir: path.resolve('.demo'), name: 'bgd', simulated });
  return { url: stage.platform.url, play: (report) => play(stage, report), logTail: () => stage.platform.logTail(), tryIt: () => stage.world.tryIt(), destroy: () => stage.destroy() };
}

async function distributed(): Promise<Scene> {
  const stage = await createDistributedStage({ dir: stageFolder('distributed'), name: 'bgp' });
  return { url: stage.cluster.url, play: (report) => playDistributed(stage, report), logTail: () => stage.cluster.logTail(), tryIt: () => stage.world.tryIt(), destroy: () => stage.destroy() };
}

async function play({ platform, world, api, dataDir }: Stage, report: Reporter): Promise<void> {
  report.step('The platform starts: every service in one process, its own database');
  report.say(`ready after ${await platform.start()} ms: ${platform.url} (API at /docs, data in ${dataDir})`);
  const site = await tutorial(api, world, report);
  await chartsMatch(api, world, report, site);
  await staticBeatsBgp(api, world, report, site);
  await failovers(api, world, report, site);
  await outsideLink(world, report);
}
