import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges under the names of counters; nodejs_active_resources and its like tell the same. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Of every process: processor, memory, event loop, garbage collection; each series says whose it is. */
export function processMetrics(registry: Registry, service: string): void {
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
