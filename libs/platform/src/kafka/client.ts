import type { Admin, Consumer, Kafka as KafkaJS, PartitionAssigner, Producer, SASLOptions } from 'kafkajs';
import type { Log } from '../log.js';
import { AssignerProtocol, ConfigResourceTypes, Kafka, logLevel, Partitioners } from './kafkajs.js';
import type { KafkaSettings } from './settings.js';

// What other files need of kafkajs goes through here.
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
    // What kafkajs calls an error or a warning is one attempt of several, a topic that is there already, a group that shares out; what comes of it is thrown, and said by us.
    logCreator: () => ({ log: { message, timestamp: _, logger: __, stack: ___, ...fields } }) => log.debug(`kafka: ${message}`, fields),
  });
}

const partitioner = Partitioners.DefaultPartitioner();
/** By number of partitions: kafkajs's hash takes some microseconds, and rows come by the hundred thousand for few keys. */
const known = new Map<number, Map<string, number>>();
const MAX_KNOWN = 10_000;

/** Murmur2, as Kafka's own clients do it: the same partition for the same key everywhere. */
export function partitionOf(partitionKey: string, partitions: number): number {
  const ofKeys = known.get(partitions) ?? new Map<string, number>();
  const remembered = ofKeys.get(partitionKey);
  if (remembered !== undefined) return remembered;
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] }));
  const partition = partitioner({ topic: '', partitionMetadata, message: { key: partitionKey, value: null } });
  if (ofKeys.size >= MAX_KNOWN) ofKeys.clear();
  known.set(partitions, ofKeys.set(partitionKey, partition));
  return partition;
}

/** Kafka's name of what went wrong, such as "MESSAGE_TOO_LARGE", also when kafkajs has wrapped it. */
export function kafkaErrorType(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
  }
  return undefined;
}

/** For a group of one: it reads these partitions and no others. */
export function readsOnly(topic: string, partitions: readonly number[]): PartitionAssigner {
  const name = 'bordergate.some';
  const userData = Buffer.alloc(0);
  return () => ({
    name, version: 0,
    protocol: ({ topics }) => ({ name, metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData }) }),
    assign: async ({ members }) => members.map(({ memberId }) => ({
      memberId, memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 0, assignment: { [topic]: [...partitions] }, userData }),
    })),
  });
}

/** Which partitions of a topic a member of a group was assigned. */
export const assignedTo = (memberAssignment: Buffer, topic: string): readonly number[] =>
  memberAssignment.length === 0 ? [] : (AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? []);
