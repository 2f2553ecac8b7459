import kafkajs, { type Admin, type Consumer, type Kafka as KafkaJS, type Producer, type SASLOptions } from 'kafkajs';
import type { Log } from '../log.js';
import type { KafkaSettings } from './settings.js';

// The only file that imports kafkajs, which is CommonJS and hides these names from Node: what the others need of it goes through here.
const { ConfigResourceTypes, Kafka, logLevel, Partitioners } = kafkajs;
export { ConfigResourceTypes };
export type { Admin, Consumer, Producer };
export type { ConsumerGroupJoinEvent, EachBatchPayload, Message, RecordMetadata, TopicMessages } from 'kafkajs';

export type KafkaClient = Pick<KafkaJS, 'admin' | 'consumer' | 'producer'>;

/** Said in full, because kafkajs has other defaults when NODE_ENV is "test". Whoever calls tries again for longer. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2, retries: 4 } as const;

export function kafkaClient({ brokers, tls, sasl }: KafkaSettings, clientId: string, log: Log): KafkaJS {
  return new Kafka({
    brokers: [...brokers], clientId, connectionTimeout: 3_000, authenticationTimeout: 10_000, requestTimeout: 15_000, retry: RETRY,
    ...(tls && { ssl: tls.ca === undefined ? true : { ca: [tls.ca] } }),
    ...(sasl && { sasl: sasl as SASLOptions }), // the mechanism is one of three there too, each with its own type
    logLevel: logLevel.WARN,
    // What kafkajs calls an error is mostly one attempt of several; what comes of it is said by us.
    logCreator: () => ({ level, log: { message, timestamp: _, logger: __, stack: ___, ...fields } }) => log[level === logLevel.ERROR ? 'warn' : 'debug'](`kafka: ${message}`, fields),
  });
}

const partitioner = Partitioners.DefaultPartitioner();
const metadata = new Map<number, Parameters<typeof partitioner>[0]['partitionMetadata']>();

/** Murmur2, as Kafka's own clients do it: the same partition for the same key everywhere. */
export function partitionOf(partitionKey: string, partitions: number): number {
  let known = metadata.get(partitions);
  if (!known) {
    known = Array.from({ length: partitions }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] }));
    metadata.set(partitions, known);
  }
  return partitioner({ topic: '', partitionMetadata: known, message: { key: partitionKey, value: null } });
}

/** Kafka's name of what went wrong, such as "MESSAGE_TOO_LARGE", also when kafkajs has wrapped it. */
export function kafkaErrorType(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
  }
  return undefined;
}
