import { createLog, createService, Readiness, systemClock, type Clock, type Journal, type Log } from '@bordergate/platform';
import { compareFib, Router } from '@bordergate/routing-core';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { ExplainController } from './explain.controller.js';
import { FibWatch } from './fib-watch.js';
import { LimitWatch } from './limit-watch.js';
import { RoutingMetrics } from './metrics.js';
import { RouterRunner } from './router-runner.js';
import { RoutesController } from './routes.controller.js';

export interface RoutingOptions {
  /** Shared with the other services; whoever made it closes it. */
  readonly journal: Journal;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly registry?: Registry;
  readonly readiness?: Readiness;
  readonly quiet?: boolean;
  /** How long a kernel may differ from the RIB before it is said aloud; 3 s when not said. */
  readonly settleMs?: number;
}

export interface Routing {
  readonly app: NestFastifyApplication;
  /** The inputs have been read to the end, and the tables of what this instance writes are published. One that writes nothing is never. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

@Module({})
class RoutingModule {
  static of(router: Router): DynamicModule {
    return { module: RoutingModule, controllers: [RoutesController, ExplainController], providers: [{ provide: Router, useValue: router }] };
  }
}

const LOOK_EVERY_MS = 1_000;

/** The routing service: the RIB's runner around the pure router, and the views of it. It does not listen by itself. */
export async function createRouting(options: RoutingOptions): Promise<Routing> {
  const { journal, clock = systemClock, log = createLog('routing'), registry = new Registry(), readiness = new Readiness() } = options;
  const router = new Router();
  const metrics = new RoutingMetrics(registry, router);
  const watch = new FibWatch((gateway) => compareFib(router, gateway), clock, log, metrics, options.settleMs ?? 3_000);
  const runner = new RouterRunner({ journal, router, clock, log, metrics, watch, limits: new LimitWatch(log) });
  let caughtUp = false;
  void runner.read.then(() => { caughtUp = true; });
  readiness.watch('journal', () => journal.check());
  readiness.add('tables', async () => { if (!caughtUp) throw new Error('still reading the journal'); });
  const app = await createService('routing', RoutingModule.of(router), { registry, readiness, log, quiet: options.quiet ?? false });
  await runner.start();
  const timer = setInterval(() => watch.look(), LOOK_EVERY_MS).unref();
  return {
    app, ready: runner.ready,
    async close() {
      clearInterval(timer);
      await runner.stop();
      await app.close();
    },
  };
}
