import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mergeOpenApi } from '@bordergate/platform';
import { asyncApi } from '@bordergate/contracts';
import { consolePages } from './console-pages.js';

export type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
/** By exact path; "/r/*" is all that begins with /r/. */
export type Pages = Readonly<Record<string, Page>>;

export function pageAt(pages: Pages, path: string): Page | undefined {
  const name = path.startsWith('/r/') ? '/r/*' : path;
  return Object.hasOwn(pages, name) ? pages[name] : undefined;
}

export const send = (response: ServerResponse, type: string, body: string | Buffer, status = 200): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' });
  response.end(body);
};

/** What a service answers to a GET. */
export interface Answer { readonly statusCode: number; readonly body: string }

/** All services behind one address, as this page maker knows them: by name, and by what they answer. */
export interface Services {
  readonly names: readonly string[];
  ask(name: string, path: string): Promise<Answer>;
}

/** What is the same wherever the services are: the console, a page of what runs here, one API description, and the files of its page. */
export function sharedPages(services: Services, status: StatusPage): Pages {
  const openapi = remembered(() => mergedOpenApi(services), OPENAPI_MS);
  const statusOf: Page = async (_, response) => send(response, 'text/html; charset=utf-8', statusPage(services.names, status));
  return {
    '/': statusOf,
    '/status': statusOf,
    ...consolePages(status),
    '/openapi.json': async (_, response) => send(response, 'application/json', await openapi()),
    '/asyncapi.json': async (_, response) => send(response, 'application/json', JSON.stringify(asyncApi())),
    '/docs': async (_, response) => send(response, 'text/html; charset=utf-8', DOCS_PAGE),
    // a service's own page would answer here, and know only its part
    '/docs/': async (_, response) => send(response, 'text/html; charset=utf-8', DOCS_PAGE),
    '/favicon.ico': async (_, response) => send(response, 'image/x-icon', '', 204),
    ...assets(),
  };
}

/** Of the all-in-one process: also health and metrics over all services. */
export function makePages(apps: Readonly<Record<string, NestFastifyApplication>>, { driver, region, node }: { driver: string; region: string; node: string }): Pages {
  const services: Services = { names: Object.keys(apps), ask: (name, url) => apps[name]!.inject({ method: 'GET', url }) };
  const health = (path_: string): Page => async (_, response) => {
    const answers = await Promise.all(services.names.map(async (name) => [name, await services.ask(name, path_)] as const));
    const ready = answers.every(([, answer]) => answer.statusCode === 200);
    const body = { status: ready ? 'ok' : 'not-ready', driver, services: Object.fromEntries(answers.map(([name, answer]) => [name, JSON.parse(answer.body)])) };
    send(response, 'application/json', JSON.stringify(body), ready ? 200 : 503);
  };
  return {
    ...sharedPages(services, { region, direct: true, simulated: driver === 'simulated', place: `Region <code>${region}</code>, node <code>${node}</code>, driver <code>${driver}</code>.` }),
    '/health/live': health('/health/live'),
    '/health/ready': health('/health/ready'),
    '/metrics': async (_, response) => {
      const texts = await Promise.all(services.names.map(async (name) => (await services.ask(name, '/metrics')).body));
      send(response, 'text/plain; version=0.0.4; charset=utf-8', oneExposition(texts));
    },
  };
}

/** A service that is upgraded describes itself anew. */
const OPENAPI_MS = 60_000;

async function mergedOpenApi({ names, ask }: Services): Promise<string> {
  const documents = await Promise.all(names.map(async (name) => {
    const { statusCode, body } = await ask(name, '/openapi.json');
    if (statusCode !== 200) throw new ServiceAway(name);
    return JSON.parse(body) as Parameters<typeof mergeOpenApi>[0][number];
  }));
  return JSON.stringify(mergeOpenApi(documents));
}

/** A service that did not answer, where its answer was needed. */
export class ServiceAway extends Error {
  override readonly name = 'ServiceAway';
  constructor(readonly service: string) {
    super(`the ${service} service does not answer`);
  }
}

function remembered<T>(make: () => Promise<T>, ms: number): () => Promise<T> {
  let made: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (!made || performance.now() > made.until) {
      made = { value: make(), until: performance.now() + ms };
      made.value.catch(() => { made = undefined; }); // whoever asked is told; the next one has its own try
    }
    return made.value;
  };
}

/** The same metric from several services must stand together, under one HELP and TYPE (Prometheus text format). */
export function oneExposition(texts: readonly string[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const text of texts) {
    let family: { head: string[]; samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const comment = /^# (HELP|TYPE) (\S+)/.exec(line);
      if (comment) {
        const known = families.get(comment[2]!);
        family = known ?? { head: [], samples: [] };
        if (!known) families.set(comment[2]!, family);
        if (!family.head.some((h) => h.startsWith(`# ${comment[1]} `))) family.head.push(line);
      } else if (line && family) family.samples.push(line);
    }
  }
  return `${[...families.values()].map((f) => [...f.head, ...f.samples].join('\n')).join('\n\n')}\n`;
}

/** The files of swagger-ui that the page needs, from the package: nothing comes from elsewhere. */
function assets(): Pages {
  const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  const folder = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  const file = (name: string, type: string): [string, Page] => [`/docs/${name}`, async (_, response) => send(response, type, await readFile(path.join(folder, name)))];
  return Object.fromEntries([file('swagger-ui.css', 'text/css'), file('swagger-ui-bundle.js', 'text/javascript')]);
}

const DOCS_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bordergate API</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', docExpansion: 'none', tagsSorter: 'alpha' })</script></html>`;

export interface StatusPage {
  readonly region: string;
  /** Where this is, in HTML. */
  readonly place: string;
  /** Each service can be asked by its name, for metrics and health. */
  readonly direct: boolean;
  readonly simulated: boolean;
}

const statusPage = (names: readonly string[], { region, place, direct, simulated }: StatusPage): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bordergate</title><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em}.sim{border:2px solid #b50;padding:.5rem 1rem}</style>
<h1>Bordergate</h1>
${simulated ? '<p class="sim"><strong>Simulated driver:</strong> there are no tunnels and no packets; states and routes follow a model of the data plane.</p>' : ''}
<p>${place}</p>
<ul><li><a href="/">Console</a></li><li><a href="/docs">API</a> (<a href="/openapi.json">OpenAPI</a>, <a href="/asyncapi.json">AsyncAPI</a>)</li><li><a href="/health/ready">Health</a></li><li><a href="/metrics">Metrics</a></li>
${direct ? names.map((name) => `<li>${name}: <a href="/services/${name}/metrics">metrics</a>, <a href="/services/${name}/health/ready">health</a></li>`).join('\n') : ''}</ul>
<p>Resources: ${['borderGateways', 'vpcs', 'vpcAttachments', 'customerGateways', 'vpnConnections', 'vpnTunnels', 'staticRoutes', 'publicAddresses'].map((c) => `<a href="/v1/regions/${region}/${c}">${c}</a>`).join(', ')};
<a href="/v1/regions/${region}/tunnelStates">tunnel states</a>. Command line: <code>npm run bordergate -- list vpn-tunnels</code></p></html>`;
