import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stageFolder } from '../demo/stage.js';
import { CAUSES } from './causes.js';
import { handBuiltSubject } from './hand-built-subject.js';
import { bothCarry, measure, type Ends, type Gap } from './measure.js';
import { platformSubject } from './platform-subject.js';
import { addCell, goals, machine, readCells, table } from './results.js';
import type { Setting, Subject } from './subject.js';

const HELP = `Gaps in traffic while a tunnel of two fails, per cause and direction: npm run bench:failover -- [options]
  --cause    ${Object.keys(CAUSES).join(',')} (all)
  --routes   1,1000,10000 (all three)
  --bfd      yes,no (both): whether the customer's router has BFD
  --cloud    bordergate,bird,frr (all): ours, and strongSwan with BIRD or FRR built by hand
  --n        failovers of each kind (20)
  --ends     both,cloud (both): cloud puts it right as soon as the cloud has moved, which without BFD is long before the customer's router has
  --instance a letter, to run several at the same time
  --minutes  no new kind is begun after so many (no limit)
  --results  file or files (by commas) that the figures are added to (test/e2e/failover-results.json); --report only prints it`;

const { values } = parseArgs({ options: {
  cause: { type: 'string', default: Object.keys(CAUSES).join() }, routes: { type: 'string', default: '1,1000,10000' }, bfd: { type: 'string', default: 'yes,no' },
  cloud: { type: 'string', default: 'bordergate,bird,frr' }, n: { type: 'string', default: '20' }, ends: { type: 'string', default: 'both' }, instance: { type: 'string', default: '' }, minutes: { type: 'string', default: 'Infinity' },
  results: { type: 'string', default: path.resolve(import.meta.dirname, '../../failover-results.json') }, report: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
} });

const BUILD: Readonly<Record<string, (setting: Setting) => Promise<Subject>>> = {
  bordergate: platformSubject,
  bird: setting => handBuiltSubject('bird', setting),
  frr: setting => handBuiltSubject('frr', setting),
};
const deadline = performance.now() + Number(values.minutes) * 60_000;
const failures: string[] = [];
/** Asked to end: what is under way is finished, kept with as many failovers as it has, and everything is removed. */
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { ending = true; });
const isOver = (): boolean => ending || performance.now() > deadline;

async function cells(cloud: string, setting: Setting): Promise<void> {
  const build = BUILD[cloud];
  if (!build) throw new Error(`--cloud ${cloud} is none of ${Object.keys(BUILD).join(', ')}`);
  const subject = await build(setting);
  try {
    await bothCarry(subject, setting.routes, 180_000);
    for (const key of values.cause.split(',')) {
      const cause = CAUSES[key];
      if (!cause) throw new Error(`--cause ${key} is none of ${Object.keys(CAUSES).join(', ')}`);
      if ((cause.needsWorker && !subject.worker) || isOver()) continue;
      const about = `${subject.name}, ${cause.name}, ${setting.routes} routes, ${setting.bfd ? 'with' : 'without'} BFD`;
      const gaps: Gap[] = [];
      for (let i = 0; i < Number(values.n) && !ending; i++) {
        gaps.push(await measure(subject, cause, setting.routes, i % 2, values.ends as Ends));
        console.log(`  ${about}: ${JSON.stringify(gaps.at(-1))}`);
      }
      addCell(values.results.split(',')[0]!, { subject: subject.name, cause: cause.name, routes: setting.routes, bfd: setting.bfd, ends: values.ends as Ends, date: new Date().toISOString(), gaps });
    }
  } finally {
    await subject.destroy();
  }
}

async function runAll(): Promise<void> {
  const dir = stageFolder(`failover${values.instance}`);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  for (const routes of values.routes.split(',').map(Number)) {
    for (const bfd of values.bfd.split(',').map(word => word === 'yes')) {
      for (const cloud of values.cloud.split(',')) {
        if (isOver()) continue;
        await cells(cloud, { dir: path.join(dir, cloud), instance: values.instance, routes, bfd }).catch((error: unknown) => {
          failures.push(`${cloud}, ${routes} routes, ${bfd ? 'with' : 'without'} BFD`);
          console.error(error);
        });
      }
    }
  }
}

if (values.help) console.log(HELP);
else {
  if (!values.report) await runAll();
  const all = values.results.split(',').flatMap(readCells);
  console.log(['', machine(), '', ...table(all), ''].join('\n'));
  for (const { goal, ok, seen } of goals(all)) console.log(`${ok ? '✔' : '✘'} ${goal}: ${seen}`);
  for (const failure of failures) console.log(`✘ not measured: ${failure}`);
  process.exitCode = failures.length > 0 || goals(all).some(({ ok }) => !ok) ? 1 : 0;
}
