import { compareFib, gatewayLimit, vpcLimits, type Room, type Router } from '@bordergate/routing-core';
import { Counter, Gauge, type Registry } from 'prom-client';

const GATEWAY = ['region', 'bgw_id'] as const;
const ROUTE_TABLE = ['region', 'vpc_id', 'route_table_id'] as const;

/** What the tables hold is looked at when someone asks; what happened is counted when it happens. */
export class RoutingMetrics {
  readonly applied: Counter<'topic'>;
  readonly published: Counter<'topic'>;
  readonly unreadable: Counter<'topic'>;
  readonly divergences: Counter<'bgw_id' | 'node'>;

  constructor(registry: Registry, router: Router) {
    const registers = [registry];
    this.applied = new Counter({ name: 'vpn_routing_facts_total', help: 'Facts the router has taken in, by topic', labelNames: ['topic'], registers });
    this.published = new Counter({ name: 'vpn_routing_changes_total', help: 'Rows of derived tables published, removals included', labelNames: ['topic'], registers });
    this.unreadable = new Counter({ name: 'vpn_routing_unreadable_records_total', help: 'Records that their schema refused', labelNames: ['topic'], registers });
    this.divergences = new Counter({ name: 'vpn_fib_divergences_total', help: 'Times a kernel kept a FIB other than the expected one', labelNames: ['bgw_id', 'node'], registers });
    new Gauge({
      name: 'vpn_rib_routes', help: 'Candidate routes of a border gateway, usable or not', labelNames: GATEWAY, registers,
      collect() {
        this.reset();
        for (const [id, { region }] of router.topology.gateways) this.set({ region, bgw_id: id }, router.gateways.get(id)?.rib.routes ?? 0);
      },
    });
    new Gauge({
      name: 'vpn_fib_entries', help: 'Prefixes a border gateway is expected to forward', labelNames: GATEWAY, registers,
      collect() {
        this.reset();
        for (const [id, { region }] of router.topology.gateways) this.set({ region, bgw_id: id }, router.gateways.get(id)?.fib.size ?? 0);
      },
    });
    limitGauges(registers, { name: 'vpn_dynamic_routes', what: 'propagated and BGP destinations of a border gateway', labels: GATEWAY }, function* () {
      for (const [id, { region }] of router.topology.gateways) {
        const room = gatewayLimit(router, id);
        if (room) yield [{ region, bgw_id: id }, room];
      }
    });
    limitGauges(registers, { name: 'vpn_vpc_propagated_routes', what: 'propagated routes of a VPC route table, ineffective ones included', labels: ROUTE_TABLE }, function* () {
      for (const [vpcId, { region }] of router.topology.vpcs) for (const room of vpcLimits(router, vpcId) ?? []) yield [{ region, vpc_id: vpcId, route_table_id: room.routeTableId }, room];
    });
    new Gauge({
      name: 'vpn_fib_differences', help: 'Prefixes whose next hops in the kernel are not the expected ones', labelNames: [...GATEWAY, 'node'], registers,
      collect() {
        this.reset();
        for (const [id, { region }] of router.topology.gateways) {
          for (const { node, differences } of compareFib(router, id)?.nodes ?? []) this.set({ region, bgw_id: id, node }, differences.length);
        }
      },
    });
  }
}

/** What asks for room in tables with a limit, that limit, and how many are refused. */
function limitGauges(registers: Registry[], { name, what, labels }: { name: string; what: string; labels: readonly string[] }, rooms: () => Iterable<[Record<string, string>, Room]>): void {
  const gauge = (suffix: string, help: string, measure: (room: Room) => number): void => {
    new Gauge({ name: `${name}${suffix}`, help, labelNames: labels, registers, collect() {
      this.reset();
      for (const [of, room] of rooms()) this.set(of, measure(room));
    } });
  };
  gauge('', what, (room) => room.count);
  gauge('_limit', `How many there may be: ${what}`, (room) => room.maxLimit);
  gauge('_refused', `Over the limit: ${what}`, (room) => room.refused);
}
