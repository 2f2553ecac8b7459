import { keyOf, TOPICS, type FibEntryInstalled, type RouteAdvertised } from '@bordergate/contracts';
import { formatPrefix, PrefixTable, type Prefix } from '@bordergate/kernel';
import { sameRow, type DerivationChange } from './change-set.js';
import { fibEntry, judge, type NotACandidate, type Standing, type StandingOf, type Verdict } from './fib.js';
import { fairShares, firstRefused, isRefused, type RoutingPolicy } from './limit.js';
import type { Path } from './path.js';
import { advertisement } from './rib-out.js';
import { Rib } from './rib.js';
import { isUsable, localRoutes, onNode, type LocalRoute } from './standing.js';
import type { Topology } from './topology.js';
import type { RibInRow, SessionWord, Wire } from './wire.js';

/** A peer whose session is established. */
interface LivePeer {
  readonly epoch: number;
  readonly usable: boolean;
  readonly refusedFrom: Prefix | undefined;
}
const NOT: Record<NotACandidate, Standing> = {
  'overlaps-earlier-attachment': { because: 'overlaps-earlier-attachment' }, 'no-usable-next-hop': { because: 'no-usable-next-hop' },
  'session-down': { because: 'session-down' }, 'over-prefix-limit': { because: 'over-prefix-limit' },
};

/**
 * All tables of one border gateway. What was said is in the RIB and the sessions; what that is worth is re-derived by
 * `settle` from the present facts, and only for the prefixes that a changed fact can have moved.
 */
export class GatewayTables {
  readonly rib = new Rib();
  readonly fib = new PrefixTable<FibEntryInstalled>();
  readonly told = new Map<string, PrefixTable<RouteAdvertised>>();
  /** The last word about the session of each peer, closed ones included: they say why the routes of a peer do not count. */
  readonly sessions = new Map<string, SessionWord>();
  #locals = new Map<string, LocalRoute>();
  #peers = new Map<string, LivePeer>();
  #dirty = new PrefixTable<true>();
  #standingsStale = true;

  constructor(readonly borderGatewayId: string) {}

  /** Something a standing is made of changed: topology, oper status, a session. */
  touch(): void {
    this.#standingsStale = true;
  }

  hear(row: RibInRow): void {
    if (row.row === 'session') {
      if (row.session === null) this.sessions.delete(row.tunnelId);
      else this.sessions.set(row.tunnelId, row.session);
      this.touch();
    } else if (row.path ? this.rib.announce(row.prefix, row.path) : this.rib.withdraw(row.prefix, row.tunnelId)) {
      this.#dirty.set(row.prefix, true);
    }
  }

  /** Nothing was said and nothing is known: the tables need not be kept. */
  isEmpty(topology: Topology): boolean {
    return this.rib.prefixes === 0 && this.sessions.size === 0 && !topology.gateways.has(this.borderGatewayId);
  }

  verdicts(prefix: Prefix): Verdict[] {
    return judge(prefix, this.rib.candidates(prefix), this.#standingOf);
  }

  verdictsOnNode(prefix: Prefix, node: string, topology: Topology): Verdict[] {
    return judge(prefix, this.rib.candidates(prefix), onNode(this.#standingOf, node, topology));
  }

  /** Re-derives what can have changed. Adds the changed rows to `changes`; answers the prefixes whose FIB entry changed. */
  settle(topology: Topology, wire: Wire, policy: RoutingPolicy, changes: DerivationChange[]): Prefix[] {
    if (this.#standingsStale) this.#refreshLocals(topology, wire, policy);
    this.#refreshPeers(topology, wire, policy);
    const changed = this.#settleFib(topology, changes);
    this.#settleRibOut(topology, changed, changes);
    this.#standingsStale = false;
    return changed;
  }

  readonly #standingOf: StandingOf = (path: Path, prefix: Prefix): Standing => {
    if (!path.learned) return this.#locals.get(path.source)?.standing ?? NOT['no-usable-next-hop'];
    const peer = this.#peers.get(path.source);
    if (peer?.epoch !== path.learned.epoch) return NOT['session-down'];
    if (!peer.usable) return NOT['no-usable-next-hop'];
    return isRefused(prefix, peer.refusedFrom) ? NOT['over-prefix-limit'] : { nextHops: [{ kind: 'tunnel', id: path.source }] };
  };

  #refreshLocals(topology: Topology, wire: Wire, policy: RoutingPolicy): void {
    const gateway = topology.gateways.get(this.borderGatewayId);
    const routes = gateway ? localRoutes(this.borderGatewayId, gateway, topology, wire, policy.dynamicRoutes) : [];
    const now = new Map(routes.map((route) => [route.path.source, route]));
    for (const [source, was] of this.#locals) {
      if (sameRow(was, now.get(source))) continue;
      this.rib.withdraw(was.prefix, source);
      this.#dirty.set(was.prefix, true);
    }
    for (const [source, route] of now) {
      if (sameRow(route, this.#locals.get(source))) continue;
      this.rib.announce(route.prefix, route.path);
      this.#dirty.set(route.prefix, true);
    }
    this.#locals = now;
  }

  #refreshPeers(topology: Topology, wire: Wire, policy: RoutingPolicy): void {
    const peers = this.#audience(topology);
    const live = [...this.sessions].flatMap(([tunnelId, session]): [string, number][] => (session.established && peers.has(tunnelId) ? [[tunnelId, session.epoch]] : []));
    const usable = new Set(live.map(([tunnelId]) => tunnelId).filter((tunnelId) => isUsable(tunnelId, topology, wire)));
    const wanted = new Map(live.filter(([tunnelId]) => usable.has(tunnelId)).map(([tunnelId, epoch]) => [tunnelId, this.#routesOf(tunnelId, epoch)]));
    const shares = fairShares(wanted, policy.dynamicRoutes - this.#propagatedRoutes());
    const now = new Map(live.map(([tunnelId, epoch]): [string, LivePeer] => {
      const refusedFrom = (wanted.get(tunnelId) ?? 0) > (shares.get(tunnelId) ?? 0) ? firstRefused(this.#prefixesOf(tunnelId, epoch), shares.get(tunnelId)!) : undefined;
      return [tunnelId, { epoch, usable: usable.has(tunnelId), refusedFrom }];
    }));
    for (const tunnelId of new Set([...this.#peers.keys(), ...now.keys()])) {
      if (sameRow(this.#peers.get(tunnelId), now.get(tunnelId))) continue;
      for (const [prefix] of this.rib.routesOf(tunnelId)) this.#dirty.set(prefix, true);
    }
    this.#peers = now;
  }

  #settleFib(topology: Topology, changes: DerivationChange[]): Prefix[] {
    const region = topology.gateways.get(this.borderGatewayId)?.region ?? '';
    const changed: Prefix[] = [];
    for (const [prefix] of this.#dirty.entries()) {
      const entry = fibEntry(region, this.borderGatewayId, prefix, this.verdicts(prefix));
      if (sameRow(entry, this.fib.get(prefix))) continue;
      if (entry) this.fib.set(prefix, entry);
      else this.fib.delete(prefix);
      changes.push({ topic: TOPICS.fib.name, key: keyOf.fib(this.borderGatewayId, formatPrefix(prefix)), value: entry ?? null });
      changed.push(prefix);
    }
    this.#dirty = new PrefixTable();
    return changed;
  }

  #settleRibOut(topology: Topology, changed: readonly Prefix[], changes: DerivationChange[]): void {
    const audience = this.#standingsStale ? this.#audience(topology) : undefined;
    for (const tunnelId of audience ? [...this.told.keys()] : []) {
      if (audience!.has(tunnelId)) continue;
      for (const [, row] of this.told.get(tunnelId)!.entries()) changes.push(this.#ribOutChange(tunnelId, row.prefix, null));
      this.told.delete(tunnelId);
    }
    for (const tunnelId of audience ?? []) {
      if (this.told.has(tunnelId)) continue;
      this.told.set(tunnelId, new PrefixTable());
      for (const [prefix] of this.fib.entries()) this.#tell(tunnelId, prefix, changes);
    }
    for (const tunnelId of changed.length > 0 ? this.told.keys() : []) {
      for (const prefix of changed) this.#tell(tunnelId, prefix, changes);
    }
  }

  #tell(tunnelId: string, prefix: Prefix, changes: DerivationChange[]): void {
    const told = this.told.get(tunnelId)!;
    const entry = this.fib.get(prefix);
    const row = entry && advertisement(entry, tunnelId);
    if (sameRow(row, told.get(prefix))) return;
    if (row) told.set(prefix, row);
    else told.delete(prefix);
    changes.push(this.#ribOutChange(tunnelId, formatPrefix(prefix), row ?? null));
  }

  #ribOutChange(tunnelId: string, prefix: string, value: RouteAdvertised | null): DerivationChange {
    return { topic: TOPICS.ribOut.name, key: keyOf.ribOut(this.borderGatewayId, tunnelId, prefix), value };
  }

  /** Someone to tell routes to: the tunnels of this gateway's connections with BGP on, whatever their session or admin status. */
  #audience(topology: Topology): Set<string> {
    if (!topology.gateways.has(this.borderGatewayId)) return new Set();
    return new Set([...topology.connectionsOf(this.borderGatewayId)].flatMap(([, connection]) => (connection.bgpEnabled ? [...connection.tunnels.keys()] : [])));
  }

  #routesOf(tunnelId: string, epoch: number): number {
    let routes = 0;
    for (const [path, count] of this.rib.shared(tunnelId)) if (path.learned?.epoch === epoch) routes += count;
    return routes;
  }

  #prefixesOf(tunnelId: string, epoch: number): Prefix[] {
    return [...this.rib.routesOf(tunnelId)].filter(([, path]) => path.learned?.epoch === epoch).map(([prefix]) => prefix);
  }

  #propagatedRoutes(): number {
    let routes = 0;
    for (const { path, standing } of this.#locals.values()) if (path.routeType === 'propagated' && 'nextHops' in standing) routes++;
    return routes;
  }
}
