import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = path.resolve(import.meta.dirname, '../../../../apps/bordergate/dist/main.js');

const STOP_PATIENCE_MS = 30_000;

export interface PlatformSettings {
  readonly dataDir: string;
  readonly driver: 'libipsec' | 'simulated';
  readonly netnsPrefix: string;
  readonly uplinkNetns?: string;
  readonly port?: number;
  readonly region?: string;
}

/** The platform as a user runs it: a process of its own, which can be killed and started again on the same data. */
export class PlatformProcess {
  readonly url: string;
  readonly log: string;
  private child: ChildProcess | undefined;

  private constructor(private readonly settings: PlatformSettings & { readonly port: number; readonly region: string }) {
    this.url = `http://127.0.0.1:${settings.port}`;
    this.log = path.join(settings.dataDir, 'platform.log');
  }

  static async create(settings: PlatformSettings): Promise<PlatformProcess> {
    mkdirSync(settings.dataDir, { recursive: true, mode: 0o755 });
    return new PlatformProcess({ region: 'region-1', ...settings, port: settings.port ?? (await freePort()) });
  }

  get region(): string {
    return this.settings.region;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts and waits until every service is ready. */
  async start(timeoutMs = 60_000): Promise<number> {
    const began = Date.now();
    this.launch();
    await this.untilReady(timeoutMs);
    return Date.now() - began;
  }

  launch(): void {
    const { dataDir, port, region, driver, netnsPrefix, uplinkNetns } = this.settings;
    const out = openSync(this.log, 'a');
    this.child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', out, out],
      env: {
        ...process.env, BORDERGATE_DATA_DIR: dataDir, BORDERGATE_PORT: String(port), BORDERGATE_REGION: region, BORDERGATE_DRIVER: driver,
        BORDERGATE_NETNS_PREFIX: netnsPrefix, BORDERGATE_UPLINK_NETNS: uplinkNetns ?? '', BORDERGATE_SAMPLE_INTERVAL_MS: '1000',
      },
    });
  }

  async untilReady(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const { exitCode = null, signalCode = null } = this.child ?? {};
      if (exitCode !== null || signalCode !== null) throw new Error(`the platform ended with ${exitCode ?? signalCode}:\n${this.logTail()}`);
      const ready = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((r) => r.ok, () => false);
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`the platform was not ready in ${timeoutMs} ms:\n${this.logTail()}`);
      await sleep(25);
    }
  }

  /** kill -9: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A graceful stop: services first, the database last; tunnels stay. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await gone;
    clearTimeout(impatient);
    if (child.signalCode === 'SIGKILL' && signal !== 'SIGKILL') throw new Error(`the platform did not stop in ${STOP_PATIENCE_MS} ms:\n${this.logTail()}`);
    this.child = undefined;
  }

  logTail(lines = 30): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-lines).join('\n');
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
