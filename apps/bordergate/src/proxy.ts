import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerProblem, BODY_LIMIT, type Handler, type Log } from '@bordergate/platform';
import { createProxyServer } from 'httpxy';
import type { Answer } from './pages.js';

export interface UpstreamOptions {
  readonly log: Log;
  /** Told of each attempt that failed. */
  readonly onFailure?: (service: string) => void;
  /** For a connection to be made. */
  readonly connectMs?: number;
  /** Without a byte from the service; live streams have a heartbeat. Longer than any answer takes. */
  readonly silentMs?: number;
  /** How long an instance that failed is asked last. */
  readonly shunMs?: number;
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The instances of one service behind the front. Requests go round among those that answer; live streams pass as they come, and end
 * upstream when the client leaves. A request that only reads is tried on the next instance when one fails; any other is not sent twice,
 * since nobody knows what became of it: its caller repeats it under its Idempotency-Key.
 */
export class Upstream {
  readonly #proxy = createProxyServer({ xfwd: true });
  readonly #agent: Agent;
  readonly #shunned = new Map<string, number>();
  #turn = 0;

  constructor(readonly service: string, private readonly urls: readonly string[], private readonly options: UpstreamOptions) {
    // A socket's time is the agent's while it connects or rests, and the request's while it is used. It rests shorter than a service keeps it.
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: options.connectMs ?? 3_000 });
  }

  readonly handle: Handler = (request, response) => {
    void this.#attempt(request, response, this.#inTurn());
  };

  /** What the instances answer to a GET, in order of their addresses; nothing from one that does not answer in time. */
  async ask(path: string, timeoutMs = 2_000): Promise<(Answer | undefined)[]> {
    return Promise.all(this.urls.map(async (url) => {
      try {
        const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(timeoutMs) });
        return { statusCode: response.status, body: await response.text() };
      } catch (error) {
        this.options.log.debug('an instance did not answer', { service: this.service, path, error });
        return undefined;
      }
    }));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #attempt(request: IncomingMessage, response: ServerResponse, [url, ...others]: readonly string[]): Promise<void> {
    const before = request.socket.bytesRead;
    const error = await this.#forward(request, response, url!);
    if (!error || response.destroyed || response.writableEnded) return;
    // A service answers and hangs up while more than it takes is still being sent: then all that is seen of it may be the end of the connection.
    if (!response.headersSent && Math.max(Number(request.headers['content-length'] ?? 0), request.socket.bytesRead - before) > BODY_LIMIT) {
      answerProblem(response, 'body-too-large', `the body is larger than ${BODY_LIMIT} bytes`);
      return;
    }
    const { log, onFailure, shunMs = 1_000 } = this.options;
    this.#shunned.set(url!, performance.now() + shunMs);
    onFailure?.(this.service);
    log.warn('a service did not answer', { service: this.service, method: request.method, error });
    if (!response.headersSent && others.length > 0 && SAFE.has(request.method ?? '')) {
      await this.#attempt(request, response, others);
      return;
    }
    if (!response.headersSent) response.setHeader('retry-after', '1');
    answerProblem(response, 'service-unavailable', `the ${this.service} service does not answer; try again`);
  }

  /** Resolves when it is over: with nothing, or with what kept it. */
  async #forward(request: IncomingMessage, response: ServerResponse, target: string): Promise<Error | undefined> {
    try {
      await this.#proxy.web(request, response, { target, agent: this.#agent, proxyTimeout: this.options.silentMs ?? 30_000 });
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** Who answered lately first, and each of those in turn. */
  #inTurn(): string[] {
    const now = performance.now();
    const shunned = this.urls.filter((url) => (this.#shunned.get(url) ?? 0) > now);
    const well = this.urls.filter((url) => !shunned.includes(url));
    const first = well.length > 0 ? this.#turn++ % well.length : 0;
    return [...well.slice(first), ...well.slice(0, first), ...shunned];
  }
}
