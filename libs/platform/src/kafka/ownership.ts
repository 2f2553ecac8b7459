import type { JournalRecord, Topic } from '@bordergate/contracts';
import { NotOwner, type Ownership, type OwnershipHandler } from '../journal.js';
import { pausing, persist, type Backoff } from '../retry.js';
import type { AdminConnection } from './admin.js';
import { assignedTo, partitionOf, type KafkaClient } from './client.js';
import { CONSUMER, ConsumerSession } from './consumer-session.js';
import { Lease, type LeaseParts } from './lease.js';
import { openTransactional } from './producers.js';
import { Reader, type ReaderParts } from './reader.js';
import { TopicMisconfigured, type Topics } from './topics.js';
import type { Sender } from './writer.js';

export interface OwnershipParts {
  readonly kafka: KafkaClient;
  readonly admin: AdminConnection;
  readonly topics: Topics;
  readonly group: string;
  /** What is written under this ownership. */
  readonly written: readonly Topic[];
  readonly handler: OwnershipHandler;
  readonly writer: LeaseParts['writer'];
  readonly reader: Pick<ReaderParts, 'batchSize' | 'truncatedMs' | 'park'>;
  readonly backoff: Backoff;
  readonly onError: (error: unknown) => void;
  /** The broker answers. */
  readonly onWorks: () => void;
  readonly onClose: () => void;
}

/** An owner that does not answer is replaced after this. */
const SESSION_MS = 10_000;
const LOOK_MS = 5_000;

/**
 * Partitions are given out by a consumer group on a topic that has nothing in it but the right number of them. The group
 * says who should write; that nobody else can is the broker's work: the owner of a partition is the one transactional
 * producer of the partition's id, and who was it before is fenced.
 */
export class KafkaOwnership implements Ownership {
  readonly #leases = new Map<number, Lease>();
  readonly #stopped = new AbortController();
  readonly #topic: Topic;
  readonly #done: Promise<void>;
  #partitions = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Aborted when another assignment has come, or none holds. */
  #assignment = new AbortController();
  #mine: { readonly member: string; readonly partitions: readonly number[] } | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(private readonly parts: OwnershipParts) {
    this.#topic = { name: `${parts.group}.ownership.v1`, key: '', content: 'nothing: who writes which partition', retention: 86_400_000 };
    this.#done = this.#run();
  }

  partitionOf(partitionKey: string): number {
    // Before the number is known nothing is owned.
    return this.#partitions === 0 ? -1 : partitionOf(partitionKey, this.#partitions);
  }

  owns(partition: number): boolean {
    return this.#leases.has(partition);
  }

  /** Partitions that are ours, for metrics. */
  get owned(): number {
    return this.#leases.size;
  }

  get waiting(): number {
    return [...this.#leases.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  async publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    if (!this.parts.written.some(({ name }) => name === topic.name)) throw new Error(`${topic.name} is not written by ${this.parts.group}`);
    const byPartition = new Map<number, JournalRecord[]>();
    for (const record of records) {
      const partition = this.partitionOf(record.partitionKey);
      const list = byPartition.get(partition);
      if (list) list.push(record);
      else byPartition.set(partition, [record]);
    }
    const written = await Promise.allSettled([...byPartition].map(async ([partition, some]) => {
      const lease = this.#leases.get(partition);
      if (!lease) throw new NotOwner(this.parts.group, partition);
      await lease.publish(topic, some);
    }));
    const failed = written.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async read(topic: Topic, partitions: readonly number[], batch: (records: readonly JournalRecord[]) => void): Promise<void> {
    const { kafka, topics, reader: more, backoff, group, onError } = this.parts;
    const over = this.#assignment.signal;
    let reader: Reader | undefined;
    const read = new Promise<void>((resolve, reject) => {
      over.addEventListener('abort', () => reject(new NotOwner(group, partitions[0] ?? -1)), { once: true });
      reader = new Reader({
        kafka, topics, topic, partitions, backoff, ...more, onError, onRestart: () => {}, onClose: () => {}, options: { name: `${group}/handover`, from: 'beginning' }, handler: { batch, caughtUp: resolve },
      });
    });
    try {
      if (over.aborted) throw new NotOwner(group, partitions[0] ?? -1);
      await read;
    } finally {
      await reader?.close();
    }
  }

  async close(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      this.parts.onClose();
    }
    await this.#done;
  }

  async #run(): Promise<void> {
    const { backoff, onError } = this.parts;
    for (let pause = backoff.first; !this.#stopped.signal.aborted; pause = Math.min(pause * 2, backoff.last)) {
      try {
        await this.#session();
      } catch (error) {
        onError(error);
      } finally {
        this.#assignment.abort();
        await this.#turn;
        this.#release([...this.#leases.keys()]);
      }
      await pausing(pause, this.#stopped.signal);
    }
    await Promise.all(this.#closing);
  }

  async #session(): Promise<void> {
    const { kafka, topics, group, written } = this.parts;
    this.#partitions = await topics.ensure(this.#topic);
    for (const topic of written) {
      const partitions = await topics.ensure(topic);
      if (partitions !== this.#partitions) throw new TopicMisconfigured(`${topic.name} has ${partitions} partitions, and ${this.#topic.name} ${this.#partitions}: they need the same number`);
    }
    const consumer = kafka.consumer({ groupId: group, ...CONSUMER, sessionTimeout: SESSION_MS, heartbeatInterval: 1_000 });
    const leaving = new AbortController();
    const leave = () => {
      // Given away before the group is left: who comes next finds nothing half done.
      this.#assignment.abort();
      this.#release([...this.#leases.keys()]);
      void Promise.all(this.#closing).then(() => leaving.abort());
    };
    this.#stopped.signal.addEventListener('abort', leave, { once: true });
    if (this.#stopped.signal.aborted) return;
    try {
      await new ConsumerSession(consumer, {
        topic: this.#topic.name, stopped: leaving.signal, lookMs: () => LOOK_MS, eachBatch: async () => {},
        onJoin: ({ memberId, memberAssignment }) => {
          this.parts.onWorks();
          this.#assigned(memberId, memberAssignment[this.#topic.name] ?? []);
        },
      }).run();
    } finally {
      this.#stopped.signal.removeEventListener('abort', leave);
    }
  }

  #assigned(member: string, partitions: readonly number[]): void {
    this.#assignment.abort();
    this.#assignment = new AbortController();
    if (this.#stopped.signal.aborted) this.#assignment.abort();
    const { signal } = this.#assignment;
    this.#mine = { member, partitions };
    this.#turn = this.#turn.then(async () => { await this.#persist(signal, () => this.#take(signal, member, partitions)); });
  }

  async #take(signal: AbortSignal, member: string, partitions: readonly number[]): Promise<void> {
    this.#release([...this.#leases.keys()].filter((partition) => !partitions.includes(partition)));
    const ends = await this.#ends(partitions);
    // Ours before and now, and nobody wrote in between: there is nothing to take over.
    this.#release([...this.#leases].filter(([partition, lease]) => !lease.isContinuedBy(ends.get(partition)!)).map(([partition]) => partition));
    const fresh = partitions.filter((partition) => !this.#leases.has(partition));
    if (fresh.length === 0) return;
    const leases = await this.#open(member, fresh);
    if (signal.aborted) {
      for (const lease of leases.values()) this.#close(lease);
      return;
    }
    for (const [partition, lease] of leases) this.#leases.set(partition, lease);
    const taken = await this.#persist(signal, async () => this.parts.handler.acquired(fresh));
    if (taken) for (const lease of leases.values()) lease.settled = true;
  }

  /** First all older owners are fenced, then it is made sure that the assignment still holds: whoever comes after that fences us. */
  async #open(member: string, partitions: readonly number[]): Promise<Map<number, Lease>> {
    const { group, writer } = this.parts;
    const open = (partition: number) => openTransactional(this.parts.kafka, `${group}-${partition}`);
    const senders = new Map<number, Sender>();
    try {
      for (const partition of partitions) senders.set(partition, await open(partition));
      await this.#verify(member, partitions);
      const ends = await this.#ends(partitions);
      return new Map([...senders].map(([partition, sender]) => [partition, new Lease({
        group, partition, sender, writer, ends: ends.get(partition)!,
        renew: async () => {
          const another = await open(partition);
          try {
            await this.#verify(member, [partition]);
            return another;
          } catch (error) {
            await another.close();
            throw error;
          }
        },
        onOver: (error) => this.#over(partition, error),
      })]));
    } catch (error) {
      await Promise.allSettled([...senders.values()].map((sender) => sender.close()));
      throw error;
    }
  }

  /** @throws NotOwner when the group has given them to others, or is about to */
  async #verify(member: string, partitions: readonly number[]): Promise<void> {
    const { admin, group } = this.parts;
    const { groups: [found] } = await admin.use((one) => one.describeGroups([group]));
    const us = found?.state === 'Stable' ? found.members.find(({ memberId }) => memberId === member) : undefined;
    const ours = us ? assignedTo(us.memberAssignment, this.#topic.name) : [];
    const lost = partitions.find((partition) => !ours.includes(partition));
    if (lost !== undefined) throw new NotOwner(group, lost);
  }

  /** By partition: where each of the written topics ends. */
  async #ends(partitions: readonly number[]): Promise<Map<number, Map<string, number>>> {
    const ends = new Map(partitions.map((partition) => [partition, new Map<string, number>()]));
    if (partitions.length === 0) return ends;
    for (const topic of this.parts.written) {
      for (const { partition, high } of await this.parts.topics.extents(topic, partitions)) ends.get(partition)!.set(topic.name, high);
    }
    return ends;
  }

  /** A lease has found a younger owner. If the group knows nothing of that, the partition is taken again. */
  #over(partition: number, error: unknown): void {
    if (!this.#leases.has(partition)) return;
    this.parts.onError(error);
    this.#release([partition]);
    if (this.#mine) this.#assigned(this.#mine.member, this.#mine.partitions);
  }

  #release(partitions: readonly number[]): void {
    if (partitions.length === 0) return;
    const leases = partitions.map((partition) => this.#leases.get(partition)!);
    for (const partition of partitions) this.#leases.delete(partition);
    this.parts.handler.released(partitions);
    for (const lease of leases) this.#close(lease);
  }

  /** What is under way ends by itself; the broker decides what becomes of it. */
  #close(lease: Lease): void {
    const closing = lease.close().catch(this.parts.onError).then(() => { this.#closing.delete(closing); });
    this.#closing.add(closing);
  }

  /** That a partition is not ours is no error while the group shares out: another assignment will come. */
  #persist(signal: AbortSignal, attempt: () => Promise<void>): Promise<boolean> {
    return persist(attempt, this.parts.backoff, signal, (error) => { if (!(error instanceof NotOwner)) this.parts.onError(error); });
  }
}
