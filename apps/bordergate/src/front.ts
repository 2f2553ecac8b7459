import type { IncomingMessage, ServerResponse } from 'node:http';
import { http as contract } from '@bordergate/contracts';
import { answerProblem, Gate, type Handler } from '@bordergate/platform';
import { gatekeeper } from './gatekeeper.js';
import { pageAt, ServiceAway, type Page, type Pages } from './pages.js';

/**
 * The single address of all services. Which of them answers a path is the contract's rule, the same that an ingress uses. A service is a
 * handler of raw requests: in the all-in-one process its router, so that nothing is proxied; where services run apart, a proxy to it.
 *
 * It listens before it serves: the worker has to know the port, and the services are made one after the other.
 */
export class Front {
  private constructor(private readonly gate: Gate, private readonly refuse: ReturnType<typeof gatekeeper>) {}

  /** @param names host names of this platform, besides localhost and addresses */
  static async listen(host: string, port: number, names: readonly string[] = []): Promise<Front> {
    const gate = await Gate.listen(host, port, { requireHostHeader: false }); // the gatekeeper looks at it, and says so in a problem
    return new Front(gate, gatekeeper(names, [host]));
  }

  get port(): number {
    return this.gate.port;
  }

  /** @param pages answers of the composition itself, by exact path */
  serve(services: Readonly<Record<string, Handler>>, pages: Pages): void {
    this.gate.serve(frontHandler(services, pages, this.refuse));
  }

  close(): Promise<void> {
    return this.gate.close();
  }
}

/** What stands before the services wherever they are: the gatekeeper, pages, and the table of who answers which path. */
export const frontHandler = (services: Readonly<Record<string, Handler>>, pages: Pages, refuse: ReturnType<typeof gatekeeper>): Handler => (request, response) => {
  toOriginForm(request);
  const refused = refuse(request);
  if (refused) {
    answerProblem(response, refused.code, refused.detail);
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const page = request.method === 'GET' || request.method === 'HEAD' ? pageAt(pages, path) : undefined;
  if (page) {
    answerPage(page, path, request, response);
    return;
  }
  const direct = /^\/services\/([a-z-]+)(\/.*)$/.exec(path)?.[1];
  const named = direct ?? contract.SERVICE_PATHS.find((rule) => rule.path.test(path))?.service;
  const known = named !== undefined && Object.hasOwn(services, named);
  if (direct && known) request.url = (request.url ?? '').slice(`/services/${direct}`.length);
  // an unknown path is answered by resources, in the API's own words
  services[known ? named : 'resources']!(request, response);
};

/** For services that run apart, where this is the only address that the world knows: their own doors (metrics, health, secrets for workers) are not behind it. */
export const apiOnly = (handler: Handler, pages: Pages): Handler => (request, response) => {
  const path = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(request.url ?? '/')![1]!;
  if (path.startsWith('/v1/') || pageAt(pages, path || '/')) handler(request, response);
  else answerProblem(response, 'no-such-route', 'the API begins with /v1/; /docs describes it');
};

function answerPage(page: Page, path: string, request: IncomingMessage, response: ServerResponse): void {
  page(request, response).catch((error: Error) => {
    if (error instanceof ServiceAway) {
      answerProblem(response, 'service-unavailable', error.message);
      return;
    }
    process.stderr.write(`${JSON.stringify({ level: 'error', service: 'bordergate', message: `page ${path}`, error: error.stack })}\n`);
    answerProblem(response, 'internal-error', 'the page could not be made');
  });
}

/** A proxy's form of the request line (RFC 9112, 3.2.2): the host in it counts, whatever Host says. */
function toOriginForm(request: IncomingMessage): void {
  const absolute = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(request.url ?? '');
  if (!absolute) return;
  request.headers.host = absolute[1]!;
  request.url = absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]!}`;
}
