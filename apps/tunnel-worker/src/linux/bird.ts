import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BirdCommandError, BirdControl, type BirdBfdSession, type BirdProtocol, type BirdReply, type BirdRoute, heardRoutes, parseBfdSessions, parseProtocols, parseRoutes } from '@bordergate/bird';
import type { Log } from '@bordergate/platform';
import { type BirdConfig, type BirdPort, DataPlaneError } from '../data-plane.js';
import { Daemon } from './daemon.js';
import { run } from './exec.js';
import { readIfThere } from './files.js';
import { kernelFib } from './kernel-fib.js';
import { checkSocketPath, connectUnix } from './unix-stream.js';

export interface BirdOptions {
  borderGatewayId: string;
  /** Configuration, control socket, log and pid file of this BIRD. */
  dir: string;
  netns: string;
  log: Log;
  onChange(event: string): void;
}

const COMMAND_MS = 10_000;
const LISTINGS = 5;

/** The BIRD of one gateway, in the gateway's namespace, which owns that namespace's routes. */
export class Bird implements BirdPort {
  readonly logFile: string;
  readonly #options: BirdOptions;
  readonly #config: string;
  readonly #socket: string;
  readonly #daemon: Daemon;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: BirdOptions) {
    const { dir, netns, log, borderGatewayId } = options;
    this.#options = options;
    this.logFile = join(dir, 'bird.log');
    this.#config = join(dir, 'bird.conf');
    this.#socket = join(dir, 'ctl');
    checkSocketPath(this.#socket);
    this.#daemon = new Daemon({
      name: `bird of ${borderGatewayId}`, dir, netns, logFile: this.logFile, log,
      prepare: () => this.#prepare(),
      answers: async () => (await this.#command('show status')).code < 8000,
      onChange: event => options.onChange(`bird ${event}`),
    });
  }

  /**
   * BIRD reads the new text from a file of its own, which takes the old one's place when BIRD has accepted it: bird.conf is
   * always a text that BIRD has run, and one with a mistake changes nothing.
   */
  ensure({ text }: BirdConfig): Promise<'started' | 'reconfigured' | 'unchanged'> {
    const result = this.#tail.then(() => this.#ensure(text));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async running(): Promise<boolean> {
    if (!(await this.#daemon.running())) return false;
    return this.#command('show status').then(() => true, () => false);
  }

  async protocols(): Promise<BirdProtocol[]> {
    return parseProtocols(await this.#command('show protocols all'));
  }

  async routesOf(protocol: string): Promise<BirdRoute[]> {
    return this.#routes(`protocol ${protocol}`);
  }

  async bfdSessions(): Promise<BirdBfdSession[]> {
    return parseBfdSessions(await this.#command('show bfd sessions'));
  }

  /** What is refused is listed twice: a filter that changes moves one route after the other, and none must be missed on its way over. */
  async heardFrom(protocol: string): Promise<BirdRoute[]> {
    const refused = await this.#routes(`filtered protocol ${protocol}`);
    const taken = await this.#routes(`protocol ${protocol}`);
    return heardRoutes([...refused, ...await this.#routes(`filtered protocol ${protocol}`)], taken);
  }

  /** A long list that a new configuration comes across begins again. */
  async #routes(selector: string): Promise<BirdRoute[]> {
    for (let tries = 1; ; tries++) {
      try {
        return parseRoutes(await this.#command(`show route ${selector} all`));
      } catch (error) {
        if (!(error instanceof DataPlaneError && error.detail.startsWith('Stopped due to reconfiguration')) || tries === LISTINGS) throw error;
      }
    }
  }

  async restart(protocol: string): Promise<void> {
    await this.#command(`restart ${protocol}`);
  }

  async disable(protocol: string): Promise<void> {
    await this.#command(`disable ${protocol}`);
  }

  async enable(protocol: string): Promise<void> {
    await this.#command(`enable ${protocol}`);
  }

  /** Tells the peers good-bye and ends. */
  stop(): Promise<void> {
    return this.#daemon.stop(3_000);
  }

  release(): void {
    this.#daemon.release();
  }

  /**
   * -R: what a BIRD before has left in the kernel is forwarded on until the peers have told their routes again (RFC 4724
   * §4.1). Where there is nothing, waiting for them would only keep the static routes out.
   */
  async #prepare(): Promise<[string, ...string[]]> {
    const [routes] = await Promise.all([kernelFib(this.#options.netns), rm(this.#socket, { force: true })]);
    return ['bird', '-f', '-c', this.#config, '-s', this.#socket, ...(routes.length > 0 ? ['-R'] : [])];
  }

  async #ensure(text: string): Promise<'started' | 'reconfigured' | 'unchanged'> {
    await mkdir(this.#options.dir, { recursive: true, mode: 0o755 });
    const wasRunning = (await this.#daemon.running()) !== undefined;
    const same = (await readIfThere(this.#config)) === text;
    if (wasRunning) await this.#daemon.ensure();
    if (wasRunning && same) return 'unchanged';
    const next = `${this.#config}.new`;
    await writeFile(next, text, { mode: 0o600 }); // it may hold passwords of sessions
    try {
      if (wasRunning) await this.#command(`configure "${next}"`);
      else await run(['bird', '-p', '-c', next]);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
    await rename(next, this.#config);
    if (wasRunning) return 'reconfigured';
    await this.#daemon.ensure();
    return 'started';
  }

  // A connection per command: it costs a fifth of a millisecond, and there is none to be kept alive.
  async #command(text: string): Promise<BirdReply> {
    const called = `bird of ${this.#options.borderGatewayId}, "${text}"`;
    let control: BirdControl | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      control = new BirdControl(await connectUnix(this.#socket));
      const opened = control;
      timer = setTimeout(() => opened.close(), COMMAND_MS);
      return await control.command(text);
    } catch (error) {
      if (error instanceof BirdCommandError) throw new DataPlaneError(called, error.text, { cause: error });
      throw new DataPlaneError(called, error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
      control?.close();
    }
  }
}
