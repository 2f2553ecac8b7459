import { keyOf, TOPICS, type FibEntryInstalled, type VpcRoutePropagated, type VpcRouteReason } from '@bordergate/contracts';
import { contains, formatPrefix, PrefixTable, type Prefix } from '@bordergate/kernel';
import { sameRow, type DerivationChange } from './change-set.js';
import type { Topology, Vpc, VpcRouteTable } from './topology.js';

type Candidate = VpcRoutePropagated['candidates'][number];
export type FibOf = (borderGatewayId: string) => PrefixTable<FibEntryInstalled> | undefined;

/**
 * The route tables of one VPC: Local, static routes, and what its relations copy from the effective tables of border
 * gateways (semantics 3.7). Precedence at one destination: Local, static, propagated; equals are ECMP. The longest
 * prefix is the forwarder's business and no reason here.
 */
export class VpcTables {
  readonly tables = new Map<string, PrefixTable<VpcRoutePropagated>>();

  constructor(readonly vpcId: string) {}

  /** Everything anew: the VPC, a relation or an attachment changed. */
  rebuild(topology: Topology, fibOf: FibOf, changes: DerivationChange[]): void {
    const vpc = topology.vpcs.get(this.vpcId);
    for (const id of vpc?.routeTables.keys() ?? []) if (!this.tables.has(id)) this.tables.set(id, new PrefixTable());
    for (const [id, table] of this.tables) {
      const wanted = vpc?.routeTables.get(id);
      const prefixes = new PrefixTable<true>();
      for (const [prefix] of table.entries()) prefixes.set(prefix, true);
      for (const prefix of wanted ? destinations(vpc!, wanted, fibOf) : []) prefixes.set(prefix, true);
      for (const [prefix] of prefixes.entries()) this.#settle(id, prefix, topology, fibOf, changes);
      if (!wanted) this.tables.delete(id);
    }
  }

  /** Some destinations of a gateway's effective table changed. */
  follow(borderGatewayId: string, prefixes: readonly Prefix[], topology: Topology, fibOf: FibOf, changes: DerivationChange[]): void {
    for (const [id, table] of topology.vpcs.get(this.vpcId)?.routeTables ?? []) {
      if (![...table.propagations.values()].some((relation) => relation.borderGatewayId === borderGatewayId)) continue;
      for (const prefix of prefixes) this.#settle(id, prefix, topology, fibOf, changes);
    }
  }

  #settle(routeTableId: string, prefix: Prefix, topology: Topology, fibOf: FibOf, changes: DerivationChange[]): void {
    const vpc = topology.vpcs.get(this.vpcId);
    const wanted = vpc?.routeTables.get(routeTableId);
    const candidates = wanted ? judged(candidatesAt(this.vpcId, vpc!, wanted, prefix, topology, fibOf)) : [];
    const row: VpcRoutePropagated | undefined = candidates.length === 0 ? undefined
      : { type: 'VpcRoutePropagated', region: vpc!.region, vpcId: this.vpcId, routeTableId, prefix: formatPrefix(prefix), candidates };
    const table = this.tables.get(routeTableId)!;
    if (sameRow(row, table.get(prefix))) return;
    if (row) table.set(prefix, row);
    else table.delete(prefix);
    changes.push({ topic: TOPICS.vpcRoutes.name, key: keyOf.vpcRoute(routeTableId, formatPrefix(prefix)), value: row ?? null });
  }
}

function* destinations(vpc: Vpc, table: VpcRouteTable, fibOf: FibOf): Generator<Prefix> {
  yield vpc.cidr;
  for (const route of table.statics.values()) yield route.destination;
  for (const relation of table.propagations.values()) {
    for (const [prefix] of fibOf(relation.borderGatewayId)?.entries() ?? []) if (isInside(prefix, relation.cidrs)) yield prefix;
  }
}

/** The range itself or a part of it (semantics 3.7); 0.0.0.0/0 is everything. */
const isInside = (prefix: Prefix, ranges: readonly Prefix[]): boolean => ranges.some((range) => contains(range, prefix));

/** A candidate that cannot count has its reason already; the others get theirs from `judged`. */
type Open = Omit<Candidate, 'because' | 'effective'> & { readonly because: VpcRouteReason | null };

function candidatesAt(vpcId: string, vpc: Vpc, table: VpcRouteTable, prefix: Prefix, topology: Topology, fibOf: FibOf): Open[] {
  const insideVpc = contains(vpc.cidr, prefix);
  const local: Open[] = insideVpc && prefix.length === vpc.cidr.length ? [{ routeType: 'local', borderGatewayId: null, vpcRouteId: null, propagationId: null, because: null }] : [];
  const statics = sortedEntries(table.statics).filter(([, route]) => sameRow(route.destination, prefix)).map(([vpcRouteId, route]): Open => ({
    routeType: 'static', borderGatewayId: route.borderGatewayId, vpcRouteId, propagationId: null, because: closed(route.borderGatewayId),
  }));
  const propagated = sortedEntries(table.propagations).flatMap(([propagationId, relation]): Open[] => {
    const entry = fibOf(relation.borderGatewayId)?.get(prefix);
    if (!entry || !isInside(prefix, relation.cidrs)) return [];
    return [{ routeType: 'propagated', borderGatewayId: relation.borderGatewayId, vpcRouteId: null, propagationId, because: closed(relation.borderGatewayId) ?? (leadsBack(entry) ? 'inside-vpc' : null) }];
  });
  return [...local, ...statics, ...propagated];

  /** Local is always first, so nothing inside the VPC may point out of it; and a gateway without attachment has no way here. */
  function closed(borderGatewayId: string): VpcRouteReason | null {
    if (insideVpc) return 'inside-vpc';
    return topology.attachments(borderGatewayId, vpcId).length > 0 ? null : 'gateway-not-attached';
  }

  /** The gateway would send it straight back into this VPC: a loop. */
  function leadsBack(entry: FibEntryInstalled): boolean {
    const own = topology.attachments(entry.borderGatewayId, vpcId);
    return entry.nextHops.some((hop) => hop.kind === 'attachment' && own.includes(hop.id));
  }
}

function judged(open: readonly Open[]): Candidate[] {
  const statics = open.filter((candidate) => candidate.because === null && candidate.routeType === 'static').length;
  const propagated = open.filter((candidate) => candidate.because === null && candidate.routeType === 'propagated').length;
  const fate = ({ routeType, because }: Open): Pick<Candidate, 'effective' | 'because'> => {
    if (routeType === 'local') return { effective: true, because: 'local' };
    if (because !== null) return { effective: false, because };
    if (routeType === 'propagated' && statics > 0) return { effective: false, because: 'static-over-propagated' };
    if ((routeType === 'static' ? statics : propagated) > 1) return { effective: true, because: 'equal-cost' };
    return { effective: true, because: routeType === 'static' && propagated > 0 ? 'static-over-propagated' : 'only-route' };
  };
  return open.map((candidate) => ({ ...candidate, ...fate(candidate) }));
}

const sortedEntries = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
