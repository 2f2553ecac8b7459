import type { JournalRecord, Topic } from '@bordergate/contracts';
import { NotOwner } from '../journal.js';
import { kafkaErrorType, type RecordMetadata } from './client.js';
import { Writer, type Sender, type WriterOptions } from './writer.js';

/** The broker knows a younger owner, or a producer that this id does not have any more. */
const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING']);

export interface LeaseParts {
  readonly group: string;
  readonly partition: number;
  /** Opened before the lease begins: all older owners are fenced. */
  readonly sender: Sender;
  /** Another producer, after a failure. @throws NotOwner when the partition has been given to another meanwhile */
  readonly renew: () => Promise<Sender>;
  /** Where the partition of each topic ended when the lease began. */
  readonly ends: ReadonlyMap<string, number>;
  readonly writer: Omit<WriterOptions, 'open' | 'renew' | 'ends'>;
  /** It is over before its assignment is: a younger owner has been seen. */
  readonly onOver: (error: unknown) => void;
}

/** The right to write one partition, from one assignment to its end. */
export class Lease {
  readonly #writer: Writer;
  /** Where the partition of each topic ends if nobody else has written; undefined: not known. */
  readonly #ends: Map<string, number | undefined>;
  /** The handler has taken it over. */
  settled = false;

  constructor(private readonly parts: LeaseParts) {
    this.#ends = new Map(parts.ends);
    let first: Sender | undefined = parts.sender;
    this.#writer = new Writer({
      ...parts.writer, renew: true,
      open: async () => {
        const sender = first ?? (await parts.renew());
        first = undefined;
        return { ...sender, send: (topicMessages) => sender.send(topicMessages).then((accepted) => this.#wrote(topicMessages, accepted), (error) => this.#lostCount(topicMessages, error)) };
      },
      ends: (error) => this.#over(error),
    });
  }

  get waiting(): number {
    return this.#writer.waiting;
  }

  publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    return this.#writer.publish(topic, records);
  }

  /** It was taken over, and nobody else has written since it began: as these ends show. */
  isContinuedBy(ends: ReadonlyMap<string, number>): boolean {
    return this.settled && [...ends].every(([topic, end]) => this.#ends.get(topic) === end);
  }

  close(): Promise<void> {
    return this.#writer.close(new NotOwner(this.parts.group, this.parts.partition));
  }

  /** A batch is followed by the mark that ends its transaction. */
  #wrote(topicMessages: readonly { topic: string; messages: readonly unknown[] }[], accepted: RecordMetadata[]): RecordMetadata[] {
    for (const { topicName, baseOffset } of accepted) {
      const messages = topicMessages.find(({ topic }) => topic === topicName)?.messages.length ?? 0;
      this.#ends.set(topicName, baseOffset === undefined ? undefined : Number(baseOffset) + messages + 1);
    }
    return accepted;
  }

  #lostCount(topicMessages: readonly { topic: string }[], error: unknown): never {
    for (const { topic } of topicMessages) this.#ends.set(topic, undefined);
    throw error;
  }

  #over(error: unknown): Error | undefined {
    if (!(error instanceof NotOwner) && !FENCED.has(kafkaErrorType(error) ?? '')) return undefined;
    this.parts.onOver(error);
    return new NotOwner(this.parts.group, this.parts.partition);
  }
}
