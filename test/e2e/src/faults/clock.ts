import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from '../demo/service-process.js';
import type { Scene } from './kinds.js';
import { READY_MS } from './supervisor.js';

const HOURS_2 = 7_200;
/** libfaketime looks into its file once a second. */
const LOOK_S = 1;

/** Debian puts it into a folder of the machine's architecture. */
function libfaketime(): string {
  const found = readdirSync('/usr/lib').map((folder) => path.join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1')).find((file) => existsSync(file));
  if (!found) throw new Error('libfaketime is not installed');
  return found;
}

/** The wall clock of one process, which can be set while it runs. Its steady clock and its children's clocks are the machine's. */
class Clock {
  constructor(private readonly file: string) {
    this.set(0);
  }

  set(offsetSeconds: number): void {
    writeFileSync(this.file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}`);
  }

  get env(): Record<string, string> {
    return { LD_PRELOAD: libfaketime(), FAKETIME_TIMESTAMP_FILE: this.file, FAKETIME_CACHE_DURATION: String(LOOK_S), FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_ONLY_CMDS: path.basename(process.execPath) };
  }
}

/** All clocks go two hours ahead, then some of them back behind the others, then all are right again; the day goes on. */
export async function clocksJump({ stage, supervisor, random }: Scene): Promise<string[]> {
  const clocks = new Map(stage.cluster.all.map((service) => [service, new Clock(path.join(stage.dir, 'cluster', `${service.name}.clock`))] as const));
  await Promise.all([...clocks].map(([service, clock]) => supervisor.restart(service, clock.env)));
  await supervisor.allReady(READY_MS);
  const set = async (offset: (service: ServiceProcess) => number, forSeconds: number) => {
    for (const [service, clock] of clocks) clock.set(offset(service));
    await sleep((LOOK_S + forSeconds) * 1_000);
  };
  await set(() => HOURS_2, 15);
  const behind = new Set(stage.cluster.all.filter(() => random() < 0.5));
  await set((service) => (behind.has(service) ? -HOURS_2 : HOURS_2), 15);
  await set(() => 0, 0); // and so they go on: what a clock that was set back leaves behind has to be seen
  return ['all clocks 2 h ahead', `${[...behind].map(({ name }) => name).join(', ')} 2 h behind and the others 2 h ahead`, 'all clocks right again'];
}
