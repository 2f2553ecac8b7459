import path from 'node:path';
import { failovers, staticBeatsBgp } from './failover.js';
import { Reporter } from './report.js';
import { createStage, type Stage } from './stage.js';
import { tutorial } from './walk.js';

export interface DemoOptions {
  readonly once: boolean;
  readonly simulated: boolean;
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
  const stage = await createStage({ dir: path.resolve('.demo'), name: 'bgd', simulated: options.simulated });
  const { platform } = stage;
  const played = play(stage, report).catch((error: Error) => {
    report.check('the demo ran to its end', false, error.message);
    console.error(error);
    console.error(platform.logTail());
  });
  const ended = await Promise.race([played, interrupted]);
  if (ended !== 'interrupted') {
    report.summary();
    report.say(`${Math.round(process.uptime())} s in all`);
  }
  const code = ended === 'interrupted' ? 130 : report.failed ? 1 : 0;
  if (!options.once && code === 0) {
    print(`\nThe platform keeps running: ${platform.url}  (API: ${platform.url}/docs; command line: BORDERGATE_URL=${platform.url} npm run bordergate -- list vpn-tunnels)`);
    if (!options.simulated) print(`Try it: ${stage.world.tryIt()}`);
    print(`Ctrl-C ends it all and cleans up.${options.simulated ? ` ${SIMULATED}` : ''}`);
    await interrupted;
  }
  await stage.destroy();
  print(`\n${code ? (code === 130 ? 'interrupted; cleaned up' : 'FAILED; cleaned up') : 'ended and cleaned up'}${options.simulated ? `. ${SIMULATED}` : ''}`);
  return code;
}

async function play({ platform, world, api, dataDir }: Stage, report: Reporter): Promise<void> {
  report.step('The platform starts: every service in one process, its own database');
  report.say(`ready after ${await platform.start()} ms: ${platform.url} (API at /docs, data in ${dataDir})`);
  const site = await tutorial(api, world, report);
  await staticBeatsBgp(api, world, report, site);
  await failovers(api, world, report, site);
  await outsideLink(world, report);
}

/** What a wiretapper on the internet saw, from the first packet to the last. */
export async function outsideLink(world: Stage['world'], report: Reporter): Promise<void> {
  const wire = await world.wire();
  if (!wire) return;
  report.step('The outside link: what was captured from the first packet on');
  report.check('nothing but IKE and ESP', wire.other === 0 && wire.espInUdp + wire.nativeEsp > 0 && wire.dropped === 0,
    `${wire.packets} packets: ${wire.espInUdp} ESP in UDP, ${wire.nativeEsp} ESP, ${wire.ike + wire.ikeNatT} IKE, ${wire.keepalive} NAT keepalives, ${wire.arp} ARP, ${wire.other} other${wire.otherSamples.length ? `: ${wire.otherSamples[0]}` : ''}`);
}
