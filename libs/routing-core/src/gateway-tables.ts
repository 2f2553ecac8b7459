import { keyOf, TOPICS, type BgpObservation, type RouteAdvertised, type RouteLimitReached, type RouteRefused } from '@bordergate/contracts';
import { formatPrefix, isMartian, mayBeMartian, prefixAt, prefixColumns, PrefixTable, readPrefix, type Prefix } from '@bordergate/kernel';
import { sameRow, type ChangeSet, type DerivationChange } from './change-set.js';
import { fibBody, judge, type NotACandidate, type Standing, type StandingOf, type Verdict } from './fib.js';
import { FibTable } from './fib-table.js';
import { legOf, legsOf, ownAsnsOf, peerOf, type Leg } from './legs.js';
import { nearAt, overLimit, roomOf, type Claim, type Room } from './limit.js';
import { limitChanges } from './limit-rows.js';
import type { Path } from './path.js';
import { toldByNumber } from './rib-out.js';
import { Rib } from './rib.js';
import { Selections } from './selections.js';
import { isUsable, localRoutes, onNode, sameLocal, type LocalRoute } from './standing.js';
import type { Topology } from './topology.js';
import { sessionWord, type AnnouncementFact, type SessionWord, type Wire } from './wire.js';

/** A peer whose session is established. */
interface LivePeer {
  readonly epoch: number;
  readonly usable: boolean;
}
/** Who is told routes, what it was told, and why it is told those with a FIB body of this number. */
interface Listener {
  readonly peer: Leg;
  readonly told: PrefixTable<RouteAdvertised>;
  readonly becauseOf: (number: number) => RouteAdvertised['because'] | undefined;
}
const NOT: Record<NotACandidate, Standing> = {
  'overlaps-earlier-attachment': { because: 'overlaps-earlier-attachment' }, 'no-usable-next-hop': { because: 'no-usable-next-hop' },
  'session-down': { because: 'session-down' }, martian: { because: 'martian' }, 'own-asn': { because: 'own-asn' }, 'over-limit': { because: 'over-limit' },
};

/**
 * All tables of one border gateway. What was said is in the RIB and the sessions; what that is worth is re-derived by
 * `settle` from the present facts, and only for the prefixes that a changed fact can have moved.
 */
export class GatewayTables {
  readonly rib = new Rib();
  readonly fib = new FibTable(this.rib);
  readonly told = new Map<string, PrefixTable<RouteAdvertised>>();
  /** The last word about the session of each peer, closed ones included: they say why the routes of a peer do not count. */
  readonly sessions = new Map<string, SessionWord>();
  /** What the limit of dynamic routes refuses, and the warning, under their keys in the topic. */
  limits: ReadonlyMap<string, RouteRefused | RouteLimitReached> = new Map();
  #refused = new PrefixTable<true>();
  /** AS numbers that are the gateway's own, so that a path with one of them has been here. */
  #ownAsns: ReadonlySet<number> = new Set();
  #locals = new Map<string, LocalRoute>();
  #peers = new Map<string, LivePeer>();
  readonly #selections = new Selections();
  #transit: string | null = null;
  #standingsStale = true;
  /** A route came or went: also one that was refused, which leaves nothing in the FIB to be judged anew. */
  #claimsStale = true;

  constructor(readonly borderGatewayId: string) {}

  /** Something a standing is made of changed: topology, oper status, a session. */
  touch(): void {
    this.#standingsStale = true;
  }

  /** A record of bgp.rib-in.v1: <gateway>/<peer>/session or <gateway>/<peer>/<prefix>; `at` is where in the key the last part begins. */
  hear(peerId: string, key: string, at: number, observation: BgpObservation | null): void {
    if (key.startsWith('session', at)) {
      const session = sessionWord(observation);
      if (session === null) this.sessions.delete(peerId);
      else this.sessions.set(peerId, session);
      this.touch();
      return;
    }
    const change = this.rib.withdraw(prefixAt(key, at), peerId);
    if (!change) return;
    this.fib.touchRow(change.row);
    this.#claimsStale = true;
  }

  /** Records of bgp.rib-in.v1 with which one peer announces routes. First all rows and then the routes: rows.addAll waits for many at a time. */
  hearAnnouncements(peerId: string, at: number, facts: readonly AnnouncementFact[]): void {
    const prefixes = prefixColumns(facts.length);
    for (let i = 0; i < facts.length; i++) readPrefix(facts[i]!.key, at, prefixes, i);
    const rows = this.rib.rows.addAll(prefixes);
    const source = this.rib.sourceOf(peerId);
    for (let i = 0; i < rows.length; i++) {
      const said = facts[i]!.observation;
      if (!this.rib.learn(rows[i]!, source, said, said.vifId === undefined ? 'tunnel' : 'vif')) continue;
      this.fib.touchRow(rows[i]!);
      this.#claimsStale = true;
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

  /** Re-derives what can have changed. Adds the changed rows to `changes`, and to `judged` the prefixes that were judged anew. */
  settle(topology: Topology, wire: Wire, changes: ChangeSet, judged: Prefix[] | undefined): void {
    if (this.#standingsStale) {
      this.#refreshLocals(topology, wire);
      this.#refreshPeers(topology, wire);
    }
    this.#refreshRefused(topology, changes);
    const audience = this.#standingsStale ? this.#audience(topology) : undefined;
    if (this.#standingsStale) this.#selections.forget();
    if (audience) this.#dismiss(audience, changes);
    this.#settleFib(topology, changes, judged);
    if (audience) this.#welcome(audience, topology, changes);
    this.#standingsStale = false;
  }

  /** How full the gateway is: of dynamic routes, each destination counts once, however many say it. */
  room(topology: Topology): Room {
    return roomOf(this.#claims().length, this.#limit(topology));
  }

  /** Since when the gateway's route to a destination is there: the oldest of the paths in use. */
  ageOf(prefix: Prefix): string | undefined {
    return this.verdicts(prefix).filter((verdict) => verdict.effective).map((verdict) => verdict.path.age).sort()[0];
  }

  readonly #standingOf: StandingOf = (path: Path, prefix: Prefix): Standing => {
    const standing = this.#worthOf(path, prefix);
    return 'nextHops' in standing && path.routeType !== 'static' && this.#refused.get(prefix) ? NOT['over-limit'] : standing;
  };

  /** What a path would be worth if there were no limit. */
  readonly #worthOf: StandingOf = (path: Path, prefix: Prefix): Standing => {
    if (!path.learned) return this.#locals.get(path.source)?.standing ?? NOT['no-usable-next-hop'];
    const peer = this.#peers.get(path.source);
    if (peer?.epoch !== path.learned.epoch) return NOT['session-down'];
    if (!peer.usable) return NOT['no-usable-next-hop'];
    if (isMartian(prefix)) return NOT.martian;
    if (path.learned.asPath.some((asn) => this.#ownAsns.has(asn))) return NOT['own-asn'];
    return { nextHops: [{ kind: path.nextHopType === 'direct_connect' ? 'vif' : 'tunnel', id: path.source }] };
  };

  #refreshLocals(topology: Topology, wire: Wire): void {
    const gateway = topology.gateways.get(this.borderGatewayId);
    const routes = gateway ? localRoutes(this.borderGatewayId, gateway, topology, wire) : [];
    const now = new Map(routes.map((route) => [route.path.source, route]));
    for (const [source, was] of this.#locals) {
      if (sameLocal(was, now.get(source))) continue;
      this.rib.withdraw(was.prefix, source);
      this.fib.touch(was.prefix);
    }
    for (const [source, route] of now) {
      if (sameLocal(route, this.#locals.get(source))) continue;
      this.rib.announce(route.prefix, route.path);
      this.fib.touch(route.prefix);
    }
    this.#locals = now;
  }

  #refreshPeers(topology: Topology, wire: Wire): void {
    const peers = this.#audience(topology);
    const ownAsns = topology.gateways.get(this.borderGatewayId)?.transitEnabled ? ownAsnsOf(topology, this.borderGatewayId) : new Set<number>();
    const now = new Map([...this.sessions].flatMap(([peerId, { established, epoch }]): [string, LivePeer][] => (established && peers.has(peerId) ? [[peerId, { epoch, usable: isUsable(peerId, topology, wire) }]] : [])));
    const anew = !sameRow([...this.#ownAsns].sort(), [...ownAsns].sort());
    for (const peerId of new Set([...this.#peers.keys(), ...now.keys()])) {
      if (!anew && sameRow(this.#peers.get(peerId), now.get(peerId))) continue;
      this.rib.forRowsOf(peerId, (row) => this.fib.touchRow(row));
    }
    this.#peers = now;
    this.#ownAsns = ownAsns;
  }

  /** Who is over the limit; those whose lot changed are judged anew. Counted exactly only where the limit can be near: there it is a walk. */
  #refreshRefused(topology: Topology, changes: ChangeSet): void {
    if (!this.#standingsStale && !this.#claimsStale) return;
    this.#claimsStale = false;
    const gateway = topology.gateways.get(this.borderGatewayId);
    const maxLimit = this.#limit(topology);
    const near = gateway !== undefined && this.rib.routes >= nearAt(maxLimit);
    if (!near && this.limits.size === 0) return; // far from it, as before: whatever is refused is in the limits, too
    const claims = near ? this.#claims() : [];
    const refused = new PrefixTable<true>();
    for (const { prefix } of overLimit(claims, maxLimit)) refused.set(prefix, true);
    for (const [a, b] of [[this.#refused, refused], [refused, this.#refused]] as const) for (const [prefix] of a.entries()) if (!b.get(prefix)) this.fib.touch(prefix);
    this.#refused = refused;
    const place = { region: gateway?.region ?? '', borderGatewayId: this.borderGatewayId };
    const rows = new Map<string, RouteRefused | RouteLimitReached>([...refused.entries()].map(([prefix]) =>
      [keyOf.refused(this.borderGatewayId, formatPrefix(prefix)), { type: 'RouteRefused', ...place, prefix: formatPrefix(prefix), because: 'over-limit' }]));
    const { status } = roomOf(claims.length, maxLimit);
    if (status !== 'ok') rows.set(keyOf.limitStatus(this.borderGatewayId), { type: 'RouteLimitReached', region: place.region, quotaType: 'bgw_propagated_route', resourceId: this.borderGatewayId, maxLimit, status });
    changes.pushAll(limitChanges(this.limits, rows));
    this.limits = rows;
  }

  #settleFib(topology: Topology, changes: ChangeSet, judged: Prefix[] | undefined): void {
    const region = topology.gateways.get(this.borderGatewayId)?.region ?? '';
    const delta = changes.fibOf(this.borderGatewayId, this.fib);
    const listeners = [...this.told.keys()].map((peerId) => this.#listener(legOf(topology, peerId)!, topology)); // the audience was made of the topology as it is
    this.fib.settle((row) => {
      judged?.push(this.rib.rows.prefixOf(row));
      return this.#selected(row, region, topology);
    }, (row, number) => {
      delta.push(this.rib.rows.addressOf(row), this.rib.rows.lengthOf(row), number);
      for (const listener of listeners) this.#tell(listener, row, number, changes);
    });
  }

  /** The number of the FIB body that the candidates come to. Where the prefix itself has a say, it is judged on its own. */
  #selected(row: number, region: string, topology: Topology): number {
    if (this.#hasSay(row)) return this.#judged(row, region, topology);
    const selection = this.#selections.at(this.rib, row, this.#ownAsns.size > 0 ? this.#variantOf : undefined);
    selection.number ??= this.#judged(row, region, topology);
    return selection.number;
  }

  #hasSay(row: number): boolean {
    if (this.#refused.size === 0 && !mayBeMartian(this.rib.rows.addressOf(row))) return false;
    const prefix = this.rib.rows.prefixOf(row);
    return isMartian(prefix) || this.#refused.get(prefix) === true;
  }

  #judged(row: number, region: string, topology: Topology): number {
    const nodeOf = (legId: string) => legOf(topology, legId)?.node;
    return this.fib.numberOf(fibBody(region, this.borderGatewayId, judge(this.rib.rows.prefixOf(row), this.rib.candidatesAt(row), this.#standingOf), nodeOf));
  }

  /** Besides its grade, a path's standing depends on whose AS numbers are in it. */
  readonly #variantOf = (path: Path): number => Number(path.learned?.asPath.some((asn) => this.#ownAsns.has(asn)) ?? false);

  /** Who is no peer any more is told nothing. */
  #dismiss(audience: ReadonlyMap<string, Leg>, changes: ChangeSet): void {
    for (const [peerId, told] of this.told) {
      if (audience.has(peerId)) continue;
      for (const [, row] of told.entries()) changes.push(this.#ribOutChange(peerId, row.prefix, null));
      this.told.delete(peerId);
    }
  }

  /** Who is new is told everything; all are, when transit is switched. */
  #welcome(audience: ReadonlyMap<string, Leg>, topology: Topology, changes: ChangeSet): void {
    const tellAnew = this.#transitChanged(topology, audience);
    for (const peer of audience.values()) {
      if (this.told.has(peer.id) && !tellAnew) continue;
      if (!this.told.has(peer.id)) this.told.set(peer.id, new PrefixTable());
      const listener = this.#listener(peer, topology);
      for (const row of this.rib.rows.rows()) this.#tell(listener, row, this.fib.numberAt(row), changes);
    }
  }

  /** What peers are told of one another is decided by the switch and by whose AS is where. */
  #transitChanged(topology: Topology, audience: ReadonlyMap<string, Leg>): boolean {
    const transit = topology.gateways.get(this.borderGatewayId)?.transitEnabled ? [...audience.values()].map((peer) => `${peer.id} ${peer.customerAsn}`).sort().join(', ') : null;
    const changed = transit !== this.#transit;
    this.#transit = transit;
    return changed;
  }

  #listener(peer: Leg, topology: Topology): Listener {
    return { peer, told: this.told.get(peer.id)!, becauseOf: toldByNumber(this.fib, peer, topology) };
  }

  #tell({ peer, told, becauseOf }: Listener, row: number, number: number, changes: ChangeSet): void {
    const because = becauseOf(number);
    if (because === undefined && !told.has(this.rib.rows.addressOf(row), this.rib.rows.lengthOf(row))) return; // nearly every learned route
    const prefix = this.rib.rows.prefixOf(row);
    const before = told.get(prefix);
    const text = formatPrefix(prefix);
    const now: RouteAdvertised | undefined = because && { type: 'RouteAdvertised', region: this.fib.body(number)!.region, borderGatewayId: this.borderGatewayId, ...peerOf(peer), prefix: text, because };
    if (sameRow(now, before)) return;
    if (now) told.set(prefix, now);
    else told.delete(prefix);
    changes.push(this.#ribOutChange(peer.id, text, now ?? null));
  }

  #ribOutChange(peerId: string, prefix: string, value: RouteAdvertised | null): DerivationChange {
    return { topic: TOPICS.ribOut.name, key: keyOf.ribOut(this.borderGatewayId, peerId, prefix), value };
  }

  /** Someone to tell routes to: the legs of this gateway with BGP on, whatever their session or admin status. */
  #audience(topology: Topology): Map<string, Leg> {
    if (!topology.gateways.has(this.borderGatewayId)) return new Map();
    return new Map([...legsOf(topology, this.borderGatewayId)].filter((leg) => leg.bgpEnabled).map((leg) => [leg.id, leg]));
  }

  #limit(topology: Topology): number {
    return topology.limit('bgw_propagated_route', topology.gateways.get(this.borderGatewayId)?.region ?? '', this.borderGatewayId);
  }

  /** The destinations with a dynamic route that would count, each since its oldest one. */
  #claims(): Claim[] {
    const claims: Claim[] = [];
    for (const [prefix, paths] of this.rib.entries()) {
      let age: string | undefined;
      for (const path of paths) {
        if (path.routeType !== 'static' && (age === undefined || path.age < age) && 'nextHops' in this.#worthOf(path, prefix)) age = path.age;
      }
      if (age !== undefined) claims.push({ prefix, age, source: '' });
    }
    return claims;
  }
}
