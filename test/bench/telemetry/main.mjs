// npm run bench:telemetry: series of tunnels sampled every ten seconds, for 14 days, in our store and in a Prometheus server that is fed the same in the same run: how fast they are taken, what a sample costs on disk,
// how long a chart takes. Time passes as fast as it can.
//   --tunnels=10 (for 14 days)   --days=14   --wide=10000 (tunnels at once)   --wideMinutes=64   --promMinutes=64 (of the wide part)   --copies=49 (of the long part's rows, so that the table is large)   --charts=100   --no-install
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../../libs/platform/dist/dev-postgres.js';
import { createLog, MemoryJournal, parseVaultKeys } from '../../../libs/platform/dist/index.js';
import { createTelemetry } from '../../../apps/telemetry/dist/index.js';
import { ensureHost } from '../../../tools/host.mjs';
import { cpuMs, percentile } from '../events/surroundings.mjs';
import { MINUTE_MS, NEWS_MS, Ours } from './ours.mjs';
import { labelsOf, startPrometheus, WriteRequest } from './prometheus.mjs';
import { INTERVAL_MS, SERIES, Tunnel } from './traffic.mjs';

const option = (name, otherwise) => Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const [TUNNELS, DAYS, WIDE, WIDE_MINUTES, PROM_MINUTES, COPIES, CHARTS] = [['tunnels', 10], ['days', 14], ['wide', 10_000], ['wideMinutes', 64], ['promMinutes', 64], ['copies', 49], ['charts', 100]].map(([name, otherwise]) => option(name, otherwise));
const { lacking } = ensureHost({ need: ['prometheus'], install: !process.argv.includes('--no-install') });
if (lacking.length > 0) {
  console.log(`skipped: bench:telemetry: ${lacking.map(({ name, why }) => `${name}: ${why}`).join('; ')}`);
  process.exit(process.env.CI ? 1 : 0);
}
const DAY_MS = 86_400_000;
const END = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const whole = (value) => Math.round(value).toLocaleString('en');
const tell = (...row) => console.log(row.join(' | '));

const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-telemetry-'));
chmodSync(dir, 0o755); // PostgreSQL runs as another user under root
const postgres = await startPostgres(path.join(dir, 'postgres'), 0);
const postmaster = Number(readFileSync(path.join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0]);
const ownCpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000;

/** Feeds both, and answers what each took: wall and processor time. */
async function feed({ tunnels, ours, prometheus, startMs, minutes, promMinutes }) {
  const took = { ours: 0, oursCpu: -cpuMs(postmaster), prometheus: 0, prometheusCpu: cpuMs(prometheus.pid), samples: 0, promSamples: 0, making: 0 };
  const request = new WriteRequest();
  const pace = tunnels.length > 1_000 ? 1 : 60; // minutes of one request
  for (let minute = 0; minute < minutes; minute++) {
    const made = [];
    let began = performance.now();
    for (let second = 0; second < 60; second += INTERVAL_MS / 1_000) {
      const at = startMs + minute * MINUTE_MS + second * 1_000;
      for (const tunnel of tunnels) {
        const [counters, probes] = tunnel.next();
        made.push(counters, probes, at);
        if (minute < promMinutes) request.add(tunnel, at);
      }
    }
    took.making += performance.now() - began;
    began = performance.now();
    const cpu = ownCpu();
    for (let index = 0; index < made.length; index += 3) {
      ours.sample(made[index], made[index + 2]);
      ours.sample(made[index + 1], made[index + 2]);
    }
    // Of few tunnels an hour at a time: else commits would be all that is measured. The wide part commits each minute, as the service does.
    if (tunnels.length > 1_000 || (minute + 1) % 60 === 0 || minute + 1 === minutes) await ours.minute(startMs + (minute + 1) * MINUTE_MS + 2_000);
    took.ours += performance.now() - began;
    took.oursCpu += ownCpu() - cpu;
    took.samples += (made.length / 3) * SERIES.length;
    if (minute >= promMinutes || ((minute + 1) % pace !== 0 && minute + 1 < minutes)) continue;
    took.promSamples += request.samples;
    const body = request.encode();
    began = performance.now();
    await prometheus.write(body);
    took.prometheus += performance.now() - began;
  }
  took.oursCpu += cpuMs(postmaster); // the database is all ours in this time
  took.prometheusCpu = cpuMs(prometheus.pid) - took.prometheusCpu;
  return took;
}
const ingest = (name, { samples, promSamples, ours, oursCpu, prometheus, prometheusCpu }) => {
  tell(name, 'samples of series', whole(samples), whole(promSamples));
  tell(name, 'taken, samples/s (wall)', whole(samples / (ours / 1_000)), whole(promSamples / (prometheus / 1_000)));
  tell(name, 'taken, samples/s of one processor', whole(samples / (oursCpu / 1_000)), whole(promSamples / (prometheusCpu / 1_000)));
};

/** How long `chart` takes: 50th and 99th percentile. */
async function charts(chart, count = CHARTS) {
  for (let index = 0; index < Math.min(5, count); index++) await chart(index);
  const times = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await chart(index);
    times.push(performance.now() - began);
  }
  return `${percentile(times, 50).toFixed(1)} / ${percentile(times, 99).toFixed(1)} ms`;
}
const WINDOWS = { '1h': [3_600, 60], '1d': [86_400, 1_200], '14d': [1_209_600, 10_800] };
async function promChart(prometheus, tunnelId, window, endMs) {
  const [seconds, step] = WINDOWS[window];
  const results = await Promise.all(SERIES.slice(0, 6).map((name) => prometheus.queryRange(`rate(${name}{vpn_tunnel_id="${tunnelId}"}[${step}s])`, endMs - seconds * 1_000 + step * 1_000, endMs, step)));
  if (results.some((result) => result.length !== 1)) throw new Error(`a series of ${tunnelId} is missing in ${window}`);
}
async function serve(databaseUrl, nowMs) {
  const journal = new MemoryJournal({ onError: (error) => { throw error; } });
  const vaultKeys = parseVaultKeys(`bench:${Buffer.alloc(32, 1).toString('base64')}`);
  const telemetry = await createTelemetry({ databaseUrl, journal, vaultKeys, retentionDays: 60, clock: { now: () => nowMs }, log: createLog('telemetry', { level: 'error' }) });
  await telemetry.ready;
  await telemetry.app.listen(0, '127.0.0.1');
  const url = await telemetry.app.getUrl();
  return {
    async chart(path, window) {
      const response = await fetch(`${url}/v1/regions/bench/${path}/metrics?window=${window}`.replace('bench//', 'bench/'));
      const { items } = await response.json();
      if (!response.ok || items.length !== 6 || items.some(({ values }) => values.filter((value) => value !== null).length < values.length * 0.5)) throw new Error(`a chart of ${path} in ${window} is not whole`);
    },
    async close() {
      await telemetry.close();
      await journal.close();
    },
  };
}

const began = performance.now();
tell(`${TUNNELS} tunnels for ${DAYS} days, ${whole(WIDE)} at once for ${WIDE_MINUTES} minutes; a sample is a value of one of ${SERIES.length} series every 10 s; load of the machine ${loadavg()[0].toFixed(1)}`);
tell('what', 'figure', 'Bordergate', 'Prometheus');

{ // --- long: all days, few tunnels
  const startMs = END - DAYS * DAY_MS;
  const tunnels = Array.from({ length: TUNNELS }, (_, number) => new Tunnel(number, { gateways: 1 }));
  for (const tunnel of tunnels) tunnel.labels = labelsOf(tunnel);
  const databaseUrl = await postgres.createDatabase('long');
  const prometheus = await startPrometheus(path.join(dir, 'prometheus-long'));
  const ours = await Ours.open(databaseUrl, tunnels, startMs);
  const minutes = DAYS * 1_440;
  const took = await feed({ tunnels, ours, prometheus, startMs, minutes, promMinutes: minutes });
  await ours.minute(END + 4 * MINUTE_MS + NEWS_MS); // the last hour is closed
  ingest(`${TUNNELS} x ${DAYS} d`, took);
  const { hours, minutes: packed } = await ours.sizes();
  const seconds = TUNNELS * DAYS * 8_640;
  const bytes = Number(execFileSync('du', ['-sb', await prometheus.snapshot()], { encoding: 'utf8' }).split('\t')[0]);
  tell('disk', 'bytes a sample', (hours / (seconds * SERIES.length)).toFixed(2), (bytes / took.promSamples).toFixed(2));
  tell('disk', `bytes a tunnel and ten seconds (all ${SERIES.length} series)`, (hours / seconds).toFixed(1), ((bytes / took.promSamples) * SERIES.length).toFixed(1));
  tell('disk', `of it the minutes themselves, packed; the rest: thirds of hours, sums over gateways and regions, indexes`, ((packed / hours) * 100).toFixed(0), '%');
  tell('disk', `10,000 tunnels for 14 days, GB, by the figures above`, ((hours / seconds) * 120_960 * 10_000 / 1e9).toFixed(1), ((bytes / took.promSamples) * SERIES.length * 120_960 * 10_000 / 1e9).toFixed(1));
  const served = await serve(databaseUrl, END - 1);
  const charted = async (name) => {
    for (const window of DAYS >= 14 ? ['1h', '1d', '14d'] : ['1h', '1d']) {
      tell('chart', `${window}, p50 / p99, ${name}`, await charts((index) => served.chart(`vpnTunnels/${tunnels[(index * 7) % TUNNELS].ref.tunnelId}`, window)),
        await charts((index) => promChart(prometheus, tunnels[(index * 7) % TUNNELS].ref.tunnelId, window, END)));
    }
  };
  await charted(`${TUNNELS} tunnels in the store`);
  if (DAYS >= 14) tell('chart', '14d of the whole region, p50 / p99', await charts(() => served.chart('', '14d')), '');
  if (COPIES > 0) {
    for (let copy = 1; copy <= COPIES; copy++) await ours.db.query(`insert into hours select series + ${copy * 1_000}, hour, parts, minutes from hours where series < 1000`);
    for (const window of ['1h', '1d', ...(DAYS >= 14 ? ['14d'] : [])]) tell('chart', `${window}, p50 / p99, ${TUNNELS * (COPIES + 1)} tunnels in the store (copies)`, await charts((index) => served.chart(`vpnTunnels/${tunnels[(index * 7) % TUNNELS].ref.tunnelId}`, window)), '');
  }
  await served.close();
  await ours.close();
  await prometheus.stop();
}

if (WIDE > 0) { // --- wide: all tunnels, an hour and a bit
  const startMs = END - Math.ceil(WIDE_MINUTES / 60) * 3_600_000;
  const tunnels = Array.from({ length: WIDE }, (_, number) => new Tunnel(number, { gateways: 100 }));
  for (const tunnel of tunnels) tunnel.labels = labelsOf(tunnel);
  const databaseUrl = await postgres.createDatabase('wide');
  const prometheus = await startPrometheus(path.join(dir, 'prometheus-wide'));
  const ours = await Ours.open(databaseUrl, tunnels, startMs);
  const took = await feed({ tunnels, ours, prometheus, startMs, minutes: WIDE_MINUTES, promMinutes: PROM_MINUTES });
  ingest(`${whole(WIDE)} at once`, took);
  tell(`${whole(WIDE)} at once`, 'a minute of samples and states stored, ms (mean, closing an hour included)', (took.ours / WIDE_MINUTES).toFixed(0), '');
  const { hours, log } = await ours.sizes();
  tell(`${whole(WIDE)} at once`, 'closed hour, MB; bytes a sample in it', `${(hours / 1e6).toFixed(0)}; ${(hours / (WIDE * 360 * SERIES.length)).toFixed(2)}`, '');
  tell(`${whole(WIDE)} at once`, 'log of the open hour, with room of the one before, MB', (log / 1e6).toFixed(0), '');
  tell(`${whole(WIDE)} at once`, 'memory of the process (with the generators of the traffic) / of the server, MB', (process.memoryUsage().rss / 1e6).toFixed(0), (rssOf(prometheus.pid) / 1e6).toFixed(0));
  const now = startMs + WIDE_MINUTES * MINUTE_MS;
  const served = await serve(databaseUrl, now);
  tell('chart', `1h of a tunnel, p50 / p99, ${whole(WIDE)} tunnels in the store`, await charts((index) => served.chart(`vpnTunnels/${tunnels[(index * 97) % WIDE].ref.tunnelId}`, '1h')),
    PROM_MINUTES < WIDE_MINUTES ? '' : await charts((index) => promChart(prometheus, tunnels[(index * 97) % WIDE].ref.tunnelId, '1h', now)));
  const first = performance.now();
  await served.chart('', '1h');
  tell('chart', `1h of the whole region, the first time, ${whole(WIDE)} tunnels in the store`, `${Math.round(performance.now() - first)} ms`, '');
  tell('chart', '1h of the whole region, p50 / p99 of those after it', await charts(() => served.chart('', '1h'), 10), '');
  await served.close();
  await ours.close();
  await prometheus.stop();
}
await postgres.stop();
rmSync(dir, { recursive: true, force: true });
tell(`in all ${Math.round((performance.now() - began) / 1_000)} s; load of the machine ${loadavg()[0].toFixed(1)}`);

function rssOf(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1_024;
}
