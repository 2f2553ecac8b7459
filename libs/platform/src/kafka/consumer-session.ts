import { pausing } from '../retry.js';
import { kafkaErrorType, type Consumer, type ConsumerGroupJoinEvent, type EachBatchPayload } from './client.js';

export interface SessionOptions {
  readonly topic: string;
  readonly stopped: AbortSignal;
  /** The group has given out partitions: at the start, and after each rebalance. */
  readonly onJoin: (payload: ConsumerGroupJoinEvent['payload']) => void;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  /** What holds no records (the ends of transactions, what was aborted) does not come to eachBatch. */
  readonly onEmptyBatch?: (partition: number, next: number) => void;
  /** Is called now and then until the session is over; what it throws ends the session. */
  readonly look?: (over: AbortSignal) => Promise<void>;
  readonly lookMs: () => number;
}

/** kafkajs gives a sign of life with each fetch, which takes half a second at most; a request that is not answered, 15 s. */
const STILL_MS = 60_000;
/** kafkajs sends its next heartbeat at a time of the day. When the clock is set back, it sends none until that comes again, and its group gives the partitions to others meanwhile. */
const SET_BACK_MS = 5_000;

/** A coordinator, a topic or a leader that is about to be ready: of a cluster or a topic that is new, or after it has moved. */
const SETTLING = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP', 'NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);
/** kafkajs has connected, and has not asked what there is; or it has made a topic, and its leaders take longer than it waits. */
const NOT_THERE_YET = /^KafkaJS((Topic)?MetadataNotLoaded|Timeout)$/;
/** Nothing is wrong that a next session does not put right by itself. */
export const isSettling = (error: unknown): boolean => SETTLING.has(kafkaErrorType(error) ?? '') || (error instanceof Error && NOT_THERE_YET.test(error.name));

/** kafkajs is not to repair a crash by itself: whoever runs the session makes a new consumer. */
export const CONSUMER = { allowAutoTopicCreation: false, maxWaitTimeInMs: 500, maxBytes: 4 * 1024 * 1024, retry: { restartOnFailure: async () => false } } as const;

/** The life of one kafkajs consumer: it ends when it is told to, when it crashes, when it stands still (tulios/kafkajs 1720), or when the clock is set back. */
export class ConsumerSession {
  #signOfLife = performance.now();
  #clock = wallClock();
  #joined = false;
  readonly #ended = new AbortController();

  constructor(private readonly consumer: Consumer, private readonly options: SessionOptions) {}

  /** It has joined its group, and has not ended. */
  get joined(): boolean {
    return this.#joined;
  }

  alive(): void {
    this.#signOfLife = performance.now();
  }

  /** Resolves when it was stopped. @throws what ended it */
  async run(): Promise<void> {
    const { topic, eachBatch } = this.options;
    const consumer = this.consumer;
    const crashed = new Promise<never>((_, reject) => { consumer.on('consumer.crash', ({ payload }) => reject(payload.error)); });
    crashed.catch(() => undefined); // it is raced below, and may come before
    this.#follow();
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch });
      await Promise.race([crashed, this.#watch()]);
    } finally {
      this.#joined = false;
      this.#ended.abort();
      await consumer.disconnect();
    }
  }

  #follow(): void {
    const { consumer, options } = this;
    consumer.on('consumer.group_join', ({ payload }) => {
      this.#joined = true;
      this.alive();
      options.onJoin(payload);
    });
    consumer.on('consumer.fetch', () => this.alive());
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      this.alive();
      if (payload.batchSize === 0) options.onEmptyBatch?.(payload.partition, Number(payload.lastOffset) + 1);
    });
  }

  async #watch(): Promise<void> {
    const { topic, stopped, lookMs, look } = this.options;
    const over = AbortSignal.any([stopped, this.#ended.signal]);
    while (!over.aborted) {
      await pausing(lookMs(), over);
      if (over.aborted) return;
      if (performance.now() - this.#signOfLife > STILL_MS) throw new Error(`the consumer of ${topic} stands still`);
      if (wallClock() < this.#clock - SET_BACK_MS) throw new Error('the clock was set back');
      this.#clock = Math.max(this.#clock, wallClock());
      await look?.(over);
    }
  }
}

/** Where the time of the day is against the steady clock: the same number, unless somebody sets it. */
const wallClock = (): number => Date.now() - performance.now();
