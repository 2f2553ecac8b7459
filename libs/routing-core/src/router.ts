import { keyOf, TOPICS } from '@bordergate/contracts';
import type { Prefix } from '@bordergate/kernel';
import { ChangeSet, type DerivationChange } from './change-set.js';
import { GatewayTables } from './gateway-tables.js';
import { legOf } from './legs.js';
import { Topology, type DecisionFact } from './topology.js';
import { VpcTables, type TablesOf } from './vpc-tables.js';
import { Wire, type AnnouncementFact, type BgpFact, type TunnelFact } from './wire.js';

export type RouterFact = DecisionFact | TunnelFact | BgpFact;

interface Peer {
  /** How the keys of its records begin. */
  readonly start: string;
  readonly gateway: GatewayTables;
  readonly peerId: string;
}

/** By the attribute that only an announcement has, and not by its name: every record of a flood is asked. */
const announces = (fact: RouterFact): fact is AnnouncementFact => fact.kind === 'bgp' && fact.observation !== null && 'asPath' in fact.observation;

/** V8 compares words here, and characters in startsWith. */
const begins = (key: string, start: string): boolean => key.indexOf(start) === 0;

/**
 * The fold: facts in, changed rows of the derived tables out. It owns the tables of all gateways and VPCs.
 *
 * The laws it keeps (DESIGN.md): what the tables hold depends only on the last word of every source, never on the road
 * there; sources need no order between them; everything may arrive twice; a reference to the unknown is closed. So a
 * fact only updates its own place (`#take`) and names whose tables may be stale; then `#settle` re-derives those from
 * what is now known. Facts given together are settled once: what changes back within a batch is never seen outside.
 */
export class Router {
  readonly topology = new Topology();
  readonly wire = new Wire();
  readonly gateways = new Map<string, GatewayTables>();
  readonly vpcs = new Map<string, VpcTables>();
  readonly #staleGateways = new Set<string>();
  readonly #staleVpcs = new Set<string>();
  #lastPeer: Peer | undefined;

  /** Rows that changed, each at most once, in the order that law 5 asks for. */
  apply(facts: Iterable<RouterFact>): DerivationChange[] {
    return [...this.fold(facts)];
  }

  /** The same, with the rows made as they are read. */
  fold(facts: Iterable<RouterFact>): ChangeSet {
    const all = [...facts];
    for (let i = 0; i < all.length;) {
      const flood = this.#flood(all, i);
      if (flood === 0) this.#take(all[i]!);
      i += Math.max(1, flood);
    }
    return this.#settle();
  }

  /** All rows of all tables, to publish at start and to sweep by. */
  *rows(): Generator<DerivationChange> {
    for (const gateway of this.gateways.values()) {
      for (const [, entry] of gateway.fib.entries()) yield { topic: TOPICS.fib.name, key: keyOf.fib(entry.borderGatewayId, entry.prefix), value: entry };
    }
    for (const vpc of this.vpcs.values()) {
      for (const [id, table] of vpc.tables) for (const [, row] of table.entries()) yield { topic: TOPICS.vpcRoutes.name, key: keyOf.vpcRoute(id, row.prefix), value: row };
    }
    for (const gateway of this.gateways.values()) {
      for (const [peerId, told] of gateway.told) {
        for (const [, row] of told.entries()) yield { topic: TOPICS.ribOut.name, key: keyOf.ribOut(gateway.borderGatewayId, peerId, row.prefix), value: row };
      }
    }
    for (const { limits } of [...this.gateways.values(), ...this.vpcs.values()]) for (const [key, value] of limits) yield { topic: TOPICS.limits.name, key, value };
  }

  #take(fact: RouterFact): void {
    switch (fact.kind) {
      case 'decision': {
        const touched = this.topology.apply(fact);
        for (const id of touched.gateways) this.#touch(id);
        for (const id of touched.vpcs) this.#staleVpcs.add(id);
        break;
      }
      case 'tunnel': {
        const legId = this.wire.apply(fact);
        const gateway = legId === undefined ? undefined : legOf(this.topology, legId)?.borderGatewayId;
        if (gateway !== undefined) this.#touch(gateway); // an unknown leg: the decision that names it will ask the wire
        break;
      }
      case 'bgp': {
        const { gateway, peerId, start } = this.#peerOf(fact.key);
        gateway.hear(peerId, fact.key, start.length, fact.observation);
        this.#staleGateways.add(gateway.borderGatewayId);
        break;
      }
    }
  }

  /** Announcements of one peer come in floods, and are heard together: so that the RIB can look them up together. Answers how many there are from here. */
  #flood(facts: readonly RouterFact[], from: number): number {
    const first = facts[from]!;
    if (!announces(first)) return 0;
    const { gateway, peerId, start } = this.#peerOf(first.key);
    const isOfPeer = (fact: RouterFact) => announces(fact) && begins(fact.key, start);
    let to = from + 1;
    while (to < facts.length && isOfPeer(facts[to]!)) to++;
    gateway.hearAnnouncements(peerId, start.length, facts.slice(from, to) as AnnouncementFact[]);
    this.#staleGateways.add(gateway.borderGatewayId);
    return to - from;
  }

  #settle(): ChangeSet {
    const changes = new ChangeSet();
    const moved: { gateway: string; prefixes: Prefix[]; followers: string[] }[] = [];
    for (const id of this.#staleGateways) {
      const gateway = this.#gateway(id);
      const followers = this.topology.vpcsUsing(id).filter((vpc) => !this.#staleVpcs.has(vpc));
      const prefixes: Prefix[] = [];
      gateway.settle(this.topology, this.wire, changes, followers.length > 0 ? prefixes : undefined);
      if (prefixes.length > 0) moved.push({ gateway: id, prefixes, followers });
      if (!gateway.isEmpty(this.topology)) continue;
      this.gateways.delete(id);
      this.#lastPeer = undefined;
    }
    for (const id of this.#staleVpcs) this.#rebuildVpc(id, changes);
    for (const { gateway, prefixes, followers } of moved) {
      for (const id of followers) this.vpcs.get(id)?.follow(gateway, prefixes, this.topology, this.#tablesOf, changes);
    }
    this.#staleGateways.clear();
    this.#staleVpcs.clear();
    return changes;
  }

  #rebuildVpc(id: string, changes: ChangeSet): void {
    const tables = this.vpcs.get(id) ?? new VpcTables(id);
    tables.rebuild(this.topology, this.#tablesOf, changes);
    if (this.topology.vpcs.has(id)) this.vpcs.set(id, tables);
    else this.vpcs.delete(id);
  }

  #touch(borderGatewayId: string): void {
    this.#gateway(borderGatewayId).touch();
    this.#staleGateways.add(borderGatewayId);
  }

  /** Whom a record of bgp.rib-in.v1 is about. Neighbours in a flood of them mostly have the same peer. */
  #peerOf(key: string): Peer {
    if (this.#lastPeer && begins(key, this.#lastPeer.start)) return this.#lastPeer;
    const gatewayEnd = key.indexOf('/');
    const peerEnd = key.indexOf('/', gatewayEnd + 1);
    this.#lastPeer = { start: key.slice(0, peerEnd + 1), gateway: this.#gateway(key.slice(0, gatewayEnd)), peerId: key.slice(gatewayEnd + 1, peerEnd) };
    return this.#lastPeer;
  }

  #gateway(borderGatewayId: string): GatewayTables {
    const known = this.gateways.get(borderGatewayId);
    if (known) return known;
    const gateway = new GatewayTables(borderGatewayId);
    this.gateways.set(borderGatewayId, gateway);
    return gateway;
  }

  readonly #tablesOf: TablesOf = (borderGatewayId) => this.gateways.get(borderGatewayId);
}
