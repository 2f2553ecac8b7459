import type { Topic } from '@bordergate/contracts';
import type { JournalErrorHandler } from '../journal.js';
import { ConfigResourceTypes, type Admin, type KafkaClient } from './client.js';
import type { KafkaSettings } from './settings.js';

/** What a topic holds is kept otherwise than its readers rely on. */
export class TopicMisconfigured extends Error {
  override readonly name = 'TopicMisconfigured';
}

/** Of a partition: the oldest offset kept, and the one the next record gets. */
export interface Extent {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** Makes topics that are missing, looks at those that are there, and tells how far they reach. */
export class Topics {
  readonly #partitions = new Map<string, Promise<number>>();
  #admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: KafkaClient, private readonly settings: Pick<KafkaSettings, 'partitions' | 'replication'>, private readonly onError: JournalErrorHandler) {}

  /** How many partitions the topic has, which is made when there is none. Remembered until `forget`. */
  ensure(topic: Topic): Promise<number> {
    const known = this.#partitions.get(topic.name);
    if (known) return known;
    const made = this.#use((admin) => this.#ensure(admin, topic));
    this.#partitions.set(topic.name, made);
    made.catch(() => this.forget(topic));
    return made;
  }

  forget(topic: Topic): void {
    this.#partitions.delete(topic.name);
  }

  extents(topic: Topic): Promise<Extent[]> {
    return this.#use(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic.name);
      return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
    });
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then((one) => one.disconnect());
  }

  async #ensure(admin: Admin, topic: Topic): Promise<number> {
    // Looked up first: who may not create topics may still use those that are there.
    const exists = (await admin.listTopics()).includes(topic.name);
    const made = !exists && (await admin.createTopics({ topics: [{
      topic: topic.name, numPartitions: this.settings.partitions, replicationFactor: this.settings.replication ?? -1,
      configEntries: Object.entries(topicConfig(topic)).map(([name, value]) => ({ name, value })),
    }] }));
    if (!made) await this.#inspect(admin, topic);
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic.name] });
    return topics[0]!.partitions.length;
  }

  async #inspect(admin: Admin, topic: Topic): Promise<void> {
    const configNames = Object.keys(topicConfig(topic));
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configNames }] });
    const found = Object.fromEntries((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]));
    const problem = misconfiguration(topic, found);
    if (problem) this.onError(new TopicMisconfigured(problem), { topic: topic.name, consumer: 'journal' });
  }

  /** One connection for all; after a failure a new one, since kafkajs's does not always find back. */
  async #use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const mine = this.#admin;
    try {
      return await work(await mine);
    } catch (error) {
      if (this.#admin === mine) this.#admin = undefined;
      void mine.then((admin) => admin.disconnect()).catch(() => undefined); // what went wrong is thrown below
      throw error;
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** The settings of a topic that its readers rely on. */
export function topicConfig({ retention }: Topic): Record<string, string> {
  if (retention === 'compacted') return { 'cleanup.policy': 'compact' };
  return { 'cleanup.policy': 'delete', 'retention.ms': retention === 'forever' ? '-1' : String(retention), 'retention.bytes': '-1' };
}

/** What is wrong with a topic that someone else has made; nothing is wrong with keeping more than is needed. */
export function misconfiguration(topic: Topic, found: Readonly<Record<string, string | undefined>>): string | undefined {
  const wanted = topicConfig(topic);
  const wrong = Object.entries(wanted).filter(([name, value]) => found[name] !== undefined && found[name] !== value && !(name === 'retention.ms' && keepsLonger(found[name], value)));
  if (wrong.length === 0) return undefined;
  return `${topic.name} has ${wrong.map(([name]) => `${name}=${found[name]}`).join(', ')}, and needs ${wrong.map(([name, value]) => `${name}=${value}`).join(', ')}`;
}

const keepsLonger = (found: string, wanted: string): boolean => found === '-1' || (wanted !== '-1' && Number(found) > Number(wanted));
