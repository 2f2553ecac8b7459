import { keyOf } from '@bordergate/contracts';
import { createLog, createService, giveSigns, newUuid, Readiness, systemClock, type Clock, type Journal, type Log } from '@bordergate/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import type { Context } from './context.js';
import type { DataPlane } from './data-plane.js';
import { Inbox } from './inbox.js';
import { Loop, type LoopOptions } from './loop.js';
import { Mailbox } from './mailbox.js';
import { WorkerMetrics } from './metrics.js';
import { pskSource, type FetchPsk } from './psk-source.js';
import { Publisher } from './publisher.js';
import type { ReadMark } from './read-mark.js';
import { Sampler } from './sampler.js';
import { WorkerModule } from './worker.module.js';

export interface TunnelWorkerOptions {
  readonly journal: Journal;
  readonly region: string;
  readonly node: string;
  /** Belongs to the worker from here on: closed with it. */
  readonly dataPlane: DataPlane;
  /** Where pre-shared keys are fetched: the resources service and our credential for it, or a function. */
  readonly psks: FetchPsk | { readonly resourcesUrl: string; readonly workerToken: string };
  /**
   * Resolves when those that publish into the journal have published all they had. A journal in memory is empty after a
   * restart, and its end says nothing: without this the worker would take every tunnel for unwanted.
   */
  readonly published?: Promise<unknown>;
  /** Of a journal that outlives its processes: where this node has been in it. */
  readonly mark?: ReadMark;
  readonly sampleIntervalMs?: number;
  /** How often everything is looked at although nothing happened (5 s), and swept (30 s); quiet before a start counts as settled (1 s). */
  readonly loop?: Partial<LoopOptions>;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly registry?: Registry;
}

export interface TunnelWorker {
  /** Not listening. */
  readonly app: NestFastifyApplication;
  /** Resolves when all facts were read and have settled: from here on what nobody wants is removed. */
  readonly ready: Promise<void>;
  /** Ends the worker. Daemons, namespaces and tunnels stay and keep forwarding. */
  close(): Promise<void>;
}

const MARK_EVERY_MS = 1_000;
/** Longer than a restart takes, and than the broker's longest pause between two attempts of ours. */
const LEASE_MS = 30_000;

/** The agent of one node. */
export async function createTunnelWorker(options: TunnelWorkerOptions): Promise<TunnelWorker> {
  const { journal, region, node, dataPlane, psks, published, mark, sampleIntervalMs = 10_000, clock = systemClock, log = createLog('tunnel-worker'), registry = new Registry() } = options;
  const metrics = new WorkerMetrics(registry, clock, log);
  const mailbox = new Mailbox(journal, log);
  const context: Context = {
    region, node, clock, log, dataPlane, metrics,
    publisher: new Publisher(mailbox, clock, region, node),
    fetchPsk: typeof psks === 'function' ? psks : pskSource(psks.resourcesUrl, psks.workerToken),
  };

  let onFacts = (): void => {};
  const { inbox, read } = await Inbox.open({ journal, name: `tunnel-worker/${region}/${node}`, log, refused: metrics.refusedFacts, onFacts: () => onFacts() });
  const loop = new Loop(context, inbox, { settleMs: 1_000, lookMs: 5_000, sweepMs: 30_000, ...options.loop });
  onFacts = () => loop.factsChanged();
  metrics.watchMailbox(() => mailbox.size);
  metrics.watch({ driver: dataPlane.kind, region, node }, () => loop.standings());
  const sampler = new Sampler(context, sampleIntervalMs, () => loop.wanted);

  const readiness = new Readiness();
  readiness.watch('journal', () => journal.check());
  let waitingFor = 'still reading what is wanted';
  readiness.add('facts', async () => {
    if (waitingFor) throw new Error(waitingFor);
  });
  const asFarAsBefore = async () => {
    const known = (await mark?.load()) ?? 0n;
    if (inbox.decided >= known) return;
    waitingFor = `the journal has decisions up to ${inbox.decided}, and this node knew ${known} of them (${mark!.file}): nothing is touched until the others are there again`;
    log.warn(waitingFor);
    await inbox.decidedTo(known);
  };
  const ready = Promise.all([read, published]).then(asFarAsBefore).then(() => loop.start()).then(() => { waitingFor = ''; });
  const marking = mark && setInterval(() => {
    if (!waitingFor) mark.save(inbox.decided).catch((error: unknown) => log.error('where this node is in the log of decisions cannot be kept', { file: mark.file, error }));
  }, MARK_EVERY_MS).unref();

  const life = newUuid();
  let beat = 0;
  const stopSigns = giveSigns({
    journal, clock, log, key: keyOf.node(region, node), actor: `service:tunnel-worker/${node}`, make: () => ({ type: 'NodeHeartbeat', region, node, life, beat: beat++, leaseMs: LEASE_MS }),
  });

  const app = await createService('tunnel-worker', WorkerModule.with(dataPlane), { registry, readiness, log });
  return {
    app, ready,
    close: async () => {
      clearInterval(marking);
      stopSigns();
      await app.close();
      await inbox.close();
      await sampler.close();
      await loop.close();
      await mailbox.close();
      await dataPlane.close();
    },
  };
}
