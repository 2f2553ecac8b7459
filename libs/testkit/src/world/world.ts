import { TOPICS, type BgpOptions, type Decision, type TunnelSpec } from '@bordergate/contracts';
import { isRejection, type Rejection } from '@bordergate/kernel';
import { Router, type DerivationChange, type RouterFact } from '@bordergate/routing-core';
import { TunnelStates } from '@bordergate/telemetry-core';
import { randomOf, type Random } from '../random.js';
import { Agenda } from './agenda.js';
import { configurationFor, Internet, pairOf } from './internet.js';
import { cloudEvent, Journal, streamOfDecision, type Reader, type WorldFact } from './journal.js';
import { BlackHoles } from './black-holes.js';
import { FakeNode } from './node.js';
import { Resources, type WorldCommand } from './resources.js';
import { FakeWorker } from './worker.js';

export interface WorldOptions {
  /** Facts of different sources overtake one another, and some come twice, as this seed has it; without one they come in order. */
  readonly seed?: number;
  readonly nodes?: readonly string[];
  /** Those of them whose kernels encrypt. */
  readonly kernelEsp?: readonly string[];
}

export const REGION = 'r-1';
const SAMPLE_MS = 10_000;
/** More turns than any honest settling takes: beyond, two parts of the world are answering each other for ever. */
const TURNS = 5_000;

/**
 * The whole platform in one process, in virtual time: every core is the real one; charon, BIRD, Linux, the Internet and
 * the customers are fakes. Nothing here waits, and nothing happens but by run, advance and settle.
 */
export class World {
  readonly agenda = new Agenda();
  readonly internet = new Internet();
  readonly journal = new Journal();
  readonly resources = new Resources(REGION);
  readonly nodes: ReadonlyMap<string, FakeNode>;
  readonly workers = new Map<string, FakeWorker>();
  readonly telemetry = new TunnelStates(SAMPLE_MS);
  readonly blackHoles = new BlackHoles();
  router = new Router();
  readonly #psks = new Map<string, string>();
  readonly #random: Random | undefined;
  readonly #derived = new Map<string, DerivationChange>();
  readonly #toTelemetry: Reader;
  #toRouter: Reader;
  #secrets = 0;
  #tunnels = 0;

  constructor({ seed, nodes = ['node-1', 'node-2'], kernelEsp = [] }: WorldOptions = {}) {
    this.#random = seed === undefined ? undefined : randomOf(seed);
    this.#toTelemetry = this.journal.reader(['decisions', 'tunnel', 'bgp']);
    this.#toRouter = this.journal.reader(['decisions', 'tunnel', 'bgp']);
    this.nodes = new Map(nodes.map((name) => [name, new FakeNode(name, this.agenda, this.internet, kernelEsp.includes(name) ? 'kernel' : 'user-space')]));
    for (const node of nodes) this.restartWorker(node);
    for (const [n, node] of nodes.entries()) {
      for (let host = 1; host <= 20; host++) this.run({ to: 'addressPool', command: { type: 'AddPublicAddress', region: REGION, address: `203.0.${113 + n}.${host}`, node } });
    }
  }

  /** What was decided, which the rest of the world has yet to hear; or the refusal. */
  run(command: WorldCommand): readonly Decision[] | Rejection {
    const decided = this.resources.run(command);
    if (isRejection(decided)) return decided;
    for (const decision of decided) this.journal.publish(this.agenda.time, { topic: 'decisions', key: streamOfDecision(decision), data: decision });
    return decided;
  }

  /** Time goes by, and what is due in it happens. */
  advance(ms: number): void {
    const end = this.agenda.now + ms;
    this.#flow();
    for (let turns = 0; (this.agenda.next ?? Infinity) <= end; turns++) this.#turn(turns, this.agenda.next!);
    this.#pass(end);
    this.#flow();
  }

  /** Until nothing is under way any more but waiting: every fact has arrived, every plan is carried out. */
  settle(): void {
    this.#flow();
    for (let turns = 0; this.agenda.busy; turns++) this.#turn(turns, this.agenda.next!);
  }

  /** A secret into the vault; events carry its reference. */
  keep(psk: string): string {
    const pskRef = `psk-${++this.#secrets}`;
    this.#psks.set(pskRef, psk);
    return pskRef;
  }

  pskOf(pskRef: string): string {
    const psk = this.#psks.get(pskRef);
    if (psk === undefined) throw new Error(`the vault has no ${pskRef}`);
    return psk;
  }

  /** The customer configures the device for a tunnel, with what the console shows at this moment. */
  configureCustomer(tunnelId: string): void {
    const connection = this.resources.connectionOf(tunnelId)!;
    const { spec } = connection.tunnels.get(tunnelId)!;
    const bgp = connection.bgpEnabled ? { asn: connection.customerAsn, cloudAsn: connection.localAsn } : null;
    this.internet.configure(pairOf(spec), configurationFor(spec, this.pskOf(spec.pskRef), bgp));
  }

  nextTunnelId(): string {
    return `t${++this.#tunnels}`;
  }

  specOf(tunnelId: string): TunnelSpec | undefined {
    return this.resources.connectionOf(tunnelId)?.tunnels.get(tunnelId)?.spec;
  }

  killWorker(name: string): void {
    this.workers.get(name)?.end();
  }

  /** The worker of a node dies and another starts: the node and its daemons stay. */
  restartWorker(name: string): FakeWorker {
    this.killWorker(name);
    const worker = new FakeWorker(REGION, this.nodes.get(name)!, this.journal, (pskRef) => this.pskOf(pskRef));
    this.workers.set(name, worker);
    return worker;
  }

  /** The routing service starts anew: it reads to the end, and only then says how its tables differ from what is published. */
  restartRouter(): void {
    this.journal.forget(this.#toRouter);
    this.#toRouter = this.journal.reader(['decisions', 'tunnel', 'bgp']);
    this.router = new Router();
    this.router.apply(this.#toRouter.takeAll().flatMap(routerFact));
    const rows = new Map([...this.router.rows()].map((row) => [`${row.topic} ${row.key}`, row]));
    for (const row of rows.values()) this.#publishRow(row);
    for (const [id, { topic, key }] of [...this.#derived]) if (!rows.has(id)) this.#publishRow({ topic, key, value: null });
  }

  /** Everything is delivered to everybody once more, from the beginning. */
  deliverAgain(): void {
    for (const reader of this.#readers()) reader.rewind();
  }

  #readers(): Reader[] {
    return [this.#toRouter, this.#toTelemetry, ...[...this.workers.values()].filter((worker) => !worker.gone).map((worker) => worker.reader)];
  }

  #turn(turns: number, at: number): void {
    if (turns > TURNS) throw new Error('the world does not settle');
    this.#pass(at);
    this.#flow();
  }

  #pass(at: number): void {
    this.blackHoles.measure(at - this.agenda.now, this.nodes.values());
    this.agenda.pass(at);
  }

  /** Facts flow and workers work, at one moment of time, until both rest. */
  #flow(): void {
    for (let turns = 0; turns < TURNS; turns++) {
      const waiting = this.#readers().filter((reader) => !reader.atEnd);
      if (waiting.length > 0) this.#deliver(this.#random ? waiting[this.#random(waiting.length)]! : waiting[0]!);
      else if (![...this.workers.values()].map((worker) => worker.work()).some(Boolean)) return;
    }
    throw new Error('facts never rest');
  }

  #deliver(reader: Reader): void {
    const facts = this.#random ? reader.takeSome(this.#random) : reader.takeAll();
    if (reader === this.#toRouter) for (const change of this.router.apply(facts.flatMap(routerFact))) this.#publishRow(change);
    else if (reader === this.#toTelemetry) for (const fact of facts) toTelemetry(this.telemetry, fact);
    else for (const worker of this.workers.values()) if (worker.reader === reader) worker.hear(facts);
  }

  #publishRow(change: DerivationChange): void {
    const { topic, key, value } = change;
    if (value === null) this.#derived.delete(`${topic} ${key}`);
    else this.#derived.set(`${topic} ${key}`, change);
    this.journal.publish(this.agenda.time, { topic: tableOf(topic), key, data: value });
  }
}

const tableOf = (topic: DerivationChange['topic']): 'fib' | 'vpcRoutes' | 'ribOut' | 'limits' =>
  topic === TOPICS.fib.name ? 'fib' : topic === TOPICS.vpcRoutes.name ? 'vpcRoutes' : topic === TOPICS.limits.name ? 'limits' : 'ribOut';

/** A fact in the words of the router; a derivation is its own and no fact to it. */
export function routerFact(fact: WorldFact): RouterFact[] {
  switch (fact.topic) {
    case 'decisions': return [{ kind: 'decision', stream: fact.key, position: fact.position, decision: fact.data, event: { id: fact.id, actor: 'service:world', at: fact.at, causationId: fact.id } }];
    case 'tunnel': return [{ kind: 'tunnel', observation: fact.data, at: fact.at }];
    case 'bgp': return [{ kind: 'bgp', key: fact.key, observation: fact.data }];
    default: return [];
  }
}

export function toTelemetry(telemetry: TunnelStates, fact: WorldFact): void {
  if (fact.topic === 'decisions') telemetry.decision(cloudEvent(fact, fact.data));
  else if (fact.topic === 'tunnel') telemetry.tunnelObservation(cloudEvent(fact, fact.data));
  else if (fact.topic === 'bgp') telemetry.ribIn({ key: fact.key, event: fact.data && cloudEvent(fact, fact.data) });
}

/** The defaults of a new connection's timers. */
export const BGP_TIMERS: Omit<BgpOptions, 'keepaliveSec'> = { holdSec: 30, bfdEnabled: false, bfdIntervalMs: 300, bfdMultiplier: 3 };
