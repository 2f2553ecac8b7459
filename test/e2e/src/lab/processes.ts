import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandEnvironment } from './exec.js';
import { GivenUp, until } from './until.js';

export interface SpawnSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface PidRecord {
  readonly pid: number;
  readonly startTime: string;
  readonly argv: readonly string[];
}

/** They are other computers: what this one does beside must not make their keepalives late. Where sessions share the processor, that is a matter of the session. */
function prefer(pid: number): void {
  const session = `/proc/${pid}/autogroup`;
  if (existsSync(session)) writeFileSync(session, '-10');
}

/**
 * The lab's daemons. Each runs in its own session with its output in a file, so that it neither dies with
 * nor blocks on the process that started it; each is remembered on disk, so that a later run can end it.
 * A pid alone is not an identity (the kernel reuses it): the record holds the start time as well.
 */
export class Processes {
  private readonly pids: string;
  private readonly logs: string;

  constructor(dir: string) {
    this.pids = join(dir, 'pids');
    this.logs = join(dir, 'log');
  }

  logFile(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  async spawn(spec: SpawnSpec): Promise<number> {
    const [file, ...args] = spec.argv;
    if (file === undefined) throw new Error(`process ${spec.name} has no command`);
    if (this.isAlive(spec.name)) throw new Error(`process ${spec.name} is already running`);
    mkdirSync(this.pids, { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    const log = openSync(this.logFile(spec.name), 'a');
    try {
      const child = spawn(file, args, {
        cwd: spec.cwd,
        env: commandEnvironment(spec.env),
        stdio: ['ignore', log, log],
        detached: true,
      });
      await once(child, 'spawn');
      child.unref();
      if (child.pid === undefined) throw new Error(`process ${spec.name} was started without a pid`);
      const startTime = startTimeOf(child.pid);
      if (startTime === undefined) throw new Error(`process ${spec.name} ended at once:\n${this.logTail(spec.name)}`);
      prefer(child.pid);
      const record: PidRecord = { pid: child.pid, startTime, argv: spec.argv };
      writeFileSync(this.recordFile(spec.name), JSON.stringify(record));
      return child.pid;
    } finally {
      closeSync(log);
    }
  }

  isAlive(name: string): boolean {
    const record = this.read(name);
    return record !== undefined && isRunning(record);
  }

  /** Waits for a sign of readiness, and stops waiting as soon as the process has died. */
  async untilReady(name: string, sign: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
    await until(
      `${name} to be ready`,
      async () => {
        if (!this.isAlive(name)) throw new GivenUp(`${name} died while starting:\n${this.logTail(name)}`);
        return sign();
      },
      { timeoutMs, intervalMs: 10 },
    );
  }

  logTail(name: string, lines = 15): string {
    const file = this.logFile(name);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '(no log)';
  }

  async stop(name: string, graceMs = 3000): Promise<void> {
    const record = this.read(name);
    if (record === undefined) return;
    if (isRunning(record)) {
      process.kill(record.pid, 'SIGTERM');
      if (!(await ended(record, graceMs))) {
        process.kill(record.pid, 'SIGKILL');
        if (!(await ended(record, 3000))) throw new Error(`process ${name} (pid ${record.pid}) survives SIGKILL`);
      }
    }
    rmSync(this.recordFile(name), { force: true });
  }

  /** The way a power failure ends a daemon: nothing is said to its peers. */
  async kill(name: string): Promise<void> {
    const record = this.read(name);
    if (record === undefined || !isRunning(record)) throw new Error(`process ${name} is not running`);
    process.kill(record.pid, 'SIGKILL');
    await this.stop(name);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.names().map((name) => this.stop(name)));
  }

  names(): string[] {
    if (!existsSync(this.pids)) return [];
    return readdirSync(this.pids).map((file) => file.replace(/\.json$/, ''));
  }

  pidsOnRecord(): number[] {
    return this.names().flatMap((name) => this.read(name)?.pid ?? []);
  }

  private recordFile(name: string): string {
    return join(this.pids, `${name}.json`);
  }

  private read(name: string): PidRecord | undefined {
    const file = this.recordFile(name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PidRecord) : undefined;
  }
}

/** Field 22 of /proc/<pid>/stat, or undefined when there is no such process or only its zombie is left. */
function startTimeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // The second field is the command in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

const isRunning = (record: PidRecord): boolean => startTimeOf(record.pid) === record.startTime;

async function ended(record: PidRecord, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isRunning(record)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
