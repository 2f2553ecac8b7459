import { compareFib, gatewayLimit, vpcLimits, type Room, type Router } from '@bordergate/routing-core';
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
    limitGauges(registers, { name: 'vpn_dynamic_routes', what: 'propagated and BGP destinations of a border gateway', label: 'border_gateway' }, function* () {
      for (const id of router.topology.gateways.keys()) {
        const room = gatewayLimit(router, id);
        if (room) yield [id, room];
      }
    });
    limitGauges(registers, { name: 'vpn_vpc_propagated_routes', what: 'propagated routes of a VPC route table, ineffective ones included', label: 'route_table' }, function* () {
      for (const vpcId of router.topology.vpcs.keys()) for (const room of vpcLimits(router, vpcId) ?? []) yield [room.routeTableId, room];
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

/** What asks for room in tables with a limit, that limit, and how many are refused. */
function limitGauges(registers: Registry[], { name, what, label }: { name: string; what: string; label: string }, rooms: () => Iterable<[string, Room]>): void {
  const gauge = (suffix: string, help: string, measure: (room: Room) => number): void => {
    new Gauge({ name: `${name}${suffix}`, help, labelNames: [label], registers, collect() {
      this.reset();
      for (const [id, room] of rooms()) this.set({ [label]: id }, measure(room));
    } });
  };
  gauge('', what, (room) => room.count);
  gauge('_limit', `How many there may be: ${what}`, (room) => room.maxLimit);
  gauge('_refused', `Over the limit: ${what}`, (room) => room.refused);
}
