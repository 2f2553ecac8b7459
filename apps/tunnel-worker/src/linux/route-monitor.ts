import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '@bordergate/platform';
import { commandEnvironment } from './exec.js';
import { netnsExists } from './namespaces.js';

/** A burst of routes is one change. */
const QUIET_MS = 10;
const RESTART_MS = 1_000;

/**
 * Tells when routes or devices of a namespace change, as `ip monitor` sees it: also routes that a BGP peer changes in a running
 * session, and the carrier of a line.
 */
export class RouteMonitor {
  #child: ChildProcess | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(readonly netns: string, readonly log: Log, readonly onChange: () => void) {}

  /** Does nothing while it runs. */
  start(): void {
    if (this.#child) return;
    clearTimeout(this.#restart);
    // Unlike the daemons it ends with us: else a killed worker would leave it, and it would keep the namespace alive.
    const argv = ['--pdeathsig', 'TERM', 'ip', '-4', '-n', this.netns, 'monitor', 'link', 'route'];
    const child = spawn('setpriv', argv, { env: commandEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stdout.on('data', () => this.#changed());
    child.stderr.on('data', (bytes: Buffer) => { said = `${said}${bytes.toString()}`.slice(-500); });
    child.once('error', error => { said = error.message; });
    child.once('close', () => void this.#ended(said));
    child.unref();
    for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#quiet);
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child?.pid === undefined) return;
    const closed = new Promise<void>(resolve => { child.once('close', () => resolve()); });
    child.ref();
    child.kill('SIGTERM');
    await closed;
  }

  #changed(): void {
    if (this.#closed) return;
    this.#quiet ??= setTimeout(() => {
      this.#quiet = undefined;
      this.onChange();
    }, QUIET_MS).unref();
  }

  async #ended(said: string): Promise<void> {
    this.#child = undefined;
    if (this.#closed || !(await netnsExists(this.netns))) return;
    this.log.warn('ip monitor ended', { netns: this.netns, said });
    this.#restart = setTimeout(() => {
      if (this.#closed) return;
      this.start();
      this.onChange();
    }, RESTART_MS).unref();
  }
}
