import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mergeOpenApi, openApiOf } from '@bordergate/platform';

export type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type Pages = Readonly<Record<string, Page>>;

const send = (response: ServerResponse, type: string, body: string | Buffer, status = 200): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' });
  response.end(body);
};

/** What the composition itself answers: a first page, one API description, and health and metrics over all services. */
export function makePages(services: Readonly<Record<string, NestFastifyApplication>>, facts: { driver: string; region: string; node: string }): Pages {
  const names = Object.keys(services);
  const merged = JSON.stringify(mergeOpenApi(Object.values(services).map((app) => openApiOf(app, 'Bordergate'))));
  const ask = async (name: string, url: string) => services[name]!.inject({ method: 'GET', url });

  const health = (path_: string): Page => async (_, response) => {
    const answers = await Promise.all(names.map(async (name) => [name, await ask(name, path_)] as const));
    const ready = answers.every(([, answer]) => answer.statusCode === 200);
    const body = { status: ready ? 'ok' : 'not-ready', driver: facts.driver, services: Object.fromEntries(answers.map(([name, answer]) => [name, answer.json()])) };
    send(response, 'application/json', JSON.stringify(body), ready ? 200 : 503);
  };
  return {
    '/': async (_, response) => send(response, 'text/html; charset=utf-8', firstPage(names, facts)),
    '/openapi.json': async (_, response) => send(response, 'application/json', merged),
    '/docs': async (_, response) => send(response, 'text/html; charset=utf-8', DOCS_PAGE),
    // a service's own page would answer here, and know only its part
    '/docs/': async (_, response) => send(response, 'text/html; charset=utf-8', DOCS_PAGE),
    '/favicon.ico': async (_, response) => send(response, 'image/x-icon', '', 204),
    ...assets(),
    '/health/live': health('/health/live'),
    '/health/ready': health('/health/ready'),
    '/metrics': async (_, response) => {
      const texts = await Promise.all(names.map(async (name) => (await ask(name, '/metrics')).body));
      send(response, 'text/plain; version=0.0.4; charset=utf-8', oneExposition(texts));
    },
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

const firstPage = (names: readonly string[], { driver, region, node }: { driver: string; region: string; node: string }): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bordergate</title><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em}.sim{border:2px solid #b50;padding:.5rem 1rem}</style>
<h1>Bordergate</h1>
${driver === 'simulated' ? '<p class="sim"><strong>Simulated driver:</strong> there are no tunnels and no packets; states and routes follow a model of the data plane.</p>' : ''}
<p>Region <code>${region}</code>, node <code>${node}</code>, driver <code>${driver}</code>.</p>
<ul><li><a href="/docs">API</a> (<a href="/openapi.json">OpenAPI</a>)</li><li><a href="/health/ready">Health</a></li><li><a href="/metrics">Metrics</a></li>
${names.map((name) => `<li>${name}: <a href="/services/${name}/metrics">metrics</a>, <a href="/services/${name}/health/ready">health</a></li>`).join('\n')}</ul>
<p>Resources: ${['borderGateways', 'vpcs', 'vpcAttachments', 'customerGateways', 'vpnConnections', 'vpnTunnels', 'staticRoutes', 'publicAddresses'].map((c) => `<a href="/v1/regions/${region}/${c}">${c}</a>`).join(', ')};
<a href="/v1/regions/${region}/tunnelStates">tunnel states</a>. Command line: <code>npm run bordergate -- list vpn-tunnels</code></p></html>`;
