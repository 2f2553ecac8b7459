import type { JournalRecord, Topic } from '@bordergate/contracts';
import type { Log } from '../log.js';
import { pausing, type Backoff } from '../retry.js';
import { kafkaErrorType, partitionOf, type Message, type RecordMetadata, type TopicMessages } from './client.js';
import { encodeRecord } from './message.js';
import type { Topics } from './topics.js';

/** One producer of Kafka: sends a batch, once it has been sent before under the same sequence numbers. */
export interface Sender {
  send(topicMessages: TopicMessages[]): Promise<RecordMetadata[]>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly topics: Pick<Topics, 'ensure' | 'forget'>;
  /** Opens a producer: at the first record, and again after a failure that a producer does not survive. */
  readonly open: () => Promise<Sender>;
  readonly log: Log;
  readonly onPublished?: (topic: string, records: number) => void;
  /** @returns whether no more is to be said of it */
  readonly onFailure?: (error: unknown) => boolean;
  /** The producer does not survive any failure. */
  readonly renew?: boolean;
  /** After this failure the writer writes nothing any more: all who wait for it get this reason. */
  readonly ends?: (error: unknown) => Error | undefined;
  /** How long a publisher waits for the broker before it is told that it has to try again. */
  readonly deadlineMs: number;
  /** While more records wait than this, no more are taken. */
  readonly maxWaiting: number;
  readonly backoff: Backoff;
}

/** The broker has not accepted the records in time: they may be in the topic or not. Publish them again. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable';
}

/** The largest request: a broker takes a batch of a partition up to 1 MiB when nobody has changed that. */
const MAX_BATCH_BYTES = 512 * 1024;
/** What a message weighs besides key, value and headers, roughly. */
const OVERHEAD_BYTES = 64;

/** The broker will never take them: it is no use to try again. */
const FINAL = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP', 'INVALID_TOPIC_EXCEPTION', 'TOPIC_AUTHORIZATION_FAILED', 'POLICY_VIOLATION']);
/** The broker and the producer disagree on what was sent: a new producer begins to count anew. */
const PRODUCER_IS_LOST = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH', 'DUPLICATE_SEQUENCE_NUMBER', 'INVALID_PRODUCER_ID_MAPPING', 'INVALID_TXN_STATE']);

interface Waiting {
  readonly topic: Topic;
  readonly records: readonly JournalRecord[];
  /** Records of it that are in a batch already. */
  taken: number;
  /** Records of it that the broker has accepted. */
  accepted: number;
  done: boolean;
  settle(error?: Error): void;
}

interface Part {
  readonly from: Waiting;
  readonly messages: readonly Message[];
}

/**
 * Publishes in one line: a batch goes out when the one ahead of it is accepted, and what comes in meanwhile is the next
 * batch. kafkajs gives two batches under way at once the same sequence numbers when the first one's answer is lost, and
 * the broker then takes the second for a copy (tulios/kafkajs 1005). So one at a time: nothing is lost, nothing overtakes.
 * A batch that the broker may have is repeated until it is accepted; who waits for it may give up before that.
 */
export class Writer {
  readonly #queue: Waiting[] = [];
  readonly #stopped = new AbortController();
  #waiting = 0;
  #sender: Promise<Sender> | undefined;
  #loop: Promise<void> | undefined;

  constructor(private readonly options: WriterOptions) {}

  /** Records that are not accepted yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws JournalUnavailable when the broker does not accept them in time; the broker's refusal when it never will */
  async publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    if (this.#stopped.signal.aborted) throw this.#stopped.signal.reason;
    if (records.length === 0) return;
    const { deadlineMs, maxWaiting } = this.options;
    if (this.#waiting > maxWaiting) throw new JournalUnavailable(`Kafka is not keeping up: ${this.#waiting} records wait for it`);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => waiting.settle(new JournalUnavailable(`Kafka has not accepted ${records.length} records of ${topic.name} within ${deadlineMs} ms`)), deadlineMs);
      const waiting: Waiting = {
        topic, records, taken: 0, accepted: 0, done: false,
        settle: (error) => {
          if (waiting.done) return;
          waiting.done = true;
          clearTimeout(late);
          this.#waiting -= records.length - waiting.accepted;
          if (error) reject(error);
          else resolve();
        },
      };
      this.#waiting += records.length;
      this.#queue.push(waiting);
      this.#loop ??= this.#run();
    });
  }

  /** Refuses what is not accepted; resolves when the producer has ended. */
  async close(reason = new Error('the journal is closed')): Promise<void> {
    this.#end(reason);
    await this.#loop;
    await this.#drop();
  }

  #end(reason: Error): void {
    if (!this.#stopped.signal.aborted) this.#stopped.abort(reason);
    for (const waiting of this.#queue.splice(0)) waiting.settle(reason);
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // what is published in this turn goes out together
    while (!this.#stopped.signal.aborted) {
      const batch = this.#take();
      if (batch.length === 0) break;
      await this.#deliver(batch);
    }
    this.#loop = undefined;
  }

  /** Of the queue's head, what goes into one request; who has given up before it began is left out. */
  #take(): Part[] {
    const batch: Part[] = [];
    let room = MAX_BATCH_BYTES;
    while (this.#queue.length > 0 && room > 0) {
      const head = this.#queue[0]!;
      const messages: Message[] = [];
      while (!head.done && head.taken < head.records.length && room > 0) {
        const record = head.records[head.taken]!;
        const message = encodeRecord(record);
        const bytes = sizeOf(message);
        if (bytes > room && (batch.length > 0 || messages.length > 0)) {
          room = 0; // goes first in the next one
          break;
        }
        messages.push({ ...message, headers: { ...message.headers } });
        head.taken++;
        room -= bytes;
      }
      if (messages.length > 0) batch.push({ from: head, messages });
      if (head.done || head.taken === head.records.length) this.#queue.shift();
    }
    return batch;
  }

  async #deliver(batch: readonly Part[]): Promise<void> {
    const { backoff, log, onFailure } = this.options;
    for (let pause = backoff.first; !this.#stopped.signal.aborted; pause = Math.min(pause * 2, backoff.last)) {
      try {
        await this.#send(batch);
        for (const part of batch) this.#accept(part);
        return;
      } catch (error) {
        const type = kafkaErrorType(error) ?? '';
        const said = onFailure?.(error);
        const end = this.options.ends?.(error);
        if (end) {
          this.#end(end);
          break;
        }
        if (FINAL.has(type)) {
          // Some partitions may have taken theirs, and kafkajs has counted them back: what comes next would pass for a copy.
          await this.#drop();
          // One that is refused must not take the others of its batch along.
          if (batch.length > 1) for (const part of batch) await this.#deliver([part]);
          else batch[0]!.from.settle(error as Error);
          return;
        }
        if (!said) log.warn('records are not accepted; will try again', { topics: [...new Set(batch.map(({ from }) => from.topic.name))], waiting: this.#waiting, error });
        if (type === 'UNKNOWN_TOPIC_OR_PARTITION') for (const { from } of batch) this.options.topics.forget(from.topic);
        if (this.options.renew || PRODUCER_IS_LOST.has(type)) await this.#drop();
        await pausing(pause, this.#stopped.signal);
      }
    }
    for (const { from } of batch) from.settle(this.#stopped.signal.reason as Error);
  }

  async #send(batch: readonly Part[]): Promise<void> {
    this.#sender ??= this.options.open();
    const sender = await this.#sender.catch((error) => {
      this.#sender = undefined;
      throw error;
    });
    let missing = await this.#addressed(batch);
    while (missing.length > 0) {
      const accepted = new Set((await sender.send(missing)).map(({ topicName, partition }) => `${topicName} ${partition}`));
      // When a leader moves while a request to several brokers is repeated, kafkajs may leave a partition out and not say so.
      missing = missing.flatMap(({ topic, messages }) => {
        const rest = messages.filter(({ partition }) => !accepted.has(`${topic} ${partition}`));
        return rest.length > 0 ? [{ topic, messages: rest }] : [];
      });
    }
  }

  async #addressed(batch: readonly Part[]): Promise<TopicMessages[]> {
    const byTopic = new Map<string, Message[]>();
    for (const { from, messages } of batch) {
      const partitions = await this.options.topics.ensure(from.topic);
      const list = byTopic.get(from.topic.name) ?? [];
      byTopic.set(from.topic.name, list);
      for (const message of messages) list.push({ ...message, partition: partitionOf(String(message.headers!.ce_partitionkey), partitions) });
    }
    return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  }

  #accept({ from, messages }: Part): void {
    this.options.onPublished?.(from.topic.name, messages.length);
    if (!from.done) this.#waiting -= messages.length;
    from.accepted += messages.length;
    if (from.accepted === from.records.length) from.settle();
  }

  async #drop(): Promise<void> {
    const sender = this.#sender;
    this.#sender = undefined;
    await sender?.then((one) => one.close()).catch((error) => this.options.log.debug('a producer did not end well', { error }));
  }
}

function sizeOf({ key, value, headers }: ReturnType<typeof encodeRecord>): number {
  let bytes = OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers)) bytes += name.length + Buffer.byteLength(String(text)) + 4;
  return bytes;
}
