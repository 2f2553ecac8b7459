import {
  BgpObservation, Decision, FibEntryInstalled, RouteAdvertised, RouteLimitReached, RouteRefused, TOPICS, VpcRoutePropagated, type CloudEvent, type Topic,
} from '@bordergate/contracts';
import { Door, readAs, type Journal, type Log, type Subscription } from '@bordergate/platform';
import { Facts } from '@bordergate/tunnel-core';
import type { Counter } from 'prom-client';
import { z } from 'zod';

/** An event that only its data matters of. */
const dataOf = <S extends z.ZodType>(schema: S) => z.preprocess(event => (event as CloudEvent).data, schema);
/** A decision and its place in the log, by which it is known when it comes again. */
const DecisionEvent = z.object({ sequence: z.string().regex(/^\d+$/).transform(BigInt), data: Decision });

export interface InboxOptions {
  readonly journal: Journal;
  readonly name: string;
  readonly log: Log;
  /** Records that break their schema. */
  readonly refused: Counter<'topic'>;
  /** Facts came in. */
  readonly onFacts: () => void;
}

/**
 * Reads the worker's topics and parses at the door. `decided`, then `ready`: nothing may be taken for unwanted before
 * everything that was there has been read. `ribIn` is what this topic says of our peers at the start (see rib-in.ts).
 */
export class Inbox {
  readonly facts = new Facts();
  readonly ribIn = new Map<string, BgpObservation>();
  readonly #subscriptions: Subscription[] = [];
  /** Log position of the last decision that was read. */
  #decided = 0n;
  readonly #waiting: { readonly position: bigint; readonly reached: () => void }[] = [];

  readonly #door: Door;

  private constructor(private readonly options: InboxOptions) {
    this.#door = new Door(options.refused, options.log);
  }

  get decided(): bigint {
    return this.#decided;
  }

  /** Resolves when the decisions have been read as far as a position of the log. */
  async decidedTo(position: bigint): Promise<void> {
    if (this.#decided < position) await new Promise<void>((reached) => { this.#waiting.push({ position, reached }); });
  }

  /** Answers when all topics are subscribed to; the promises in the answer when each has been read to its end. */
  static async open(options: InboxOptions): Promise<{ inbox: Inbox; read: Promise<void> }> {
    const inbox = new Inbox(options);
    const { facts } = inbox;
    const ends = await Promise.all([
      inbox.#read(TOPICS.decisions, DecisionEvent, (stream, event) => { if (event) inbox.#decide(stream, event); }),
      inbox.#read(TOPICS.fib, dataOf(FibEntryInstalled), (key, entry) => (entry ? facts.derived(key, entry) : facts.withdrawn('fib', key))),
      inbox.#read(TOPICS.vpcRoutes, dataOf(VpcRoutePropagated), (key, route) => (route ? facts.derived(key, route) : facts.withdrawn('vpcRoutes', key))),
      inbox.#read(TOPICS.ribOut, dataOf(RouteAdvertised), (key, route) => (route ? facts.derived(key, route) : facts.withdrawn('ribOut', key))),
      inbox.#read(TOPICS.limits, dataOf(z.discriminatedUnion('type', [RouteRefused, RouteLimitReached])), (key, row) => (row ? facts.derived(key, row) : facts.withdrawn('refused', key))),
      inbox.#readRibIn(),
    ]);
    return { inbox, read: Promise.all(ends.map(end => end.read)).then(() => undefined) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map(subscription => subscription.close()));
  }

  #decide(stream: string, { sequence, data }: z.infer<typeof DecisionEvent>): void {
    this.facts.decided(stream, sequence, data);
    if (sequence <= this.#decided) return;
    this.#decided = sequence;
    for (const { position, reached } of this.#waiting) if (position <= sequence) reached();
  }

  /** Afterwards this worker is the only one that writes its rows, so it knows them: an echo could only be older. */
  async #readRibIn(): Promise<{ read: Promise<void> }> {
    let ended = false;
    const { read } = await this.#read(TOPICS.ribIn, dataOf(BgpObservation), (key, observation) => {
      if (ended) return;
      if (observation) this.ribIn.set(key, observation);
      else this.ribIn.delete(key);
    });
    return { read: read.then(() => { ended = true; }) };
  }

  async #read<S extends z.ZodType>(topic: Topic, schema: S, take: (key: string, value: z.infer<S> | null) => void): Promise<{ read: Promise<void> }> {
    const { journal, name, onFacts } = this.options;
    let caughtUp!: () => void;
    const read = new Promise<void>(resolve => { caughtUp = resolve; });
    const subscription = await journal.subscribe(topic, { name, from: 'beginning' }, {
      batch: async (records, place) => {
        const read = await this.#door.admit(records, place, ({ key, event }) => ({ key, value: event && readAs(schema, event) }));
        for (const { key, value } of read) take(key, value);
        onFacts();
      },
      caughtUp,
    });
    this.#subscriptions.push(subscription);
    return { read };
  }
}
