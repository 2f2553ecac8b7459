import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, Registry } from 'prom-client';
import { answerClientError } from './client-error.js';
import { processMetrics } from './default-metrics.js';
import { newUuid } from './ids.js';
import { acceptOnlyJson } from './json-body.js';
import { createLog, type Log, type LogFields } from './log.js';
import { openApiOf } from './openapi.js';
import { OpsModule } from './ops.module.js';
import { httpProblem } from './problem.js';
import { ProblemFilter, sendProblem } from './problem-filter.js';
import { Readiness } from './readiness.js';
import { RequestGuard } from './request-guard.js';
import { RouteTable } from './route-table.js';
import { SchemaValidationPipe } from './validation.js';

export interface ServiceOptions {
  /** The service's own; a new one when not given. Labelled with the service's name. */
  readonly registry?: Registry;
  readonly log?: Log;
  readonly readiness?: Readiness;
  /** No log line per request. */
  readonly quiet?: boolean;
  /** Bytes of a body at most; BODY_LIMIT when not said. */
  readonly bodyLimit?: number;
  /** Last changes before routes are fixed: static files, raw Fastify routes. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** Bytes of a request's body at most. */
export const BODY_LIMIT = 1_048_576;

const OPS_ROUTES: ReadonlySet<string> = new Set(['/metrics', '/health/live', '/health/ready']);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const REQUEST_ID = /^[\w.:-]{1,64}$/;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * One service, ready to serve: its module with request ids, request log, metrics, health, validation by schema,
 * problems and an OpenAPI document (/openapi.json, /docs). It does not listen: call `app.listen`, or hand raw requests
 * to `app.getHttpAdapter().getInstance().routing(request, response)`. `app.close()` lets requests under way finish.
 */
export async function createService(name: string, module: DynamicModule | Type, options: ServiceOptions = {}): Promise<NestFastifyApplication> {
  const { registry = new Registry(), log = createLog(name), readiness = new Readiness(), quiet = false, bodyLimit = BODY_LIMIT } = options;
  processMetrics(registry, name);
  const routes = new RouteTable();
  const adapter = new FastifyAdapter({
    bodyLimit,
    // A caller's id is kept, so that one id runs through all services, unless it could forge a log line.
    genReqId: ({ headers }: IncomingMessage) => (typeof headers['x-request-id'] === 'string' && REQUEST_ID.test(headers['x-request-id']) ? headers['x-request-id'] : newUuid()),
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: (error: Error, socket: Socket) => answerClientError(error, socket),
    // A path that cannot be read is answered before any hook and filter.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-request-id', request.id);
      const tooLong = error.statusCode === 414;
      sendProblem(reply, httpProblem(tooLong ? 'uri-too-long' : 'malformed-path', tooLong ? 'a part of the path is longer than any name' : 'the path cannot be read', request.id));
    },
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  acceptOnlyJson(fastify);
  nameRequests(fastify);
  observeRequests(fastify, registry, quiet ? undefined : log);

  const root: DynamicModule = { module: class Service {}, imports: [OpsModule.with(registry, readiness, log), module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { bodyParser: false, logger: nestLogger(log), abortOnError: false });
  app.useGlobalGuards(new RequestGuard(OPS_ROUTES));
  app.useGlobalPipes(new SchemaValidationPipe());
  app.useGlobalFilters(new ProblemFilter(log, routes));
  SwaggerModule.setup('docs', app, () => openApiOf(app, `Bordergate ${name}`), { raw: ['json'], jsonDocumentUrl: 'openapi.json', customSiteTitle: `Bordergate ${name}` });
  await options.configure?.(app);
  await app.init();
  await fastify.ready();
  return app;
}

function nameRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
}

/** Time by route pattern, never by path: ids would make a series each. */
function observeRequests(fastify: FastifyInstance, registry: Registry, log: Log | undefined): void {
  const seconds = new Histogram({
    name: 'http_request_duration_seconds', help: 'Time from request to the end of its answer', labelNames: ['method', 'route', 'code'], buckets: SECONDS, registers: [registry],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, code: reply.statusCode }, reply.elapsedTime / 1_000);
    // probes and scrapes come every few seconds and say nothing; what was only read, when all went well, is for those who debug
    if (OPS_ROUTES.has(route)) return done();
    const level = READS.has(request.method) && reply.statusCode < 400 ? 'debug' : 'info';
    log?.[level]('request', { requestId: request.id, method: request.method, path: request.url.split('?')[0], route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 });
    done();
  });
}

/** What Nest says about itself goes to our log; its account of every module and route only when debugging. */
function nestLogger(log: Log): LoggerService {
  const at = (write: (message: string, fields: LogFields) => void) => (message: unknown, ...more: unknown[]) =>
    write(message instanceof Error ? message.message : String(message), { context: more.at(-1), ...(message instanceof Error ? { error: message } : {}) });
  return { log: at(log.debug), debug: at(log.debug), verbose: at(log.debug), warn: at(log.warn), error: at(log.error), fatal: at(log.error) };
}
