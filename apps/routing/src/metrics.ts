import { compareFib, type Router } from '@bordergate/routing-core';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What the tables hold is looked at when someone asks; what happened is counted when it happens. */
export class RoutingMetrics {
  readonly applied: Counter<'topic'>;
  readonly published: Counter<'topic'>;
  readonly unreadable: Counter<'topic'>;
  readonly divergences: Counter<'border_gateway' | 'node'>;

  constructor(registry: Registry, router: Router) {
    const registers = [registry];
    this.applied = new Counter({ name: 'vpn_routing_facts_total', help: 'Facts the router has taken in, by topic', labelNames: ['topic'], registers });
    this.published = new Counter({ name: 'vpn_routing_changes_total', help: 'Rows of derived tables published, removals included', labelNames: ['topic'], registers });
    this.unreadable = new Counter({ name: 'vpn_routing_unreadable_records_total', help: 'Records that their schema refused', labelNames: ['topic'], registers });
    this.divergences = new Counter({ name: 'vpn_fib_divergences_total', help: 'Times a kernel kept a FIB other than the expected one', labelNames: ['border_gateway', 'node'], registers });
    new Gauge({
      name: 'vpn_rib_routes', help: 'Candidate routes of a border gateway, usable or not', labelNames: ['border_gateway'], registers,
      collect() {
        this.reset();
        for (const id of router.topology.gateways.keys()) this.set({ border_gateway: id }, router.gateways.get(id)?.rib.routes ?? 0);
      },
    });
    new Gauge({
      name: 'vpn_fib_entries', help: 'Prefixes a border gateway is expected to forward', labelNames: ['border_gateway'], registers,
      collect() {
        this.reset();
        for (const id of router.topology.gateways.keys()) this.set({ border_gateway: id }, router.gateways.get(id)?.fib.size ?? 0);
      },
    });
    new Gauge({
      name: 'vpn_fib_differences', help: 'Prefixes whose next hops in the kernel are not the expected ones', labelNames: ['border_gateway', 'node'], registers,
      collect() {
        this.reset();
        for (const id of router.topology.gateways.keys()) {
          for (const { node, differences } of compareFib(router, id)?.nodes ?? []) this.set({ border_gateway: id, node }, differences.length);
        }
      },
    });
  }
}
