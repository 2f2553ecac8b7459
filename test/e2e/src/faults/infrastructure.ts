import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Topic } from '@bordergate/contracts';
import { startPostgres } from '@bordergate/platform';
import kafkajs from 'kafkajs';
import { findKafka, type Kafka } from '../../../../tools/kafka.mjs';
import { run } from '../index.js';
import type { SmallDisk } from './small-disk.js';

const { ConfigResourceTypes, ConfigSource, Kafka: Client, logLevel } = kafkajs;
const NFT_TABLE = 'bordergate_faults';

/** The broker's folder: beneath the disk, for a folder can be removed and a disk's root cannot. */
export const brokerDir = ({ dir }: SmallDisk): string => path.join(dir, 'kafka');

/** The cluster's own broker and database, to be broken. */
export class Infrastructure {
  readonly #postgresDir: string;

  private constructor(private readonly kafka: Kafka, private readonly disk: SmallDisk, dir: string, private readonly databaseUrl: string) {
    this.#postgresDir = path.join(dir, 'postgres');
  }

  /** @param dir the cluster's @param disk where its broker lives */
  static async of({ dir, disk, databaseUrl }: { dir: string; disk: SmallDisk; databaseUrl: string }): Promise<Infrastructure> {
    const kafka = await findKafka(brokerDir(disk));
    if (!kafka) throw new Error('the broker does not run');
    return new Infrastructure(kafka, disk, dir, databaseUrl);
  }

  get broker(): Pick<Kafka, 'stop' | 'kill' | 'restart'> {
    return this.kafka;
  }

  async brokerFrozen(meanwhile: () => Promise<unknown>): Promise<void> {
    await frozen(this.kafka.pid!, meanwhile);
  }

  /** The broker ends when it cannot write; it is started again when there is room. */
  async brokerDiskFull(meanwhile: () => Promise<unknown>): Promise<void> {
    await this.disk.full(meanwhile);
    await this.kafka.restart();
  }

  /** Packets to and from the broker's port are dropped, in silence: nobody is refused. */
  async brokerUnreachable(meanwhile: () => Promise<unknown>): Promise<void> {
    const port = this.kafka.brokers.split(':')[1];
    const drops = ['dport', 'sport'].map((side) => `tcp ${side} ${port} drop`).join('; ');
    await run(['nft', '-f', '-'], { input: `table inet ${NFT_TABLE} { chain input { type filter hook input priority 0; ${drops}; }; }\n` });
    try {
      await meanwhile();
    } finally {
      await run(['nft', 'delete', 'table', 'inet', NFT_TABLE]);
    }
  }

  /** The broker refuses whatever is larger than this on these topics. */
  async refusing(topics: readonly Topic[], bytes: number, meanwhile: () => Promise<unknown>): Promise<void> {
    const admin = new Client({ brokers: [this.kafka.brokers], clientId: 'operator', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const asked = topics.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name }));
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: asked });
      // the whole list is replaced: what the topics have of their own has to stay
      const own = resources.map(({ resourceName, configEntries }) => ({ name: resourceName, entries: configEntries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG).map(({ configName, configValue }) => ({ name: configName, value: configValue })) }));
      const alter = (more: { name: string; value: string }[]) => admin.alterConfigs({ validateOnly: false, resources: own.map(({ name, entries }) => ({ type: ConfigResourceTypes.TOPIC, name, configEntries: [...entries, ...more] })) });
      await alter([{ name: 'max.message.bytes', value: String(bytes) }]);
      await meanwhile().finally(() => alter([]));
    } finally {
      await admin.disconnect();
    }
  }

  /** SIGINT is PostgreSQL's quick stop, SIGKILL its crash. Answers when it has ended. */
  async endDatabase(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const pid = Number(readFileSync(path.join(this.#postgresDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, signal);
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async startDatabase(): Promise<void> {
    await startPostgres(this.#postgresDir, Number(new URL(this.databaseUrl).port));
  }
}

/** Stopped as if nobody gave it a processor: its connections stay, and nothing answers. */
export async function frozen(pid: number, meanwhile: () => Promise<unknown>): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await meanwhile().finally(() => process.kill(pid, 'SIGCONT'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}
