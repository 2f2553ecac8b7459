// The same PostgreSQL, the same broker and the same processes for everything that is compared.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../../libs/platform/dist/dev-postgres.js';
import { startKafka } from '../../../tools/kafka.mjs';
import { root } from '../../../tools/setup.mjs';

const freePort = () => new Promise((resolve, reject) => {
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
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${app} ended with ${child.exitCode}; its log is in ${dir}`);
      if (await fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false)) break;
      await sleep(10);
    }
    const stop = async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      children.delete(child);
    };
    return { url, pid: child.pid, readyMs: performance.now() - began, stop };
  }

  return {
    brokers: kafka.brokers, databaseUrl: env.DATABASE_URL, floorUrl: await postgres.createDatabase('floor'), start,
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await kafka.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** @param {number[]} values @param {number} p nearest rank */
export const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil((p / 100) * values.length) - 1)];

/** `clients` at a time do `work(n)` for a while; how many were done in a second. */
export async function rate(clients, seconds, work) {
  let done = 0;
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      await work(done);
      done++;
    }
  }));
  return done / ((performance.now() - began) / 1_000);
}
