import { hostname } from 'node:os';
import { Region } from '@bordergate/contracts';
import { readProcessOptions, runService, type Settings } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { apiOnly, frontHandler } from './front.js';
import { frontMetrics } from './front-metrics.js';
import { frontPages } from './front-pages.js';
import { gatekeeper } from './gatekeeper.js';
import { FRONT_PORT, readAllowedHosts } from './options.js';
import { Upstream } from './proxy.js';

/** The one public address of services that run apart. Each URL setting may name several instances. */
const readFrontOptions = (settings: Settings) => ({
  ...readProcessOptions(settings, FRONT_PORT),
  allowedHosts: readAllowedHosts(settings),
  region: settings.matching('BORDERGATE_REGION', 'region-1', Region),
  urls: {
    resources: settings.urls('BORDERGATE_RESOURCES_URL', 'where the resources service answers'),
    routing: settings.urls('BORDERGATE_ROUTING_URL', 'where the routing service answers'),
    telemetry: settings.urls('BORDERGATE_TELEMETRY_URL', 'where the telemetry service answers'),
  },
});

await runService({
  name: 'front',
  readOptions: readFrontOptions,
  requireHostHeader: false, // the gatekeeper says it in a problem
  async start({ host, allowedHosts, region, urls }, { log, closers }) {
    const registry = new Registry();
    const failures = frontMetrics(registry);
    const upstreams = Object.entries(urls).map(([name, instances]) => new Upstream(name, instances, { log, onFailure: (upstream) => failures.inc({ upstream }) }));
    closers.add(async () => {
      for (const upstream of upstreams) upstream.close();
    });
    const pages = frontPages(upstreams, { region, registry });
    const handlers = Object.fromEntries(upstreams.map((upstream) => [upstream.service, upstream.handle]));
    return apiOnly(frontHandler(handlers, pages, gatekeeper(allowedHosts, [hostname(), host])), pages);
  },
});
