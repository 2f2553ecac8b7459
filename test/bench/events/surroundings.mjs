// The same PostgreSQL, the same broker and the same processes for everything that is compared.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../../libs/platform/dist/dev-postgres.js';
import { startKafka } from '../../../tools/kafka.mjs';
import { root } from '../../../tools/setup.mjs';

export const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

export async function makeSurroundings() {
  const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-bench-'));
  chmodSync(dir, 0o755); // PostgreSQL runs as another user under root
  const postgres = await startPostgres(path.join(dir, 'postgres'), 0);
  const kafka = await startKafka({ dataDir: path.join(dir, 'kafka'), port: 0 });
  const children = new Set();
  let keep = false;
  let closed;
  const env = {
    KAFKA_BROKERS: kafka.brokers, DATABASE_URL: await postgres.createDatabase('bordergate'), BORDERGATE_LOG_LEVEL: 'warn',
    BORDERGATE_VAULT_KEYS: `bench:${randomBytes(32).toString('base64')}`, BORDERGATE_WORKER_TOKEN: randomBytes(16).toString('hex'),
  };

  /** A service as a process of its own; answers when it is ready. */
  async function start(app, main = 'main') {
    const port = await freePort();
    const log = openSync(path.join(dir, `${app}-${port}.log`), 'a');
    const began = performance.now();
    const child = spawn(process.execPath, [path.join(root, `apps/${app}/dist/${main}.js`)], { env: { ...process.env, ...env, BORDERGATE_PORT: String(port) }, stdio: ['ignore', log, log] });
    children.add(child);
    const url = `http://127.0.0.1:${port}`;
    const ready = within(120_000, `${app} to be ready (its log is in ${dir})`, async (late) => {
      while (!late.aborted && !(await fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false))) {
        if (child.exitCode !== null) throw new Error(`${app} ended with ${child.exitCode}; its log is in ${dir}`);
        await sleep(10);
      }
    });
    await ready.catch((error) => {
      keep = true;
      throw error;
    });
    const readyMs = performance.now() - began;
    const stop = async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const patience = setTimeout(() => {
        console.error(`${app} does not stop: killed`);
        child.kill('SIGKILL');
      }, 20_000);
      await gone;
      clearTimeout(patience);
      children.delete(child);
    };
    return { url, pid: child.pid, readyMs, stop };
  }

  return {
    brokers: kafka.brokers, databaseUrl: env.DATABASE_URL, floorUrl: await postgres.createDatabase('floor'), start,
    postmaster: Number(readFileSync(path.join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0]),
    close: () => (closed ??= (async () => {
      for (const child of children) child.kill('SIGKILL');
      await kafka.stop();
      await postgres.stop();
      if (!keep) rmSync(dir, { recursive: true, force: true });
    })()),
  };
}

/** Ends with an error when the work takes longer; it is told by a signal. */
export async function within(patienceMs, what, work) {
  const late = new AbortController();
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => {
      late.abort();
      reject(new Error(`waited ${Math.round(patienceMs / 1_000)} s for ${what}`));
    }, patienceMs);
  });
  try {
    return await Promise.race([work(late.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}

const HZ_MS = 10;
const statOf = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it has ended meanwhile
  }
};

/** What a process and its children have used of the processors: unlike a rate, it hardly depends on who else is running. */
export function cpuMs(pid) {
  let ticks = 0;
  for (const one of readdirSync('/proc')) {
    const fields = /^\d+$/.test(one) ? statOf(one) : undefined;
    if (fields && (Number(one) === pid || Number(fields[1]) === pid)) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * HZ_MS;
}

/** @param {number[]} values @param {number} p nearest rank */
export const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil((p / 100) * values.length) - 1)];

/** `clients` at a time do `work(n)` for a while; how many were done, and in a second. */
export async function rate(clients, seconds, work) {
  let [next, done] = [0, 0];
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      await work(next++);
      done++;
    }
  }));
  return { done, perSecond: done / ((performance.now() - began) / 1_000) };
}
