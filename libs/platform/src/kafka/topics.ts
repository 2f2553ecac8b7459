import type { Topic } from '@bordergate/contracts';
import type { JournalErrorHandler } from '../journal.js';
import type { AdminConnection } from './admin.js';
import { ConfigResourceTypes, type Admin } from './client.js';
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

  constructor(private readonly admin: AdminConnection, private readonly settings: Pick<KafkaSettings, 'partitions' | 'replication'>, private readonly onError: JournalErrorHandler) {}

  /** How many partitions the topic has, which is made when there is none. Remembered until `forget`. */
  ensure(topic: Topic): Promise<number> {
    const known = this.#partitions.get(topic.name);
    if (known) return known;
    const made = this.admin.use((admin) => this.#ensure(admin, topic));
    this.#partitions.set(topic.name, made);
    made.catch(() => this.forget(topic));
    return made;
  }

  forget(topic: Topic): void {
    this.#partitions.delete(topic.name);
  }

  /** @param only these partitions */
  extents(topic: Topic, only?: readonly number[]): Promise<Extent[]> {
    return this.admin.use(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic.name);
      return offsets.filter(({ partition }) => only?.includes(partition) ?? true).map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
    });
  }

  async #ensure(admin: Admin, topic: Topic): Promise<number> {
    // Looked up first: who may not create topics may still use those that are there.
    const exists = (await admin.listTopics()).includes(topic.name);
    const made = !exists && (await admin.createTopics({ topics: [{
      topic: topic.name, numPartitions: this.settings.partitions, replicationFactor: this.settings.replication ?? -1,
      configEntries: Object.entries({ ...topicConfig(topic), ...BROKER_CLOCK }).map(([name, value]) => ({ name, value })),
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
}

/** The time of a message is the broker's. With the producer's, the default, a process whose clock is an hour ahead could publish nothing, and retention would go by whatever clocks say. */
const BROKER_CLOCK = { 'message.timestamp.type': 'LogAppendTime' };

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
