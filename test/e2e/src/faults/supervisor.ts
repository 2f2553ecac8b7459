import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from '../demo/service-process.js';

/** How long a start may take beside everything else that a machine does. */
export const READY_MS = 180_000;
const LOOK_MS = 50;

/** Starts again what has ended, as systemd or a kubelet would: after a pause, whatever ended it. */
export class Supervisor {
  #watching: readonly Promise<void>[] = [];
  readonly #off = new Set<ServiceProcess>();
  #ended = false;
  /** Processes that ended though nobody killed them, by name. */
  readonly endedByThemselves: string[] = [];
  readonly #killed = new Set<ServiceProcess>();

  /** @param pauseMs asked before each start */
  constructor(private readonly services: readonly ServiceProcess[], private readonly pauseMs: () => number) {}

  /** They have been started, by someone else. */
  begin(): void {
    this.#watching = this.services.map((service) => this.#watch(service));
  }

  async kill(service: ServiceProcess): Promise<void> {
    this.#killed.add(service);
    await service.kill();
  }

  /** In good order, perhaps with other settings; answers when it has been launched. */
  async restart(service: ServiceProcess, env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#off.add(service);
    try {
      await service.stop();
      service.launch(env);
    } finally {
      this.#off.delete(service);
    }
  }

  /** All run and are ready, whatever became of them meanwhile. */
  async allReady(patienceMs: number): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (const service of this.services) {
      while (!(service.running && (await service.isReady()))) {
        if (Date.now() > deadline) throw new Error(`${service.name} is not ready after ${patienceMs} ms:\n${service.logTail(12)}`);
        await sleep(LOOK_MS);
      }
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#watching);
  }

  async #watch(service: ServiceProcess): Promise<void> {
    for (; !this.#ended; await sleep(LOOK_MS)) {
      if (service.running || this.#off.has(service)) continue;
      if (!this.#killed.delete(service)) this.endedByThemselves.push(service.name);
      await sleep(this.pauseMs());
      if (!this.#ended) service.launch();
    }
  }
}
