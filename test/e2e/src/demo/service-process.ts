import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_PATIENCE_MS = 30_000;

export interface ServiceProcessOptions {
  /** As messages call it. */
  readonly name: string;
  /** The built program. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly log: string;
  /** Ends with this process, however that ends (Linux). */
  readonly diesWithUs?: boolean;
  /** In a session of its own: where Linux shares the processor by session, its tester's hunger is not its own. */
  readonly ownSession?: boolean;
}

/** A program of the platform as a user runs it: a process of its own, which can be killed and started again on the same data. */
export class ServiceProcess {
  readonly url: string;
  private child: ChildProcess | undefined;

  constructor(protected readonly options: ServiceProcessOptions) {
    this.url = `http://127.0.0.1:${options.port}`;
  }

  get name(): string {
    return this.options.name;
  }

  get log(): string {
    return this.options.log;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Launched, and neither killed nor ended by itself since. */
  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts and waits until it is ready. */
  async start(timeoutMs = 60_000): Promise<number> {
    const began = Date.now();
    this.launch();
    await this.untilReady(timeoutMs);
    return Date.now() - began;
  }

  /** @param env beside its own */
  launch(env: Readonly<Record<string, string>> = {}): void {
    const out = openSync(this.log, 'a');
    const wrap = this.options.diesWithUs ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
    const [file, ...args] = [...wrap, process.execPath, this.options.main];
    this.child = spawn(file!, args, { detached: this.options.ownSession ?? false, stdio: ['ignore', out, out], env: { ...process.env, BORDERGATE_PORT: String(this.options.port), ...this.options.env, ...env } });
    closeSync(out);
  }

  async untilReady(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const { exitCode = null, signalCode = null } = this.child ?? {};
      if (exitCode !== null || signalCode !== null) throw new Error(`${this.name} ended with ${exitCode ?? signalCode}:\n${this.logTail()}`);
      if (await this.isReady()) return;
      if (Date.now() > deadline) throw new Error(`${this.name} was not ready in ${timeoutMs} ms:\n${this.logTail()}`);
      await sleep(25);
    }
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((r) => r.ok, () => false);
  }

  /** kill -9: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A graceful stop; tunnels stay. Answers the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await gone;
    clearTimeout(impatient);
    if (child.signalCode === 'SIGKILL' && signal !== 'SIGKILL') throw new Error(`${this.name} did not stop in ${STOP_PATIENCE_MS} ms:\n${this.logTail()}`);
    this.child = undefined;
    return child.exitCode;
  }

  logTail(lines = 30): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-lines).join('\n');
  }
}

/** Whether a resources process is the one that relays. */
export const leadsRelay = async (of: ServiceProcess): Promise<boolean> => /^bordergate_relay_leader\{[^}]*\} 1$/m.test(await (await fetch(`${of.url}/metrics`)).text());

/** Ports that this process hands out: below those that Linux gives to whoever asks for any, and others than those of tests that run beside it. */
const FIRST_PORT = 20_000 + (process.pid % 120) * 100;
let handedOut = 0;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = FIRST_PORT + (handedOut++ % 100);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of the ports ${FIRST_PORT} to ${FIRST_PORT + 99} is free`);
}

const isFree = (port: number): Promise<boolean> => new Promise((resolve) => {
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
});
