import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from '@bordergate/platform';
import { PlatformProcess } from '../demo/platform-process.js';
import { Client, type Document } from './client.js';
import { brokenInDatabase, databaseUrl, query, tablesWith } from './database.js';
import { foldAnew } from './fresh-fold.js';
import { Garden, PSK_MARK } from './garden.js';
import { INVARIANTS } from './invariants.js';
import { fuzzLiveStream } from './live-stream.js';
import { neverAnswered, printTable, tally } from './report.js';
import { fuzz, type FuzzSettings, type PartResult } from './schemathesis.js';
import { difference, type RegionSnapshot, snapshotOf, still, withoutReasons } from './snapshot.js';

export interface FuzzOptions {
  readonly schemathesis: string;
  /** At least so many requests of the schema-driven fuzzer. */
  readonly requests: number;
  readonly seed: number;
  /** Keeps the data folder and what Schemathesis said. */
  readonly keep: boolean;
}

const REGIONS = ['region-1', 'region-2', 'cn-north-1']; // the first one has the worker
const RACERS = ['racing 1', 'racing 2', 'racing 3'];
const MAX_RSS_MIB = 1_024;
/** How long a start may take beside everything else that a machine does. */
const START_MS = 300_000;
/** How long after a start what was before it may take to come back. */
const RETURN_MS = 60_000;
/** What differs after a restart though nothing was decided: when sessions began, what was counted, and (of the simulated BIRD, which keeps no times) since when routes are there. */
const OF_A_LIFE: ReadonlySet<string> = new Set(['counters', 'rates', 'observedAt', 'rekeys', 'ikeSas', 'childSas', 'history', 'opSince', 'bgpSince', 'since', 'sessionEpoch', 'opDetail', 'opReason']);

/** A running embedded platform, a schema-driven fuzzer at its whole API, and invariants over all that it says. */
export async function main(options: FuzzOptions): Promise<number> {
  const began = Date.now();
  const scratch = mkdtempSync(path.join(tmpdir(), 'bordergate-fuzz-'));
  const platform = await PlatformProcess.create({ dataDir: path.join(scratch, 'data'), driver: 'simulated', netnsPrefix: 'fuzz-', besideABusyTester: process.platform === 'linux' });
  const say = (line: string) => console.log(`[${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s] ${line}`);
  const problems: string[] = [];
  const found = (where: string, list: readonly string[]) => {
    for (const problem of list) {
      problems.push(`${where}: ${problem}`);
      say(`BROKEN ${where}: ${problem}`);
    }
  };
  const checked = new Map<string, number>();
  try {
    await platform.start(START_MS);
    say(`the platform runs at ${platform.url} (process ${platform.pid}, seed ${options.seed}, data in ${scratch})`);
    const client = new Client(platform.url);
    const garden = new Garden(client, REGIONS);
    await garden.plant();
    const settings: FuzzSettings = { schemathesis: options.schemathesis, url: platform.url, regions: REGIONS, pskMark: PSK_MARK, scratch, seed: options.seed, progressMs: 60_000, progress: (name, requests) => say(`${name}: ${requests} requests so far`) };
    const parts: PartResult[] = [];
    const run = async (name: string, ...args: string[]) => {
      const part = await fuzz(settings, name, args);
      parts.push(part);
      say(`${name}: ${part.requests} requests${part.findings ? ', with findings' : ''}`);
      if (part.findings) found(name, [part.findings]);
    };
    const inspect = async (): Promise<RegionSnapshot[]> => {
      const snapshots = await atRest(client, platform);
      for (const { name, broken } of INVARIANTS) {
        found(name, broken(snapshots));
        checked.set(name, (checked.get(name) ?? 0) + 1);
      }
      for (const [name, list] of Object.entries(await brokenInDatabase(await databaseUrl(platformData(scratch))))) {
        found(name, list);
        checked.set(name, (checked.get(name) ?? 0) + 1);
      }
      say(`${checked.size} invariants over ${snapshots.length} regions and ${snapshots.reduce((sum, { read }) => sum + Object.keys(read).length, 0)} documents`);
      return snapshots;
    };
    const sent = () => parts.reduce((sum, { requests }) => sum + requests, 0);

    await inspect();
    await run('every constraint of the schemas', '--phases=examples,coverage');
    await inspect();
    await garden.plant();
    await run('operations one after another', '--phases=stateful', `--max-examples=${Math.ceil(options.requests / 200)}`);
    await inspect();
    const tending = garden.tend();
    // processes, not threads: Hypothesis moves Python's recursion limit under the feet of other threads (CPython 3.11)
    const operations = await operationsOf(platform.url);
    while (sent() < options.requests) {
      const each = Math.max(5, Math.ceil((options.requests - sent()) / operations.length / RACERS.length));
      await Promise.all(RACERS.map((name) => run(name, '--phases=fuzzing', `--max-examples=${each}`, '--no-shrink')));
    }
    garden.stop();
    await tending;
    const stream = await fuzzLiveStream(platform.url, REGIONS, 60);
    found('the live stream', stream.problems);

    const snapshots = await inspect();
    const anew = async (name: string, check: () => Promise<readonly string[]>) => {
      found(name, await check());
      checked.set(name, (checked.get(name) ?? 0) + 1);
      say(name);
    };
    const url = await databaseUrl(platformData(scratch));
    await anew('every view, table and explanation equals a fresh fold of the log', () => foldAnew(url, snapshots));
    await anew('pre-shared keys are in no table, log or file', () => secretsAbout(client, url, snapshots, scratch));
    const rss = await residentMiB(platform.url);
    await anew(`the process lives, and has at most ${MAX_RSS_MIB} MiB (${rss})`, async () => (rss > MAX_RSS_MIB ? [`${rss} MiB`] : []));
    await anew('after kill -9 everything is as it was', async () => {
      await platform.kill();
      await platform.start(START_MS);
      // At rest is that nothing has changed for a second; on a busy machine a peer may be about to say the rest of its routes.
      for (const deadline = Date.now() + RETURN_MS; ; ) {
        const differs = difference(withoutReasons(still(snapshots, OF_A_LIFE)), withoutReasons(still(await atRest(client, platform), OF_A_LIFE)));
        if (!differs) return [];
        if (Date.now() > deadline) return [differs];
      }
    });
    await anew('the log has no error', async () => errorsIn(platform.log));
    found('answers of 500 and above to other requests', client.failures);

    const figures = tally(parts);
    console.log('');
    printTable(figures);
    found('operations never answered 2xx', neverAnswered(figures.answers, operations));
    const failures = parts.filter(({ findings }) => findings).length;
    console.log(`\n${sent()} requests of Schemathesis to ${operations.length} operations, ${client.requests} of racing writers and of the checks, ${stream.requests} live streams; ${failures} parts with findings`);
    console.log(`${checked.size} invariants, checked ${[...checked.values()].reduce((sum, n) => sum + n, 0)} times; ${problems.length} problems; ${Math.round((Date.now() - began) / 1_000)} s`);
    if (problems.length > 0) console.log(`seed ${options.seed}; to see more: --keep`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    await platform.kill().catch((error: unknown) => console.error(error));
    await stopDatabase(scratch);
    if (options.keep) console.log(`kept: ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true });
  }
}

const platformData = (scratch: string): string => path.join(scratch, 'data');

/** All regions that anything was made in, when nothing changes any more. */
async function atRest(client: Client, platform: PlatformProcess): Promise<RegionSnapshot[]> {
  const url = await databaseUrl(path.dirname(platform.log));
  const regions = (await query<{ region: string }>(url, 'select distinct region from resource order by region')).map(({ region }) => region);
  return client.settled(async () => {
    const snapshots: RegionSnapshot[] = [];
    for (const region of regions) {
      const snapshot = await snapshotOf(client, region);
      snapshots.push({ ...snapshot, listed: still(snapshot.listed) as typeof snapshot.listed, read: still(snapshot.read) as typeof snapshot.read });
    }
    return snapshots;
  });
}

/** Also the generated keys of all tunnels, as their verb reveals them. */
async function secretsAbout(client: Client, url: string, snapshots: readonly RegionSnapshot[], scratch: string): Promise<string[]> {
  const secrets = [PSK_MARK];
  for (const { region, listed } of snapshots) {
    for (const { vpnTunnelId } of listed.vpnTunnels!) {
      const { body } = await client.send('POST', `/v1/regions/${region}/vpnTunnels/${vpnTunnelId}:revealPsk`);
      secrets.push(String((body as Document).psk));
    }
  }
  const files = secrets.flatMap((secret) => ['-e', secret]);
  // exit code 1 is "nothing found"; Schemathesis's own notes beside the data folder may tell what was sent
  const { stdout } = await promisify(execFile)('grep', ['-rlaF', ...files, platformData(scratch)]).catch((error: { code?: number; stdout?: string }) => {
    if (error.code === 1) return { stdout: '' };
    throw error;
  });
  const shown = snapshots.flatMap((snapshot) => (secrets.some((secret) => JSON.stringify(snapshot).includes(secret)) ? [`an answer of region ${snapshot.region}`] : []));
  return [...(await tablesWith(url, secrets)), ...stdout.split('\n').filter(Boolean), ...shown];
}

async function residentMiB(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/services/resources/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(metrics)![1]) / 2 ** 20);
}

const errorsIn = (log: string): string[] => readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('"level":"error"')).map((line) => line.slice(0, 1_000));

async function operationsOf(url: string): Promise<string[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).filter(([route]) => !route.endsWith('/live')).flatMap(([route, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${route}`));
}

/** The embedded server outlives a killed platform on purpose. */
async function stopDatabase(scratch: string): Promise<void> {
  await (await findPostgres(path.join(platformData(scratch), 'postgres')))?.stop();
}
