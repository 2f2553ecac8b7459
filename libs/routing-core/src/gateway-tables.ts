import { keyOf, TOPICS, type FibEntryInstalled, type RouteAdvertised } from '@bordergate/contracts';
import { formatPrefix, PrefixTable, type Prefix } from '@bordergate/kernel';
import { sameRow, type DerivationChange } from './change-set.js';
import { fibEntry, judge, type NotACandidate, type Standing, type StandingOf, type Verdict } from './fib.js';
import { legOf, legsOf, type Leg } from './legs.js';
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
      if (row.session === null) this.sessions.delete(row.peerId);
      else this.sessions.set(row.peerId, row.session);
      this.touch();
    } else if (row.path ? this.rib.announce(row.prefix, row.path) : this.rib.withdraw(row.prefix, row.peerId)) {
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
    return isRefused(prefix, peer.refusedFrom) ? NOT['over-prefix-limit'] : { nextHops: [{ kind: path.nextHopType === 'direct_connect' ? 'vif' : 'tunnel', id: path.source }] };
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
    const live = [...this.sessions].flatMap(([peerId, session]): [string, number][] => (session.established && peers.has(peerId) ? [[peerId, session.epoch]] : []));
    const usable = new Set(live.map(([peerId]) => peerId).filter((peerId) => isUsable(peerId, topology, wire)));
    const wanted = new Map(live.filter(([peerId]) => usable.has(peerId)).map(([peerId, epoch]) => [peerId, this.#routesOf(peerId, epoch)]));
    const shares = fairShares(wanted, policy.dynamicRoutes - this.#propagatedRoutes());
    const now = new Map(live.map(([peerId, epoch]): [string, LivePeer] => {
      const refusedFrom = (wanted.get(peerId) ?? 0) > (shares.get(peerId) ?? 0) ? firstRefused(this.#prefixesOf(peerId, epoch), shares.get(peerId)!) : undefined;
      return [peerId, { epoch, usable: usable.has(peerId), refusedFrom }];
    }));
    for (const peerId of new Set([...this.#peers.keys(), ...now.keys()])) {
      if (sameRow(this.#peers.get(peerId), now.get(peerId))) continue;
      for (const [prefix] of this.rib.routesOf(peerId)) this.#dirty.set(prefix, true);
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
    for (const peerId of audience ? [...this.told.keys()] : []) {
      if (audience!.has(peerId)) continue;
      for (const [, row] of this.told.get(peerId)!.entries()) changes.push(this.#ribOutChange(peerId, row.prefix, null));
      this.told.delete(peerId);
    }
    for (const peer of audience?.values() ?? []) {
      if (this.told.has(peer.id)) continue;
      this.told.set(peer.id, new PrefixTable());
      for (const [prefix] of this.fib.entries()) this.#tell(peer, prefix, changes);
    }
    for (const peerId of changed.length > 0 ? this.told.keys() : []) {
      const peer = legOf(topology, peerId)!; // the audience was made of the topology as it is
      for (const prefix of changed) this.#tell(peer, prefix, changes);
    }
  }

  #tell(peer: Leg, prefix: Prefix, changes: DerivationChange[]): void {
    const told = this.told.get(peer.id)!;
    const entry = this.fib.get(prefix);
    const row = entry && advertisement(entry, peer);
    if (sameRow(row, told.get(prefix))) return;
    if (row) told.set(prefix, row);
    else told.delete(prefix);
    changes.push(this.#ribOutChange(peer.id, formatPrefix(prefix), row ?? null));
  }

  #ribOutChange(peerId: string, prefix: string, value: RouteAdvertised | null): DerivationChange {
    return { topic: TOPICS.ribOut.name, key: keyOf.ribOut(this.borderGatewayId, peerId, prefix), value };
  }

  /** Someone to tell routes to: the legs of this gateway with BGP on, whatever their session or admin status. */
  #audience(topology: Topology): Map<string, Leg> {
    if (!topology.gateways.has(this.borderGatewayId)) return new Map();
    return new Map([...legsOf(topology, this.borderGatewayId)].filter((leg) => leg.bgpEnabled).map((leg) => [leg.id, leg]));
  }

  #routesOf(peerId: string, epoch: number): number {
    let routes = 0;
    for (const [path, count] of this.rib.shared(peerId)) if (path.learned?.epoch === epoch) routes += count;
    return routes;
  }

  #prefixesOf(peerId: string, epoch: number): Prefix[] {
    return [...this.rib.routesOf(peerId)].filter(([, path]) => path.learned?.epoch === epoch).map(([prefix]) => prefix);
  }

  #propagatedRoutes(): number {
    let routes = 0;
    for (const { path, standing } of this.#locals.values()) if (path.routeType === 'propagated' && 'nextHops' in standing) routes++;
    return routes;
  }
}
