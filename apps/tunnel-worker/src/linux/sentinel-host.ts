import { Worker } from 'node:worker_threads';
import type { Log } from '@bordergate/platform';
import type { Judgement, ProbeSample, SentinelPort, SentinelTarget } from '../data-plane.js';
import { Sentinel, type SentinelOrder, type SentinelReport } from './sentinel.js';

export interface SentinelPlaces {
  netns(borderGatewayId: string): string;
  birdLog(borderGatewayId: string): string;
}

const RESTART_MS = 1_000;

/**
 * The sentinel in a thread of its own: its timers must not wait while the worker reads ten thousand routes. It starts with the
 * first tunnel. Where the sources run as TypeScript (unit tests) there is no file a thread could load, and it runs here.
 */
export class SentinelHost implements SentinelPort {
  readonly #listeners: ((judgement: Judgement) => void)[] = [];
  readonly #watched = new Map<string, SentinelOrder>();
  readonly #waiting = new Map<number, (samples: readonly ProbeSample[]) => void>();
  #send: ((order: SentinelOrder) => void) | undefined;
  #closed: Promise<void> = Promise.resolve();
  #requests = 0;

  constructor(private readonly places: SentinelPlaces, private readonly log: Log) {}

  watch(borderGatewayId: string, tunnels: readonly SentinelTarget[]): void {
    const order: SentinelOrder = { order: 'watch', borderGatewayId, netns: this.places.netns(borderGatewayId), birdLog: this.places.birdLog(borderGatewayId), tunnels };
    if (tunnels.length > 0) this.#watched.set(borderGatewayId, order);
    else this.#watched.delete(borderGatewayId);
    if (this.#send) this.#send(order);
    else if (tunnels.length > 0) this.#begin();
  }

  bfdLookedUp(borderGatewayId: string, up: readonly string[]): void {
    this.#send?.({ order: 'bfd-looked-up', borderGatewayId, up });
  }

  async samples(): Promise<readonly ProbeSample[]> {
    const send = this.#send;
    if (!send) return [];
    const request = ++this.#requests;
    return new Promise(resolve => {
      this.#waiting.set(request, resolve);
      send({ order: 'samples', request });
    });
  }

  onJudgement(listener: (judgement: Judgement) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#send?.({ order: 'close' });
    this.#send = undefined;
    await this.#closed;
  }

  #begin(): void {
    this.#send = this.#start();
    for (const order of this.#watched.values()) this.#send(order);
  }

  #start(): (order: SentinelOrder) => void {
    let closed!: () => void;
    this.#closed = new Promise(resolve => { closed = resolve; });
    const take = (report: SentinelReport): void => {
      if (report.report === 'closed') closed();
      else this.#take(report);
    };
    if (import.meta.url.endsWith('.ts')) return this.#inline(take);
    const thread = new Worker(new URL('./sentinel-thread.js', import.meta.url));
    thread.on('message', take);
    thread.on('error', error => {
      this.log.error('the sentinel has failed and is started again: it has to learn anew who answers', { error });
      for (const resolve of this.#waiting.values()) resolve([]);
      this.#waiting.clear();
      closed();
      setTimeout(() => this.#begin(), RESTART_MS).unref();
    });
    thread.unref();
    return order => thread.postMessage(order);
  }

  #inline(take: (report: SentinelReport) => void): (order: SentinelOrder) => void {
    const sentinel = new Sentinel(this.log, take);
    let tail: Promise<unknown> = Promise.resolve();
    return order => {
      tail = tail.then(() => sentinel.take(order)).catch((error: unknown) => this.log.error('the sentinel could not do as it was told', { order: order.order, error }));
    };
  }

  #take(report: Exclude<SentinelReport, { report: 'closed' }>): void {
    if (report.report === 'judgement') {
      for (const listener of this.#listeners) listener(report.judgement);
      return;
    }
    this.#waiting.get(report.request)?.(report.samples);
    this.#waiting.delete(report.request);
  }
}
