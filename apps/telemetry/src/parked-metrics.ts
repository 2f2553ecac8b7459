import type { ParkedRecords } from '@bordergate/platform';
import { Gauge, type Registry } from 'prom-client';

/** Messages that wait for an operator: more than none is worth an alarm. */
export function registerParkedMetrics(registry: Registry, parked: ParkedRecords): void {
  new Gauge({
    name: 'bordergate_journal_parked_records', help: 'messages that a consumer could not read and that nobody has replayed or discarded', labelNames: ['topic', 'consumer'], registers: [registry],
    collect() {
      this.reset();
      for (const { parked: { topic, consumer } } of parked.list()) this.inc({ topic, consumer });
    },
  });
}
