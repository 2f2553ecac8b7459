import { keyOf, TOPICS, type CloudEvent, type FibEntryInstalled, type JournalRecord, type Topic, type VpcRoutePropagated } from '@bordergate/contracts';
import { contains, parsePrefix } from '@bordergate/kernel';
import type { Journal } from '@bordergate/platform';

export type VpcRoutes = ReadonlyMap<string, VpcRoutePropagated>;
export type FibEntries = ReadonlyMap<string, FibEntryInstalled>;

/**
 * What a VPC's fabric makes of the two tables that are published for it (ADR 33): to each destination of a route table outside of the VPC
 * the nodes that carry it. A static route may be wider than what the gateway knows; then every node that carries a part of it.
 */
export function fabricRoutes(routeTableId: string, vpcRoutes: VpcRoutes, fib: FibEntries): Map<string, string[]> {
  const routes = new Map<string, string[]>();
  for (const row of vpcRoutes.values()) {
    if (row.routeTableId !== routeTableId) continue;
    const gateways = row.candidates.filter(({ effective }) => effective).flatMap(({ borderGatewayId }) => borderGatewayId ?? []);
    const nodes = new Set(gateways.flatMap((gateway) => nodesTo(row.prefix, gateway, fib)));
    if (nodes.size > 0) routes.set(row.prefix, [...nodes].sort());
  }
  return routes;
}

function nodesTo(prefix: string, borderGatewayId: string, fib: FibEntries): readonly string[] {
  const exact = fib.get(keyOf.fib(borderGatewayId, prefix));
  if (exact) return exact.nodes ?? [];
  const wanted = parsePrefix(prefix)!;
  const inside = [...fib.values()].filter((entry) => entry.borderGatewayId === borderGatewayId && contains(wanted, parsePrefix(entry.prefix)!));
  return inside.flatMap((entry) => entry.nodes ?? []);
}

/** Follows both tables, and tells what has become of them. */
export async function followRoutes(journal: Journal, changed: (vpcRoutes: VpcRoutes, fib: FibEntries) => void): Promise<void> {
  const vpcRoutes = new Map<string, VpcRoutePropagated>();
  const fib = new Map<string, FibEntryInstalled>();
  const follow = <D extends object>(topic: Topic, table: Map<string, D>) => journal.subscribe(topic, { name: 'vpc-fabric', from: 'beginning' }, {
    batch(records: readonly JournalRecord[]) {
      for (const { key, event } of records) {
        if (event) table.set(key, (event as CloudEvent<D>).data);
        else table.delete(key);
      }
      changed(vpcRoutes, fib);
    },
  });
  await follow(TOPICS.vpcRoutes, vpcRoutes);
  await follow(TOPICS.fib, fib);
}
