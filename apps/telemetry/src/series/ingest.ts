import { TelemetrySample, TOPICS, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import { inTerm, Leadership, OffsetMoved, pausing, storedOffsets, type BatchPlace, type BatchRange, type Clock, type Journal, type Log, type Term } from '@bordergate/platform';
import { MINUTE_MS, NEWS_MS, SampleBook, type LevelBook, type MinutePoints, type Place, type SampleTail } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { Directory } from '../store/directory.js';
import { HourCloser } from '../store/hour-closer.js';
import { SCHEMA } from '../store/migrations.js';
import type { Partitions } from '../store/partitions.js';
import { CONSUMER, SeriesStore } from '../store/series-store.js';
import type { IngestMetrics } from './ingest-metrics.js';

export interface IngestOptions {
  readonly db: DataSource;
  readonly databaseUrl: string;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly partitions: Partitions;
  readonly levels: LevelBook;
  /** ms up to which the levels have been drawn by whoever was before. */
  readonly drawnMs: number;
  readonly placeOf: (tunnelId: string) => Place | undefined;
  /** The states hold what happened before: their series may be drawn. */
  readonly ready: Promise<void>;
  readonly sampleIntervalMs: number;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: IngestMetrics;
}

/** Stored this long after each full minute: its states are drawn to its end by then, and alarms can look at it at once. */
const AFTER_MINUTE_MS = NEWS_MS + 2_000;
/** While much is read at once: so many samples, and so many minutes of states, are stored in one go. */
const MANY_SAMPLES = 100_000;
const MANY_MINUTES = 10;
/** What is older is past the retention of its topic; what is younger than now has a clock that is wrong. */
const LATE_MS = 86_400_000;
const EARLY_MS = 300_000;
const STANDBY_MS = 600_000;
const PAUSE_MS = 5_000;
const RETENTION_EVERY_MS = 3_600_000;

/**
 * Samples and states on their way into the store. One process of several does it at a time (Leadership); who takes over
 * goes on after what is stored: points, the place in the journal and where counters stood are of one transaction.
 */
export class Ingest {
  readonly #leadership: Leadership;
  readonly #closer: HourCloser;
  #book: SampleBook | undefined;
  #store: SeriesStore | undefined;
  #drawnMs: number;
  /** Taken, and not stored yet: of an attempt that failed, or is under way. */
  #points = new Map<string, { place: Place; points: MinutePoints[] }>();
  #tails = new Map<string, { place: Place; tail: SampleTail }>();
  #ranges = new Map<number, BatchRange>();
  #samples = 0;
  #retainedAt = Number.NEGATIVE_INFINITY;
  #storing: Promise<void> = Promise.resolve();
  /** Changes whenever what is in memory and what is in the store move against each other. */
  version = 0;

  constructor(private readonly options: IngestOptions) {
    const { databaseUrl, log, directory, partitions } = options;
    this.#drawnMs = options.drawnMs;
    this.#closer = new HourCloser(directory, partitions);
    this.#leadership = new Leadership({ databaseUrl, schema: SCHEMA.name, what: CONSUMER, log });
  }

  start(): void {
    this.#leadership.start((term) => this.#lead(term));
  }

  async stop(): Promise<void> {
    await this.#leadership.stop();
  }

  /** What is known of a tunnel and not stored. Of another process than the one that stores: nothing. */
  peek(tunnelId: string): MinutePoints[] {
    if (!this.#book) return [];
    return [this.#book.peek(tunnelId), this.options.levels.peek(tunnelId), ...(this.#points.get(tunnelId)?.points ?? [])].filter((points) => points !== undefined);
  }

  /** Draws states up to now, or so far as one portion goes. */
  draw(): number {
    const { levels, clock } = this.options;
    return this.#book ? levels.draw(Math.min(clock.now(), this.#drawnMs + NEWS_MS + MANY_MINUTES * MINUTE_MS)) : this.#drawnMs;
  }

  /** Called now and then. While another leads, what it stores is not kept here as well. */
  passTime(): void {
    const { levels, clock } = this.options;
    if (this.#book || clock.now() - this.#drawnMs < STANDBY_MS) return;
    this.#drawnMs = levels.draw(clock.now());
    levels.take();
  }

  forget(tunnelId: string): void {
    this.#book?.forget(tunnelId);
    this.options.levels.forget(tunnelId);
  }

  /** Stores what there is; one after the other. Only for who leads. */
  store(): Promise<void> {
    const mine = this.#storing.then(() => this.#storeNow());
    this.#storing = mine.catch(() => undefined); // it is the caller's
    return mine;
  }

  async #lead(term: Term): Promise<void> {
    const { db, journal, ready, log, clock } = this.options;
    if (!(await inTerm(ready, term))) return;
    const { book } = await this.#goOn();
    const subscription = await journal.subscribe(TOPICS.samples, { name: CONSUMER, from: 'stored', stored: () => storedOffsets(db, CONSUMER, TOPICS.samples.name) }, {
      batch: async (records, place) => {
        this.#read(book, records, place);
        if (this.#samples >= MANY_SAMPLES) await this.store();
      },
    });
    try {
      while (!term.over.aborted) {
        const behind = clock.now() - NEWS_MS - this.#drawnMs > MANY_MINUTES * MINUTE_MS;
        if (!behind) await pausing(untilNext(clock.now()), term.over);
        if (term.over.aborted) break;
        await this.#storeAndTidy(term);
      }
    } finally {
      await subscription.close();
    }
    await this.store().catch((error: unknown) => log.warn('what came last is not stored; it comes again where the journal is durable', { error }));
  }

  /** Where what is stored ends; or where this process was, when nobody has stored since. */
  async #goOn(): Promise<{ book: SampleBook }> {
    const { db, directory, sampleIntervalMs, levels } = this.options;
    const drawnMs = await SeriesStore.drawnMs(db);
    if (this.#book && drawnMs === this.#drawnMs) return { book: this.#book };
    if (drawnMs !== undefined && drawnMs > this.#drawnMs) {
      // Another has led meanwhile, and has drawn the same lines: up to there, and what came since is ours.
      this.#drawnMs = levels.draw(drawnMs + NEWS_MS);
      levels.take();
    }
    this.#store = new SeriesStore(directory);
    const book = new SampleBook(sampleIntervalMs);
    for (const [tunnelId, tail] of await this.#store.load(db)) book.resume(tunnelId, tail);
    this.#points = new Map();
    this.#tails = new Map();
    this.#ranges = new Map();
    this.#book = book;
    this.version++;
    return { book };
  }

  #read(book: SampleBook, records: readonly JournalRecord[], { topic, partition, first, next }: BatchPlace): void {
    const { clock, metrics } = this.options;
    const now = clock.now();
    for (const { event } of records) {
      const sample = TelemetrySample.safeParse((event as CloudEvent | null)?.data);
      const at = Date.parse(event?.time ?? '');
      if (!sample.success || sample.data.type === 'VifCountersSampled') continue; // unreadable ones are parked by who folds the present states
      const news = at >= now - LATE_MS && at <= now + EARLY_MS && book.sample(sample.data, at);
      metrics.samples.inc({ result: news ? 'stored' : 'ignored' });
    }
    this.#samples += records.length;
    this.#ranges.set(partition, { topic, partition, first: this.#ranges.get(partition)?.first ?? first, next });
  }

  async #storeNow(): Promise<void> {
    const { db, levels, placeOf, metrics, directory } = this.options;
    const [book, store] = [this.#book, this.#store];
    if (!book || !store) throw new Error('only who leads stores');
    const began = performance.now();
    const drawnMs = this.draw();
    for (const [tunnelId, points] of levels.take()) this.#keep(placeOf(tunnelId), points);
    for (const { place, points, tail } of book.take()) {
      this.#keep(place, points);
      this.#tails.set(place.tunnelId, { place, tail });
    }
    const [points, tails, ranges] = [this.#points, this.#tails, new Map(this.#ranges)];
    this.#samples = 0;
    this.version++;
    try {
      await db.transaction((tx) => store.write(tx, {
        points: [...points.values()].flatMap(({ place, points: pieces }) => pieces.map((piece) => ({ place, points: piece }))), tails: [...tails.values()], ranges: [...ranges.values()], drawnMs,
      }));
    } catch (error) {
      directory.forget();
      throw error;
    }
    this.#drawnMs = Math.max(this.#drawnMs, drawnMs);
    // What came while it was being stored was put beside it.
    this.#points = new Map();
    this.#tails = new Map();
    for (const [partition, { next }] of ranges) {
      const { next: now, ...range } = this.#ranges.get(partition)!;
      if (now === next) this.#ranges.delete(partition);
      else this.#ranges.set(partition, { ...range, first: next, next: now });
    }
    this.version++;
    metrics.stored(points.size, (performance.now() - began) / 1_000);
  }

  /** A database that does not answer is asked again. @throws when another has stored what was ours to store */
  async #storeAndTidy(term: Term): Promise<void> {
    try {
      await this.store();
      await this.#tidy();
    } catch (error) {
      if (error instanceof OffsetMoved || term.over.aborted) throw error;
      this.options.log.error('series are not stored; will try again', { error });
      await pausing(PAUSE_MS, term.over);
    }
  }

  #keep(place: Place | undefined, points: MinutePoints): void {
    if (!place) return; // not configured: nobody would look for it
    const kept = this.#points.get(place.tunnelId) ?? { place, points: [] };
    this.#points.set(place.tunnelId, kept);
    kept.points.push(points);
  }

  /** Closes the hours that are over, and lets go of days that are past retention. */
  async #tidy(): Promise<void> {
    const { db, clock, partitions, directory, retentionDays, log } = this.options;
    for (const hour of await this.#closer.due(db, clock.now())) {
      await db.transaction((tx) => this.#closer.close(tx, hour)).catch((error: unknown) => {
        partitions.forget();
        directory.forget();
        throw error;
      });
      this.version++;
    }
    if (clock.now() - this.#retainedAt < RETENTION_EVERY_MS) return;
    this.#retainedAt = clock.now();
    const dropped = await partitions.drop(db, retentionDays, clock.now());
    if (dropped.length > 0) log.info('days past retention are dropped', { partitions: dropped });
  }
}

/** To the next time. */
const untilNext = (now: number): number => MINUTE_MS - ((now - AFTER_MINUTE_MS) % MINUTE_MS);
