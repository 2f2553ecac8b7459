import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http as contract } from '@bordergate/contracts';
import { answerClientError, httpProblem, PROBLEM_TYPE } from '@bordergate/platform';
import { gatekeeper } from './gatekeeper.js';
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

  private constructor(private readonly server: Server, private readonly refuse: ReturnType<typeof gatekeeper>) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
    server.on('clientError', answerClientError);
  }

  /** @param names host names of this platform, besides localhost and addresses */
  static async listen(host: string, port: number, names: readonly string[] = []): Promise<Front> {
    const server = createServer({ requireHostHeader: false }); // the gatekeeper looks at it, and says so in a problem
    server.listen(port, host);
    await once(server, 'listening'); // rejects when the port is taken
    return new Front(server, gatekeeper([...names, host]));
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
    toOriginForm(request);
    const refused = this.refuse(request);
    if (refused) {
      problem(response, refused.code, refused.detail);
      return;
    }
    if (!services) {
      void response.setHeader('retry-after', '1');
      problem(response, 'starting', 'the platform is starting or stopping');
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if ((request.method === 'GET' || request.method === 'HEAD') && Object.hasOwn(this.#pages, path)) {
      this.#pages[path]!(request, response).catch((error: Error) => {
        process.stderr.write(`${JSON.stringify({ level: 'error', service: 'bordergate', message: `page ${path}`, error: error.stack })}\n`);
        problem(response, 'internal-error', 'the page could not be made');
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

/** A proxy's form of the request line (RFC 9112, 3.2.2): the host in it counts, whatever Host says. */
function toOriginForm(request: IncomingMessage): void {
  const absolute = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(request.url ?? '');
  if (!absolute) return;
  request.headers.host = absolute[1]!;
  request.url = absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]!}`;
}

function problem(response: ServerResponse, code: string, detail: string): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  const document = httpProblem(code, detail);
  response.writeHead(document.status, { 'content-type': PROBLEM_TYPE });
  response.end(JSON.stringify(document));
}
