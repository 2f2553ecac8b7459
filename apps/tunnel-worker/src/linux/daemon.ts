import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@bordergate/platform';
import { DataPlaneError } from '../data-plane.js';
import { inCgroup } from './daemon-cgroup.js';
import { commandEnvironment, inNetns } from './exec.js';
import {
  findMarked, isAlive, isMarked, MARK, type ProcessRecord, readRecord, removeRecord, startTicksOf, writeRecord,
} from './process-record.js';

export interface DaemonSpec {
  /** For people: "charon of tun-4k2x9d0q1z". */
  readonly name: string;
  /** Holds its pid file; nothing else runs for this directory. */
  readonly dir: string;
  readonly netns: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Clears away what the one before has left, such as its socket, and answers the command to run. */
  prepare(): Promise<[string, ...string[]]>;
  /** Whether it answers on its socket; false, or an error, when it does not yet. */
  answers(): Promise<boolean>;
  readonly log: Log;
  onChange(event: 'started' | 'adopted' | 'died'): void;
}

const READY_MS = 10_000;
const FIRST_RESTART_MS = 50;
const LAST_RESTART_MS = 5_000;
/** Who lived that long did not die of being started. */
const SETTLED_MS = 30_000;
/** How often a daemon is looked at: a read of /proc. One that we started tells its end by itself. */
const WATCH_MS = { adopted: 100, started: 1_000 };

/**
 * A daemon that outlives the worker: in its own session, its output in a file, known by its pid file. It is started when
 * it is not there, adopted when it is, and started again, later each time, when it ends though wanted.
 */
export class Daemon {
  readonly #spec: DaemonSpec;
  readonly #pidFile: string;
  #wanted = false;
  #record: ProcessRecord | undefined;
  #watch: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #restartMs = FIRST_RESTART_MS;
  #released = false;
  #busy = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(spec: DaemonSpec) {
    this.#spec = spec;
    this.#pidFile = join(spec.dir, 'pid.json');
  }

  /** Running and answering when it resolves. */
  ensure(): Promise<void> {
    this.#wanted = true;
    return this.#serially(() => this.#ensure());
  }

  /** Watches over it from now on, if it runs; starts nothing. False when it does not, or something is being done with it. */
  async adopt(): Promise<boolean> {
    if (this.#watch) return true;
    if (this.#busy > 0 || this.#released) return false;
    return this.#serially(async () => {
      const record = await readRecord(this.#pidFile);
      if (!record || !isAlive(record) || !isMarked(record.pid, this.#spec.dir)) return false;
      this.#wanted = true;
      this.#adopt(record, 'adopted');
      return true;
    });
  }

  /** Ends it and forgets it; for good, as far as this object is concerned. */
  stop(graceMs: number): Promise<void> {
    this.#wanted = false;
    this.#unwatch();
    return this.#serially(async () => {
      this.#unwatch();
      await this.#end(await this.#find(), graceMs);
    });
  }

  /** Ends it without a word; it comes back at once. */
  restart(): Promise<void> {
    return this.#serially(async () => {
      this.#unwatch();
      await this.#end(await this.#find(), 0);
      if (this.#wanted) await this.#ensure();
    });
  }

  /** Stops watching; the daemon lives on. */
  release(): void {
    this.#released = true;
    this.#wanted = false;
    this.#unwatch();
  }

  /** Its socket has closed: if it is ending, it will have ended in a moment. */
  async lookCloser(): Promise<void> {
    for (const end = Date.now() + 100; this.#watch && this.#record && Date.now() < end; await sleep(2)) this.#look();
  }

  /** The running process, by looking. */
  async running(): Promise<ProcessRecord | undefined> {
    const record = this.#record ?? await readRecord(this.#pidFile);
    return record && isAlive(record) ? record : undefined;
  }

  async #ensure(): Promise<void> {
    await mkdir(this.#spec.dir, { recursive: true, mode: 0o755 });
    const found = await this.#find();
    if (found && this.#record?.pid === found.pid && this.#watch && await this.#answers()) return;
    if (found && await this.#becomesReady(found)) {
      this.#adopt(found, 'adopted');
      return;
    }
    if (found) {
      this.#spec.log.warn('daemon does not answer: ending it', { daemon: this.#spec.name, pid: found.pid });
      await this.#end(found, 1000);
    }
    await this.#start();
  }

  async #start(): Promise<void> {
    const { name, log, logFile } = this.#spec;
    this.#unwatch();
    const argv = inNetns(this.#spec.netns, inCgroup(process.env.BORDERGATE_DAEMON_CGROUP, ['nice', '-n', '-10', ...await this.#spec.prepare()]));
    const out = openSync(logFile, 'a');
    try {
      // Negative niceness: on a busy machine a late keepalive cannot be told from a failure.
      const child = spawn(argv[0], argv.slice(1), {
        cwd: this.#spec.dir, detached: true, stdio: ['ignore', out, out],
        env: commandEnvironment({ ...this.#spec.env, [MARK]: this.#spec.dir }),
      });
      await once(child, 'spawn');
      child.unref();
      const pid = child.pid!;
      this.#prefer(pid);
      const record = { pid, startTicks: startTicksOf(pid) ?? '', startedAt: Date.now() };
      await writeRecord(this.#pidFile, record);
      // Our own child tells us at once; what was adopted is looked at.
      child.once('exit', () => this.#look());
      if (!(await this.#becomesReady(record))) {
        await this.#end(record, 0);
        throw new DataPlaneError(argv.join(' '), `${name} did not come up; its log ends with: ${tailOf(logFile)}`);
      }
      this.#adopt(record, 'started');
      log.info('daemon started', { daemon: name, pid });
    } finally {
      closeSync(out);
    }
  }

  /**
   * Where sessions share the processor as groups (sched(7), autogroup), niceness counts within a session only, and a daemon has one to
   * itself: there it is the session that must come first.
   */
  #prefer(pid: number): void {
    const session = `/proc/${pid}/autogroup`;
    if (!existsSync(session)) return;
    try {
      writeFileSync(session, '-10');
    } catch (error) {
      this.#spec.log.warn('a daemon keeps its ordinary priority: keepalives may be late on a busy node', { daemon: this.#spec.name, error });
    }
  }

  #adopt(record: ProcessRecord, how: 'started' | 'adopted'): void {
    this.#unwatch();
    this.#record = record;
    // Released or stopped meanwhile: nobody is there to watch for.
    if (!this.#wanted) return;
    this.#watch = setInterval(() => this.#look(), WATCH_MS[how]).unref();
    this.#spec.onChange(how);
  }

  #look(): void {
    const record = this.#record;
    if (!this.#watch || !record || isAlive(record)) return;
    this.#unwatch();
    this.#record = undefined;
    if (!this.#wanted) return;
    if (Date.now() - record.startedAt > SETTLED_MS) this.#restartMs = FIRST_RESTART_MS;
    this.#spec.log.warn('daemon died', { daemon: this.#spec.name, pid: record.pid, restartMs: this.#restartMs });
    this.#spec.onChange('died');
    this.#restartLater();
  }

  #restartLater(): void {
    const delay = this.#restartMs;
    this.#restartMs = Math.min(delay * 2, LAST_RESTART_MS);
    this.#restart = setTimeout(() => {
      this.#serially(async () => {
        if (this.#wanted) await this.#ensure();
      }).catch((error: unknown) => {
        this.#spec.log.error('daemon could not be started again', { daemon: this.#spec.name, error });
        if (this.#wanted) this.#restartLater();
      });
    }, delay).unref();
  }

  /** The process of this directory: the one of the pid file, or one that was started but never written down. */
  async #find(): Promise<ProcessRecord | undefined> {
    const record = await readRecord(this.#pidFile);
    if (record && isAlive(record) && isMarked(record.pid, this.#spec.dir)) return record;
    const lost = findMarked(this.#spec.dir);
    if (lost) await writeRecord(this.#pidFile, lost);
    return lost;
  }

  async #becomesReady(record: ProcessRecord): Promise<boolean> {
    for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(5)) {
      if (!isAlive(record)) return false;
      if (await this.#answers()) return true;
    }
    return false;
  }

  // A socket that is not there yet, or not served yet, is the ordinary case while a daemon starts.
  #answers(): Promise<boolean> {
    return this.#spec.answers().catch(() => false);
  }

  async #end(record: ProcessRecord | undefined, graceMs: number): Promise<void> {
    if (record) {
      if (graceMs > 0) await this.#signal(record, 'SIGTERM', graceMs);
      await this.#signal(record, 'SIGKILL', 5_000);
      if (isAlive(record)) throw new DataPlaneError(`kill -KILL ${record.pid}`, `${this.#spec.name} does not end`);
    }
    this.#record = undefined;
    await removeRecord(this.#pidFile);
  }

  async #signal(record: ProcessRecord, signal: 'SIGTERM' | 'SIGKILL', waitMs: number): Promise<void> {
    if (!isAlive(record)) return;
    try {
      process.kill(record.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself between the look and the signal
    }
    for (const end = Date.now() + waitMs; isAlive(record) && Date.now() < end;) await sleep(5);
  }

  #unwatch(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    this.#watch = undefined;
    this.#restart = undefined;
  }

  #serially<T>(operation: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    const result = this.#tail.then(operation).finally(() => { this.#busy -= 1; });
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

const tailOf = (file: string): string => readFileSync(file, 'utf8').slice(-1500).trim();
