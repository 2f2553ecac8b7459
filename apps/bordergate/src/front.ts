import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http as contract } from '@bordergate/contracts';
import type { Pages } from './pages.js';

/** One service as the front sees it: a handler for its raw requests (Fastify's router), without a port of its own. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** How long requests under way may take after the stop has begun. */
const SHUTDOWN_GRACE_MS = 2_000;

/**
 * The single address of the all-in-one process. Which service answers a path is the contract's rule, the same that an
 * ingress uses when the services are apart; requests are handed over in the process, nothing is proxied.
 *
 * It listens before it serves: the worker has to know the port, and the services are made one after the other. Until
 * `serve`, and again from `close` on, the answer is "come again".
 */
export class Front {
  #services: Readonly<Record<string, Handler>> | undefined;
  #pages: Pages = {};

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
  }

  static async listen(host: string, port: number): Promise<Front> {
    const server = createServer();
    server.listen(port, host);
    await once(server, 'listening'); // rejects when the port is taken
    return new Front(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @param pages answers of the composition itself, by exact path */
  serve(services: Readonly<Record<string, Handler>>, pages: Pages): void {
    this.#services = services;
    this.#pages = pages;
  }

  /** Requests under way may end; live streams, which never do, are cut after a grace. */
  async close(): Promise<void> {
    this.#services = undefined;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeIdleConnections();
    const grace = setTimeout(() => this.server.closeAllConnections(), SHUTDOWN_GRACE_MS);
    await closed;
    clearTimeout(grace);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const services = this.#services;
    if (!services) {
      problem(response, 503, 'starting', 'Service Unavailable', 'the platform is starting or stopping', { 'retry-after': '1' });
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (request.method === 'GET' && Object.hasOwn(this.#pages, path)) {
      this.#pages[path]!(request, response).catch((error: Error) => {
        process.stderr.write(`${JSON.stringify({ level: 'error', service: 'bordergate', message: `page ${path}`, error: error.stack })}\n`);
        problem(response, 500, 'internal-error', 'Internal Server Error', 'the page could not be made');
      });
      return;
    }
    const direct = /^\/services\/([a-z-]+)(\/.*)$/.exec(path)?.[1];
    const named = direct ?? contract.SERVICE_PATHS.find((rule) => rule.path.test(path))?.service;
    const known = named !== undefined && Object.hasOwn(services, named);
    if (direct && known) request.url = (request.url ?? '').slice(`/services/${direct}`.length);
    // an unknown path is answered by resources, in the API's own words
    services[known ? named : 'resources']!(request, response);
  }
}

function problem(response: ServerResponse, status: number, code: string, title: string, detail: string, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(JSON.stringify({ type: `urn:bordergate:problem:${code}`, title, status, detail, code }));
}
