import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stageFolder } from '../demo/stage.js';
import { CAUSES, type Cause } from './causes.js';
import { handBuiltSubject } from './hand-built-subject.js';
import { bothCarry, measure, type Ends, type Gap, type Watch } from './measure.js';
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
  --every    a packet of each flow every so many ms (10); 50 is fine enough where a gap lasts for minutes, and lets several be measured at the same time
  --instance a letter, to run several at the same time
  --minutes  no new kind is begun after so many (no limit)
  --results  file that the figures are put into, those of a kind in the place of what was there (test/e2e/failover-results.json);
             of several files (by commas) the first is written to, and all are reported, added up
  --report   measures nothing, prints the table and the goals
  --help     prints this`;

const { values } = parseArgs({ options: {
  cause: { type: 'string', default: Object.keys(CAUSES).join() }, routes: { type: 'string', default: '1,1000,10000' }, bfd: { type: 'string', default: 'yes,no' },
  cloud: { type: 'string', default: 'bordergate,bird,frr' }, n: { type: 'string', default: '20' }, ends: { type: 'string', default: 'both' }, every: { type: 'string', default: '10' }, instance: { type: 'string', default: '' }, minutes: { type: 'string', default: 'Infinity' },
  results: { type: 'string', default: path.resolve(import.meta.dirname, '../../failover-results.json') }, report: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
} });

const BUILD: Readonly<Record<string, (setting: Setting) => Promise<Subject>>> = {
  bordergate: platformSubject,
  bird: setting => handBuiltSubject('bird', setting),
  frr: setting => handBuiltSubject('frr', setting),
};
const deadline = performance.now() + Number(values.minutes) * 60_000;
const watch: Watch = { ends: values.ends as Ends, everyMs: Number(values.every) };
if (!(watch.everyMs >= 1)) throw new Error(`--every ${values.every} is no number of ms`);
const results = values.results.split(',');
const failures: string[] = [];
/** Asked to end: what is under way is finished, kept with as many failovers as it has, and everything is removed. */
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { ending = true; });
const isOver = (): boolean => ending || performance.now() > deadline;

const causes = values.cause.split(',').map((key) => {
  const cause = CAUSES[key];
  if (!cause) throw new Error(`--cause ${key} is none of ${Object.keys(CAUSES).join(', ')}`);
  return cause;
});
const clouds = values.cloud.split(',').map((key) => {
  const build = BUILD[key];
  if (!build) throw new Error(`--cloud ${key} is none of ${Object.keys(BUILD).join(', ')}`);
  return { key, build };
});

/** Measures all of a cell that can be, and keeps each failover as soon as there is one. */
async function cell(subject: Subject, cause: Cause, { routes, bfd }: Setting): Promise<void> {
  const about = `${subject.name}, ${cause.name}, ${routes} routes, ${bfd ? 'with' : 'without'} BFD`;
  const gaps: Gap[] = [];
  const keep = (failed?: string) => addCell(results[0]!, {
    subject: subject.name, cause: cause.name, routes, bfd, ...watch, date: new Date().toISOString(), gaps, ...(failed === undefined ? {} : { failed }),
  });
  try {
    for (let i = 0; i < Number(values.n) && !ending; i++) {
      gaps.push(await measure(subject, cause, routes, i % 2, watch));
      console.log(`  ${about}: ${JSON.stringify(gaps.at(-1))}`);
      keep();
    }
  } catch (error) {
    keep(`${about}, after ${gaps.length}: ${error instanceof Error ? error.message : error}`);
    throw error;
  }
}

/** One world for all causes. A failure leaves it in no state to go on with: the causes after it get a new one. */
async function cells(build: (setting: Setting) => Promise<Subject>, setting: Setting): Promise<void> {
  const waiting = [...causes];
  while (waiting.length > 0 && !isOver()) {
    const subject = await build(setting);
    let measured: Cause | undefined;
    try {
      await bothCarry(subject, setting.routes, 180_000);
      while (waiting.length > 0 && !isOver()) {
        measured = waiting.shift()!;
        if (!measured.needsWorker || subject.worker) await cell(subject, measured, setting);
      }
    } catch (error) {
      failures.push(`${subject.name}, ${measured?.name ?? 'all'}, ${setting.routes} routes, ${setting.bfd ? 'with' : 'without'} BFD`);
      console.error(error);
      if (!measured) return;
    } finally {
      await subject.destroy();
    }
  }
}

async function runAll(): Promise<void> {
  const dir = stageFolder(`failover${values.instance}`);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  for (const routes of values.routes.split(',').map(Number)) {
    for (const bfd of values.bfd.split(',').map(word => word === 'yes')) {
      for (const { key, build } of clouds) await cells(build, { dir: path.join(dir, key), instance: values.instance, routes, bfd });
    }
  }
}

if (values.help) console.log(HELP);
else {
  if (!values.report) await runAll();
  const all = readCells(results);
  console.log(['', machine(), '', ...table(all), ''].join('\n'));
  for (const { goal, ok, seen } of goals(all)) console.log(`${ok ? '✔' : '✘'} ${goal}: ${seen}`);
  for (const failure of failures) console.log(`✘ not measured to the end: ${failure}`);
  process.exitCode = failures.length > 0 || goals(all).some(({ ok }) => !ok) ? 1 : 0;
}
