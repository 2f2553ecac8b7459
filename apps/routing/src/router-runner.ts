import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { Delta, sameData } from '@bordergate/kernel';
import { Door, newUuid, type BatchPlace, type Clock, type Journal, type JournalHandler, type Log, type Subscription } from '@bordergate/platform';
import type { DerivationChange, Router, RouterFact } from '@bordergate/routing-core';
import { INPUTS, readFact } from './facts.js';
import type { FibWatch } from './fib-watch.js';
import type { LimitWatch } from './limit-watch.js';
import type { RoutingMetrics } from './metrics.js';
import { Outbox, OUTPUTS, type Cause } from './outbox.js';

export interface RunnerParts {
  readonly journal: Journal;
  readonly router: Router;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RoutingMetrics;
  readonly watch: FibWatch;
  readonly limits: LimitWatch;
}

/**
 * Feeds the router from the journal and publishes what changes. It begins quietly (law 6): all inputs and its own old
 * tables are read to their end; only then are the tables published, and the rows that nothing asks for any more removed.
 * Until then nobody is told anything, so a start never takes a route away that is still wanted.
 */
export class RouterRunner {
  readonly ready: Promise<void>;
  readonly #outbox: Outbox;
  readonly #door: Door;
  readonly #old = new Map<string, DerivationChange>();
  readonly #behind = new Set<string>([...INPUTS, ...OUTPUTS].map((topic) => topic.name));
  readonly #subscriptions: Subscription[] = [];
  #begun = false;
  #resolveReady!: () => void;

  constructor(private readonly parts: RunnerParts) {
    this.#outbox = new Outbox(parts.journal, parts.clock, (topic, records) => parts.metrics.published.inc({ topic: topic.name }, records));
    this.#door = new Door(parts.metrics.unreadable, parts.log);
    this.ready = new Promise((resolve) => { this.#resolveReady = resolve; });
  }

  async start(): Promise<void> {
    for (const topic of OUTPUTS) await this.#subscribe(topic, (records) => this.#recall(topic, records));
    for (const topic of INPUTS) await this.#subscribe(topic, (records, place) => this.#take(topic, records, place));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    await this.#outbox.flush().catch((error) => this.parts.log.warn('changes were not published before the end; the next start will', { error }));
  }

  async #subscribe(topic: Topic, batch: JournalHandler['batch']): Promise<void> {
    const caughtUp = async () => {
      this.#behind.delete(topic.name);
      if (this.#behind.size === 0) await this.#begin();
    };
    this.#subscriptions.push(await this.parts.journal.subscribe(topic, { name: 'routing/rib', from: 'beginning' }, { batch, caughtUp }));
  }

  /** The rows of an earlier life. Later there are only our own. */
  #recall(topic: Topic, records: readonly JournalRecord[]): void {
    if (this.#begun) return;
    for (const { key, event } of records) {
      if (event) this.#old.set(`${topic.name} ${key}`, { topic: topic.name, key, value: event.data } as DerivationChange);
      else this.#old.delete(`${topic.name} ${key}`);
    }
  }

  async #take(topic: Topic, records: readonly JournalRecord[], place: BatchPlace): Promise<void> {
    const { router, metrics, watch, limits } = this.parts;
    for (const group of grouped(topic, records)) {
      const facts = (await this.#door.admit(group, place, (record) => this.#read(topic, record))).flat();
      const changes = router.apply(facts);
      metrics.applied.inc({ topic: topic.name }, facts.length);
      watch.suspect(facts, changes);
      limits.changed(changes);
      if (this.#begun && changes.length > 0) this.#outbox.add(changes, causeOf(group));
    }
    if (this.#begun) await this.#outbox.flush();
  }

  #read(topic: Topic, record: JournalRecord): RouterFact[] {
    const fact = readFact(topic, record);
    if (fact?.kind === 'decision' && record.event) this.#outbox.belongs(fact.stream, record.event.tenant);
    return fact ? [fact] : [];
  }

  async #begin(): Promise<void> {
    if (!this.#begun) {
      const id = newUuid();
      this.#outbox.add(this.#differences(), { id, correlationid: id });
      this.#begun = true;
      this.#old.clear();
    }
    await this.#outbox.flush();
    this.#resolveReady();
  }

  /** The full tables against the rows of an earlier life. */
  #differences(): DerivationChange[] {
    const delta = new Delta<string, DerivationChange>((a, b) => sameData(a.value, b.value));
    delta.replacePresent(this.#old);
    for (const row of this.parts.router.rows()) delta.want(`${row.topic} ${row.key}`, row);
    const removals = [...delta.pendingDeletes()].map(([, row]) => ({ ...row, value: null }));
    return [...[...delta.pendingSets()].map(([, row]) => row), ...removals];
  }
}

/** Decisions are settled one by one, so that what follows names its cause; the wire's facts by batch, for they come in floods. */
const grouped = (topic: Topic, records: readonly JournalRecord[]): readonly (readonly JournalRecord[])[] =>
  topic.name === TOPICS.decisions.name ? records.map((record) => [record]) : [records];

/** Of a batch, its last event stands for all. A tombstone carries no ids, so a batch of them starts a correlation. */
function causeOf(records: readonly JournalRecord[]): Cause {
  const last = records.findLast((record) => record.event !== null)?.event;
  if (last) return { id: last.id, correlationid: last.correlationid };
  const id = newUuid();
  return { id, correlationid: id };
}
