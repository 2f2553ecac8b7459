import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { Delta, sameData } from '@bordergate/kernel';
import { Door, newUuid, NotOwner, type BatchPlace, type Clock, type Journal, type Log, type Ownership, type Subscription } from '@bordergate/platform';
import type { DerivationChange, Router, RouterFact } from '@bordergate/routing-core';
import { INPUTS, readFact } from './facts.js';
import type { FibWatch } from './fib-watch.js';
import type { LimitWatch } from './limit-watch.js';
import type { RoutingMetrics } from './metrics.js';
import { Outbox, OUTPUTS, partitionKeyOf, type Cause, type RowOwner } from './outbox.js';

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
 * Feeds the router from the journal and publishes what changes. It begins quietly (law 6): all inputs are read to their end.
 * Then it takes part in writing: of the partitions it is given, the old tables are read to their end, the differences are
 * published, and the rows that nothing asks for any more removed. So a start, or a partition that comes from another instance,
 * never takes a route away that is still wanted. Every instance folds everything, and answers whatever it is asked.
 */
export class RouterRunner {
  /** All inputs have been read to their end: the tables are known. */
  readonly read: Promise<void>;
  /** The first partitions it was given have been compared, and their tables are published. */
  readonly ready: Promise<void>;
  readonly #outbox: Outbox;
  readonly #door: Door;
  readonly #behind = new Set<string>(INPUTS.map((topic) => topic.name));
  readonly #subscriptions: Subscription[] = [];
  /** Partitions whose tables in the journal are known to be ours: their changes are published as they come. */
  readonly #following = new Set<number>();
  #ownership: Ownership | undefined;
  #resolveRead!: () => void;
  #resolveReady!: () => void;

  constructor(private readonly parts: RunnerParts) {
    const owner: RowOwner = {
      owns: (partitionKey) => this.#follows(partitionKey),
      publish: async (topic, records) => this.#ownership!.publish(topic, records),
    };
    this.#outbox = new Outbox(owner, parts.clock, (topic, records) => parts.metrics.published.inc({ topic: topic.name }, records));
    this.#door = new Door(parts.metrics.unreadable, parts.log);
    this.read = new Promise((resolve) => { this.#resolveRead = resolve; });
    this.ready = new Promise((resolve) => { this.#resolveReady = resolve; });
  }

  async start(): Promise<void> {
    const { journal } = this.parts;
    for (const topic of INPUTS) {
      this.#subscriptions.push(await journal.subscribe(topic, { name: 'routing/rib', from: 'beginning' }, {
        batch: (records, place) => this.#take(topic, records, place), caughtUp: () => this.#caughtUp(topic),
      }));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    await this.#outbox.flush().catch((error) => this.parts.log.warn('changes were not published before the end; whoever is next will', { error }));
    await this.#ownership?.close();
  }

  /** Who has not read everything takes no part in writing. */
  async #caughtUp(topic: Topic): Promise<void> {
    this.#behind.delete(topic.name);
    if (this.#behind.size > 0) return;
    this.#ownership ??= await this.parts.journal.own('routing', OUTPUTS, { acquired: (partitions) => this.#acquired(partitions), released: (partitions) => this.#released(partitions) });
    this.#resolveRead();
  }

  async #acquired(partitions: readonly number[]): Promise<void> {
    const { log } = this.parts;
    const old = new Map<string, DerivationChange>();
    await Promise.all(OUTPUTS.map((topic) => this.#ownership!.read(topic, partitions, (records) => {
      for (const { key, event } of records) {
        if (event) old.set(`${topic.name} ${key}`, { topic: topic.name, key, value: event.data } as DerivationChange);
        else old.delete(`${topic.name} ${key}`);
      }
    })));
    // What was given away while it was read is not ours to follow: it is acquired again when it comes back.
    const lost = partitions.find((partition) => !this.#ownership!.owns(partition));
    if (lost !== undefined) throw new NotOwner('routing', lost);
    // From here to the next await nothing comes in between: no change is left out, and none is published before the old is known.
    for (const partition of partitions) this.#following.add(partition);
    const id = newUuid();
    const differences = this.#differences(old);
    this.#outbox.add(differences, { id, correlationid: id });
    log.info('routing tables are taken over', { partitions, rows: old.size, differences: differences.length });
    await this.#outbox.flush();
    this.#resolveReady();
  }

  #released(partitions: readonly number[]): void {
    for (const partition of partitions) this.#following.delete(partition);
    this.#outbox.prune();
    this.parts.log.info('routing tables are given away', { partitions });
  }

  #follows(partitionKey: string): boolean {
    return this.#ownership !== undefined && this.#following.has(this.#ownership.partitionOf(partitionKey));
  }

  async #take(topic: Topic, records: readonly JournalRecord[], place: BatchPlace): Promise<void> {
    const { router, metrics, watch, limits } = this.parts;
    // What is only read, as all of it is at the start, needs no cause: each settling asks of all routes of a gateway, and there may be thousands.
    for (const group of this.#following.size === 0 ? [records] : grouped(topic, records)) {
      const facts = (await this.#door.admit(group, place, (record) => this.#read(topic, record))).flat();
      const changes = router.apply(facts);
      metrics.applied.inc({ topic: topic.name }, facts.length);
      watch.suspect(facts, changes);
      limits.changed(changes);
      const ours = changes.filter(({ key }) => this.#follows(partitionKeyOf(key)));
      if (ours.length > 0) this.#outbox.add(ours, causeOf(group));
    }
    await this.#outbox.flush();
  }

  #read(topic: Topic, record: JournalRecord): RouterFact[] {
    const fact = readFact(topic, record);
    if (fact?.kind === 'decision' && record.event) this.#outbox.belongs(fact.stream, record.event.tenant);
    return fact ? [fact] : [];
  }

  /** The tables of the partitions we follow, against the rows that are there. */
  #differences(old: ReadonlyMap<string, DerivationChange>): DerivationChange[] {
    const delta = new Delta<string, DerivationChange>((a, b) => sameData(a.value, b.value));
    delta.replacePresent(old);
    for (const row of this.parts.router.rows()) {
      if (this.#follows(partitionKeyOf(row.key))) delta.want(`${row.topic} ${row.key}`, row);
    }
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
