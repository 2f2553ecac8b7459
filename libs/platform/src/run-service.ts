import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Gate, type Handler } from './gate.js';
import { createLog, type Log } from './log.js';
import { untilThere } from './not-there-yet.js';
import { OptionError } from './option-error.js';
import type { ProcessOptions } from './process-options.js';
import { Settings } from './settings.js';

/** What has been started, in the order of its start; closed in the reverse. */
export class Closers {
  readonly #all: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.#all.push(close);
  }

  /** One that fails must not keep the others open. @throws AggregateError of all failures */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#all.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped cleanly');
  }
}

export interface ServiceDefinition<O extends ProcessOptions> {
  readonly name: string;
  readonly readOptions: (settings: Settings) => O;
  /** False for who refuses a request without Host in his own words. */
  readonly requireHostHeader?: boolean;
  /** Called again, after a pause, while what it needs is not there yet; what it has added to the closers is closed before. */
  readonly start: (options: O, surroundings: { readonly log: Log; readonly closers: Closers; readonly fatal: (what: string, error: unknown) => void }) => Promise<NestFastifyApplication | Handler>;
}

/**
 * The life of a process with one service, as an operator expects it: a wrong setting ends it with status 2 and the variable's name; it
 * listens at once and is not ready while database, broker or other services are not there; SIGTERM and SIGINT stop it in order, asked
 * twice at once; what nobody caught ends it with status 1, to be started again.
 */
export async function runService<O extends ProcessOptions>({ name, readOptions, requireHostHeader = true, start }: ServiceDefinition<O>): Promise<void> {
  const options = orExit(() => readOptions(new Settings(process.env)));
  const log = createLog(name, { level: options.logLevel });
  const fatal = (what: string, error: unknown): void => {
    log.error(what, { error });
    process.exit(1);
  };
  process.on('unhandledRejection', (error) => fatal('a promise was rejected and nobody looked', error));
  process.on('uncaughtException', (error) => fatal('an error was thrown and nobody caught it', error));

  const gate = await Gate.listen(options.host, options.port, { requireHostHeader }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    console.error(`${options.host}:${options.port} is in use: set BORDERGATE_PORT`);
    process.exit(1);
  });
  const closers = new Closers();
  const stopping = new AbortController();
  const began = performance.now();
  const starting = untilThere(() => startOnce(), {
    signal: stopping.signal,
    onWait: (error, pauseMs) => {
      gate.waitFor(reasonOf(error));
      log.warn('something is not there yet; will try again', { because: reasonOf(error), inMs: pauseMs });
    },
  });

  async function startOnce(): Promise<void> {
    try {
      const service = await start(options, { log, closers, fatal });
      gate.serve(typeof service === 'function' ? service : (service.getHttpAdapter().getInstance().routing as Handler));
    } catch (error) {
      await closers.close().catch((failure: unknown) => log.warn('after a failed start not everything stopped cleanly', { error: failure }));
      throw error;
    }
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1); // asked twice: at once
      stopping.abort();
      void stop(signal);
    });
  }

  async function stop(signal: string): Promise<void> {
    log.info('stopping', { signal });
    await starting.catch(() => undefined); // told below, or it was the stop that ended it
    const failures = (await Promise.allSettled([gate.close()])).concat(await Promise.allSettled([closers.close()])).filter((result) => result.status === 'rejected');
    for (const { reason } of failures) log.error('did not stop cleanly', { error: reason });
    process.exit(failures.length > 0 ? 1 : 0);
  }

  await starting.then(
    () => log.info('serving', { host: options.host, port: gate.port, afterMs: Math.round(performance.now() - began) }),
    (error: unknown) => {
      if (!stopping.signal.aborted) fatal('the service did not start', error);
    },
  );
}

/** The innermost reason in a sentence: wrappers say less than what they wrap. */
function reasonOf(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error && !error.message) return reasonOf(inner);
  return error.message || error.name;
}

/** Status 2 and one line for a wrong setting: the rest of the message would only hide it. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
