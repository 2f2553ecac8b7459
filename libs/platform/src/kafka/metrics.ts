import { Counter, Gauge, Registry } from 'prom-client';

interface Watched {
  readers(): Iterable<{ readonly name: string; readonly topic: { readonly name: string }; readonly lag: number; readonly connected: boolean }>;
  ownerships(): Iterable<[string, { readonly owned: number }]>;
  waiting(): number;
}

/** What an operator sees of the journal: whether it moves, and who is behind. */
export class JournalMetrics {
  readonly published: Counter<'topic'>;
  readonly publishFailures: Counter;
  readonly consumerRestarts: Counter<'topic' | 'consumer'>;
  readonly parked: Counter<'topic' | 'consumer'>;

  constructor(registry = new Registry(), { readers, ownerships, waiting }: Watched) {
    const registers = [registry];
    const labelNames = ['topic', 'consumer'] as const;
    this.published = new Counter({ name: 'bordergate_journal_published_records_total', help: 'Records that the broker has accepted', labelNames: ['topic'], registers });
    this.publishFailures = new Counter({ name: 'bordergate_journal_publish_failures_total', help: 'Attempts to publish that failed; they are repeated', registers });
    this.consumerRestarts = new Counter({ name: 'bordergate_journal_consumer_restarts_total', help: 'Consumers that crashed or stood still and were replaced', labelNames, registers });
    this.parked = new Counter({ name: 'bordergate_journal_parked_records_total', help: 'Messages that could not be read and were set aside; again when a topic is read anew', labelNames, registers });
    new Gauge({ name: 'bordergate_journal_waiting_records', help: 'Records that the broker has not accepted yet', registers, collect() { this.set(waiting()); } });
    new Gauge({
      name: 'bordergate_journal_lag_records', help: 'Records between what a consumer has handled and the end of its topic', labelNames, registers,
      collect() {
        this.reset();
        for (const { name: consumer, topic, lag } of readers()) this.set({ topic: topic.name, consumer }, lag);
      },
    });
    new Gauge({
      name: 'bordergate_journal_owned_partitions', help: 'Partitions that this process writes', labelNames: ['group'], registers,
      collect() {
        this.reset();
        for (const [group, { owned }] of ownerships()) this.set({ group }, owned);
      },
    });
    new Gauge({
      name: 'bordergate_journal_consumer_up', help: '1 while a consumer reads', labelNames, registers,
      collect() {
        this.reset();
        for (const { name: consumer, topic, connected } of readers()) this.set({ topic: topic.name, consumer }, connected ? 1 : 0);
      },
    });
  }
}
