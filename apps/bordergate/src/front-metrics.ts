import { processMetrics } from '@bordergate/platform';
import { Counter, type Registry } from 'prom-client';

/** Of the front of services that run apart; what those have to tell they are asked for themselves. */
export function frontMetrics(registry: Registry): Counter<'upstream'> {
  processMetrics(registry, 'front');
  return new Counter({ name: 'bordergate_front_upstream_failures_total', help: 'attempts to reach a service that failed', labelNames: ['upstream'], registers: [registry] });
}
