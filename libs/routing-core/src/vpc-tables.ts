import { keyOf, TOPICS, type FibEntryInstalled, type RouteLimitReached, type VpcRoutePropagated, type VpcRouteReason } from '@bordergate/contracts';
import { contains, formatPrefix, PrefixTable, type Prefix } from '@bordergate/kernel';
import type { FibTable } from './fib-table.js';
import { sameRow, type ChangeSet } from './change-set.js';
import { nearAt, overLimit, roomOf, type Claim, type Room } from './limit.js';
import { limitChanges } from './limit-rows.js';
import type { Topology, Vpc, VpcRouteTable } from './topology.js';

type Candidate = VpcRoutePropagated['candidates'][number];
/** What a route table reads of a gateway. */
export interface Effective {
  readonly fib: FibTable;
  ageOf(prefix: Prefix): string | undefined;
}
export type TablesOf = (borderGatewayId: string) => Effective | undefined;

/** A propagated route is told from others by its relation and its prefix. */
const routeId = (propagationId: string, prefix: Prefix): string => `${propagationId} ${formatPrefix(prefix)}`;
const NONE: ReadonlyMap<string, Prefix> = new Map();

/**
 * The route tables of one VPC: Local, static routes, and what its relations copy from the effective tables of border
 * gateways (semantics 3.7). Precedence at one destination: Local, static, propagated; equals are ECMP. The longest
 * prefix is the forwarder's business and no reason here.
 */
export class VpcTables {
  readonly tables = new Map<string, PrefixTable<VpcRoutePropagated>>();
  /** Warnings, under their keys in the topic. */
  limits: ReadonlyMap<string, RouteLimitReached> = new Map();
  /** By table, the propagated routes that are over its limit (semantics 1.6). */
  #refused: ReadonlyMap<string, ReadonlyMap<string, Prefix>> = new Map();

  constructor(readonly vpcId: string) {}

  /** Everything anew: the VPC, a relation or an attachment changed. */
  rebuild(topology: Topology, tablesOf: TablesOf, changes: ChangeSet): void {
    const vpc = topology.vpcs.get(this.vpcId);
    this.#refreshRefused(topology, tablesOf, changes);
    for (const id of vpc?.routeTables.keys() ?? []) if (!this.tables.has(id)) this.tables.set(id, new PrefixTable());
    for (const [id, table] of this.tables) {
      const wanted = vpc?.routeTables.get(id);
      const prefixes = new PrefixTable<true>();
      for (const [prefix] of table.entries()) prefixes.set(prefix, true);
      for (const prefix of wanted ? destinations(vpc!, wanted, tablesOf) : []) prefixes.set(prefix, true);
      for (const [prefix] of prefixes.entries()) this.#settle(id, prefix, topology, tablesOf, changes);
      if (!wanted) this.tables.delete(id);
    }
  }

  /** Some destinations of a gateway's effective table changed. */
  follow(borderGatewayId: string, prefixes: readonly Prefix[], topology: Topology, tablesOf: TablesOf, changes: ChangeSet): void {
    const moved = this.#refreshRefused(topology, tablesOf, changes);
    for (const [id, table] of topology.vpcs.get(this.vpcId)?.routeTables ?? []) {
      for (const prefix of moved.get(id) ?? []) this.#settle(id, prefix, topology, tablesOf, changes);
      if (![...table.propagations.values()].some((relation) => relation.borderGatewayId === borderGatewayId)) continue;
      for (const prefix of prefixes) this.#settle(id, prefix, topology, tablesOf, changes);
    }
  }

  /** How full each table is: every propagated route counts, ineffective ones too. */
  rooms(topology: Topology, tablesOf: TablesOf): Map<string, Room> {
    const vpc = topology.vpcs.get(this.vpcId);
    return new Map([...vpc?.routeTables ?? []].map(([id, table]) => [id, roomOf([...claims(table, tablesOf)].length, topology.limit('vpc_propagated_route', vpc!.region, id))]));
  }

  /** Answers the destinations of each table at which another route is refused than before. */
  #refreshRefused(topology: Topology, tablesOf: TablesOf, changes: ChangeSet): Map<string, Prefix[]> {
    const vpc = topology.vpcs.get(this.vpcId);
    const warnings = new Map<string, RouteLimitReached>();
    const refused = new Map<string, ReadonlyMap<string, Prefix>>();
    const moved = new Map<string, Prefix[]>();
    for (const [id, table] of vpc?.routeTables ?? []) {
      const maxLimit = topology.limit('vpc_propagated_route', vpc!.region, id);
      const atMost = [...table.propagations.values()].reduce((sum, relation) => sum + (tablesOf(relation.borderGatewayId)?.fib.size ?? 0), 0);
      const claimed = atMost >= nearAt(maxLimit) ? [...claims(table, tablesOf)] : [];
      const [before, now] = [this.#refused.get(id) ?? NONE, new Map(overLimit(claimed, maxLimit).map(({ source, prefix }) => [routeId(source, prefix), prefix]))];
      const differ = [[before, now], [now, before]].flatMap(([a, b]) => [...a!].filter(([route]) => !b!.has(route)).map(([, prefix]) => prefix));
      if (differ.length > 0) moved.set(id, differ);
      if (now.size > 0) refused.set(id, now);
      const { status } = roomOf(claimed.length, maxLimit);
      if (status !== 'ok') warnings.set(keyOf.limitStatus(id), { type: 'RouteLimitReached', region: vpc!.region, quotaType: 'vpc_propagated_route', resourceId: id, maxLimit, status });
    }
    this.#refused = refused;
    changes.pushAll(limitChanges(this.limits, warnings));
    this.limits = warnings;
    return moved;
  }

  #settle(routeTableId: string, prefix: Prefix, topology: Topology, tablesOf: TablesOf, changes: ChangeSet): void {
    const vpc = topology.vpcs.get(this.vpcId);
    const wanted = vpc?.routeTables.get(routeTableId);
    const candidates = wanted ? judged(candidatesAt(this.vpcId, vpc!, wanted, prefix, topology, tablesOf, this.#refused.get(routeTableId) ?? NONE)) : [];
    const row: VpcRoutePropagated | undefined = candidates.length === 0 ? undefined
      : { type: 'VpcRoutePropagated', region: vpc!.region, vpcId: this.vpcId, routeTableId, prefix: formatPrefix(prefix), candidates };
    const table = this.tables.get(routeTableId)!;
    if (sameRow(row, table.get(prefix))) return;
    if (row) table.set(prefix, row);
    else table.delete(prefix);
    changes.push({ topic: TOPICS.vpcRoutes.name, key: keyOf.vpcRoute(routeTableId, formatPrefix(prefix)), value: row ?? null });
  }
}

function* destinations(vpc: Vpc, table: VpcRouteTable, tablesOf: TablesOf): Generator<Prefix> {
  yield vpc.cidr;
  for (const route of table.statics.values()) yield route.destination;
  for (const { prefix } of copied(table, tablesOf)) yield prefix;
}

/** What the relations of a table copy. */
function* copied(table: VpcRouteTable, tablesOf: TablesOf): Generator<{ readonly propagationId: string; readonly prefix: Prefix; readonly gateway: Effective }> {
  for (const [propagationId, relation] of table.propagations) {
    const gateway = tablesOf(relation.borderGatewayId);
    for (const [prefix] of gateway?.fib.entries() ?? []) if (isInside(prefix, relation.cidrs)) yield { propagationId, prefix, gateway: gateway! };
  }
}

function* claims(table: VpcRouteTable, tablesOf: TablesOf): Generator<Claim> {
  for (const { propagationId, prefix, gateway } of copied(table, tablesOf)) yield { prefix, source: propagationId, age: gateway.ageOf(prefix) ?? '' };
}

/** The range itself or a part of it (semantics 3.7); 0.0.0.0/0 is everything. */
const isInside = (prefix: Prefix, ranges: readonly Prefix[]): boolean => ranges.some((range) => contains(range, prefix));

/** A candidate that cannot count has its reason already; the others get theirs from `judged`. */
type Open = Omit<Candidate, 'because' | 'effective'> & { readonly because: VpcRouteReason | null };

function candidatesAt(vpcId: string, vpc: Vpc, table: VpcRouteTable, prefix: Prefix, topology: Topology, tablesOf: TablesOf, refused: ReadonlyMap<string, Prefix>): Open[] {
  const insideVpc = contains(vpc.cidr, prefix);
  const local: Open[] = insideVpc && prefix.length === vpc.cidr.length ? [{ routeType: 'local', borderGatewayId: null, vpcRouteId: null, propagationId: null, because: null }] : [];
  const statics = sortedEntries(table.statics).filter(([, route]) => sameRow(route.destination, prefix)).map(([vpcRouteId, route]): Open => ({
    routeType: 'static', borderGatewayId: route.borderGatewayId, vpcRouteId, propagationId: null, because: closed(route.borderGatewayId),
  }));
  const propagated = sortedEntries(table.propagations).flatMap(([propagationId, relation]): Open[] => {
    const entry = tablesOf(relation.borderGatewayId)?.fib.get(prefix);
    if (!entry || !isInside(prefix, relation.cidrs)) return [];
    const because = refused.has(routeId(propagationId, prefix)) ? 'over-limit' : closed(relation.borderGatewayId) ?? (leadsBack(entry) ? 'inside-vpc' : null);
    return [{ routeType: 'propagated', borderGatewayId: relation.borderGatewayId, vpcRouteId: null, propagationId, because }];
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
