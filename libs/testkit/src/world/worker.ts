import type { BgpObservation, TunnelObservation } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';
import {
  birdIntent, CHILD, diagnose, Facts, failedAgain, isUsableSa, kernelFib, observations, plan, ribInChanges, ribInWithdrawal, snapshotOf,
  type Diagnosis, type FailedAttempts, type FoundTunnel, type Operation, type TunnelSnapshot, type Wanted, type WantedTunnel,
} from '@bordergate/tunnel-core';
import type { Appointment } from './agenda.js';
import { placeOf, type Journal, type Reader, type WorldFact } from './journal.js';
import { names, type FakeNode } from './node.js';

interface Watched {
  snapshot?: TunnelSnapshot;
  diagnosis?: Diagnosis | undefined;
  failed?: readonly FailedAttempts[];
  retry?: Appointment | undefined;
  /** The connection whose initiation is not answered yet. */
  initiating?: string | undefined;
  /** The child that was initiated last. */
  child?: string;
  /** What a plan has still to do, while it waits. */
  rest?: readonly Operation[] | undefined;
}

/**
 * The shell around tunnel-core, as thin as it gets: folds facts, looks at the node, carries out plans, tells what it saw.
 * It remembers nothing that it could not find again by looking; so it may be thrown away and made anew at any time.
 */
export class FakeWorker {
  readonly facts = new Facts();
  readonly reader: Reader;
  /** What it did to the node, for people and for "did nothing". */
  readonly deeds: string[] = [];
  readonly #ribIn = new Map<string, BgpObservation>();
  readonly #kernelFibs = new Map<string, TunnelObservation>();
  readonly #watched = new Map<string, Watched>();
  readonly #withdrawn = new Set<string>();
  #stale = true;
  /** It died; the node goes on without it. */
  gone = false;

  constructor(readonly region: string, readonly node: FakeNode, readonly journal: Journal, readonly pskOf: (pskRef: string) => string) {
    this.reader = journal.reader(['decisions', 'fib', 'vpcRoutes', 'ribOut', 'limits']);
    for (const fact of journal.facts) { // the table of what it said before, to its end
      if (fact.topic !== 'bgp') continue;
      if (fact.data === null) this.#ribIn.delete(fact.key);
      else if (fact.data.node === node.name) this.#ribIn.set(fact.key, fact.data);
    }
    node.changed = () => { this.#stale = true; };
    node.ended = (tunnelId, name, lines, attempt) => this.#ended(tunnelId, name, lines, attempt);
  }

  end(): void {
    if (this.gone) return;
    this.gone = true;
    this.journal.forget(this.reader);
    for (const watched of this.#watched.values()) this.node.agenda.cancel(watched.retry);
  }

  hear(facts: readonly WorldFact[]): void {
    for (const fact of facts) {
      if (fact.topic === 'decisions') this.facts.decided(fact.key, fact.position, fact.data);
      else if (fact.topic !== 'tunnel' && fact.topic !== 'bgp') {
        if (fact.data) this.facts.derived(fact.key, fact.data);
        else this.facts.withdrawn(fact.topic === 'limits' ? 'refused' : fact.topic, fact.key);
      }
    }
    this.#stale = true;
  }

  /** Looks and acts when there is reason to; law 6: not before it has read to the end. Answers whether it did. */
  work(): boolean {
    if (this.gone || !this.#stale || !this.reader.atEnd) return false;
    this.#stale = false;
    const wanted = this.facts.wanted(this.region, this.node.name);
    const tunnelIds = new Set([...wanted.tunnels.keys(), ...this.node.tunnelIds]);
    for (const tunnelId of tunnelIds) this.#plan(tunnelId, wanted);
    this.#configureBirds(wanted);
    this.#observe(wanted);
    return true;
  }

  /** As the product's worker: it tells what it sees before it does anything, and again when all is done. */
  #plan(tunnelId: string, wanted: Wanted): void {
    const watched = this.#watch(tunnelId);
    const [tunnel, found] = [wanted.tunnels.get(tunnelId), this.node.inspect(tunnelId)];
    if (tunnel?.adminStatus === 'DOWN') Object.assign(watched, { failed: [], diagnosis: undefined });
    if (!found.charonRunning) watched.initiating = undefined; // nobody is left to answer
    if (tunnel) this.#observeTunnel(tunnel, found);
    if (watched.rest) return;
    const { operations, retryAt } = plan({ tunnelId, wanted: tunnel, found, failed: watched.failed ?? [], initiating: watched.initiating, now: this.node.agenda.now });
    this.node.agenda.cancel(watched.retry);
    watched.retry = retryAt === null ? undefined : this.node.agenda.patiently(retryAt - this.node.agenda.now, () => { this.#stale = true; });
    this.#carryOut(tunnelId, operations);
  }

  #carryOut(tunnelId: string, operations: readonly Operation[]): void {
    const watched = this.#watch(tunnelId);
    watched.rest = undefined;
    for (const [index, operation] of operations.entries()) {
      this.deeds.push(`${tunnelId} ${operation.op}${operation.op === 'wait' ? ` ${operation.ms} ms` : operation.op === 'set-device' ? (operation.up ? ' up' : ' down') : ''}`);
      if (operation.op === 'wait') {
        watched.rest = operations.slice(index + 1);
        this.node.agenda.soon(operation.ms, () => { if (!this.gone) this.#carryOut(tunnelId, watched.rest ?? []); });
        return;
      }
      this.#do(tunnelId, operation);
      // The rest of the plan follows charon's answer: a look finds the SA, and planning anew finds the rest.
      if (operation.op === 'initiate') break;
    }
    if (operations.length > 0) this.#stale = true;
    this.#withdrawn.delete(tunnelId);
  }

  #do(tunnelId: string, operation: Exclude<Operation, { op: 'wait' }>): void {
    const { node } = this;
    const charon = () => node.charon(tunnelId);
    switch (operation.op) {
      case 'ensure-outer': node.ensureOuter(this.facts.known(tunnelId)!.spec); break;
      case 'ensure-device': node.ensureDevice(this.facts.known(tunnelId)!.spec); break;
      case 'load-shared': charon().secrets.set(operation.secret.id, { data: this.pskOf(operation.secret.pskRef), owners: operation.secret.owners }); break;
      case 'load-conn': charon().connections.set(operation.name, operation.connection); break;
      case 'unload-conn': charon().connections.delete(operation.name); break;
      case 'unload-shared': charon().secrets.delete(operation.id); break;
      case 'withdraw':
        this.#withdrawn.add(tunnelId);
        this.#configureBirds(this.facts.wanted(this.region, node.name));
        break;
      case 'terminate':
        this.#watch(tunnelId).initiating = undefined;
        charon().terminate(operation.ikeId);
        break;
      case 'set-device': node.setDevice(tunnelId, operation.up); break;
      case 'initiate':
        Object.assign(this.#watch(tunnelId), { initiating: operation.ike, child: operation.child });
        charon().initiate(operation.ike);
        break;
      case 'remove': node.removeTunnel(tunnelId); break;
    }
  }

  #configureBirds(wanted: Wanted): void {
    for (const [borderGatewayId, gateway] of wanted.gateways) {
      if (this.node.bird(borderGatewayId).configure(birdIntent(gateway, names, { withdrawn: this.#withdrawn }))) this.deeds.push(`${borderGatewayId} bird`);
    }
    for (const borderGatewayId of [...this.node.birds.keys()]) {
      if (wanted.gateways.has(borderGatewayId)) continue;
      this.node.removeGateway(borderGatewayId);
      this.#kernelFibs.delete(borderGatewayId);
    }
  }

  #observe(wanted: Wanted): void {
    for (const tunnel of wanted.tunnels.values()) this.#observeTunnel(tunnel, this.node.inspect(tunnel.ref.tunnelId));
    for (const tunnelId of [...this.#watched.keys()]) if (!wanted.tunnels.has(tunnelId) && !this.node.tunnelIds.includes(tunnelId)) this.#tellGone(tunnelId);
    for (const [borderGatewayId, gateway] of wanted.gateways) {
      const bird = this.node.bird(borderGatewayId);
      const protocols = new Map(bird.protocols().map((protocol) => [protocol.name, protocol]));
      for (const { ref, bgp, spec } of gateway.tunnels) {
        const name = names.bgpProtocol(spec.tunnelId);
        const look = { ref, customerAsn: bgp?.customerAsn ?? 0, neighborAddress: spec.remoteTunnelIp, protocol: protocols.get(name), routes: bird.heardFrom(name) };
        for (const { key, value } of ribInChanges(this.#ribIn, look)) this.#tellRow(key, value);
      }
      const fib = kernelFib({ region: this.region, node: this.node.name }, gateway, bird.fib(), names);
      if (sameData(this.#kernelFibs.get(borderGatewayId), fib)) continue;
      this.#kernelFibs.set(borderGatewayId, fib);
      this.#tell(fib);
    }
  }

  #observeTunnel(wanted: WantedTunnel, found: FoundTunnel): void {
    const watched = this.#watch(wanted.spec.tunnelId);
    const { diagnosis, initiating } = watched;
    const snapshot = snapshotOf(watched.snapshot, { wanted, found, diagnosis, initiating, now: this.node.agenda.now });
    if (found.ikeSas.some(isUsableSa)) Object.assign(watched, { diagnosis: undefined, failed: [], initiating: undefined });
    for (const observation of observations(wanted.ref, 'simulated', watched.snapshot, snapshot)) this.#tell(observation);
    watched.snapshot = snapshot;
  }

  #tellGone(tunnelId: string): void {
    this.node.agenda.cancel(this.#watched.get(tunnelId)?.retry);
    this.#watched.delete(tunnelId);
    const known = this.facts.known(tunnelId)!;
    const { region, borderGatewayId, vpnConnectionId } = known;
    this.#tell({ type: 'TunnelGone', region, borderGatewayId, vpnConnectionId, tunnelId, node: this.node.name });
    for (const { key, value } of ribInWithdrawal(this.#ribIn, borderGatewayId, tunnelId)) this.#tellRow(key, value);
  }

  #ended(tunnelId: string, name: string, lines: readonly string[], attempt: boolean): void {
    const watched = this.#watch(tunnelId);
    watched.diagnosis = diagnose(lines);
    watched.initiating = undefined;
    if (attempt) watched.failed = failedAgain(watched.failed ?? [], { ike: name, child: watched.child ?? CHILD }, this.node.agenda.now);
    this.#stale = true;
  }

  #watch(tunnelId: string): Watched {
    const watched = this.#watched.get(tunnelId) ?? {};
    this.#watched.set(tunnelId, watched);
    return watched;
  }

  #tell(observation: TunnelObservation): void {
    this.journal.publish(this.node.agenda.time, { topic: 'tunnel', ...placeOf(observation), data: observation });
  }

  #tellRow(key: string, value: BgpObservation | null): void {
    if (value) this.#ribIn.set(key, value);
    else this.#ribIn.delete(key);
    this.journal.publish(this.node.agenda.time, { topic: 'bgp', key, data: value });
  }
}
