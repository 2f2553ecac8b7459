import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerClientError } from './client-error.js';
import { httpProblem, PROBLEM_TYPE } from './problem.js';

/** Answers raw requests: a Fastify router, a proxy. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** How long requests under way may take after the stop has begun. */
const SHUTDOWN_GRACE_MS = 2_000;

/**
 * The address of a process, which listens before there is anything to serve. Until `serve`, and again from `close` on, it is alive, not
 * ready (and says why), and answers everything else with "come again".
 */
export class Gate {
  #handler: Handler | undefined;
  #why = 'starting';
  readonly #connections = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => (this.#handler ?? this.#meanwhile)(request, response));
    server.on('clientError', answerClientError);
    server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => answerProblem(response, 'expectation-failed', 'the only expectation that can be met is 100-continue (RFC 9110, 10.1.1)'));
  }

  /** @param requireHostHeader false for who wants to refuse a request without it in his own words */
  static async listen(host: string, port: number, { requireHostHeader = true } = {}): Promise<Gate> {
    const server = createServer({ requireHostHeader });
    server.listen(port, host);
    await once(server, 'listening'); // rejects when the port is taken
    return new Gate(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What it waits for, as /health/ready says it. */
  waitFor(why: string): void {
    this.#why = why;
  }

  serve(handler: Handler): void {
    this.#handler = handler;
  }

  /** Requests under way may end; live streams, which never do, are cut after a grace. */
  async close(): Promise<void> {
    this.#handler = undefined;
    this.#why = 'stopping';
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeIdleConnections();
    // Browsers and fetch open connections ahead, and Node does not count those as idle.
    for (const connection of this.#connections) if (connection.bytesRead === 0) connection.destroy();
    const grace = setTimeout(() => this.server.closeAllConnections(), SHUTDOWN_GRACE_MS);
    await closed;
    clearTimeout(grace);
  }

  readonly #meanwhile: Handler = ({ url = '/' }, response) => {
    const path = url.split('?', 1)[0];
    if (path === '/health/live') answer(response, 200, 'application/json', { status: 'ok' });
    else if (path === '/health/ready') answer(response, 503, 'application/json', { status: 'not-ready', checks: { start: this.#why } });
    else {
      response.setHeader('retry-after', '1');
      answerProblem(response, 'starting', 'the service is starting or stopping');
    }
  };
}

/** A problem of HTTP itself, where no framework answers. */
export function answerProblem(response: ServerResponse, code: string, detail: string): void {
  if (response.headersSent) {
    response.destroy(); // too late for a document: what was begun must not look complete
    return;
  }
  const document = httpProblem(code, detail);
  answer(response, document.status, PROBLEM_TYPE, document);
}

function answer(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}
