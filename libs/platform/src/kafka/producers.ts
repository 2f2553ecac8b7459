import { RETRY, type KafkaClient } from './client.js';
import type { Sender } from './writer.js';

const createPartitioner = () => ({ message }: { message: { partition?: number } }) => message.partition!;

/** A producer whose repeated batches the broker knows: each record once while the producer lives. */
export async function openIdempotent(kafka: KafkaClient): Promise<Sender> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner, retry: RETRY });
  await producer.connect();
  return {
    send: (topicMessages) => producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages }),
    close: () => producer.disconnect(),
  };
}

/**
 * The one producer of its id. When it is open, every other one of that id is fenced: the broker takes nothing from it any
 * more, and what it had begun is undone. Each batch is a transaction. It does not survive a failure: kafkajs counts what
 * failed back, and in the next transaction the broker would take it for a copy of what was undone.
 */
export async function openTransactional(kafka: KafkaClient, transactionalId: string): Promise<Sender> {
  const producer = kafka.producer({
    transactionalId, idempotent: true, maxInFlightRequests: 1, transactionTimeout: 30_000, allowAutoTopicCreation: false, createPartitioner, retry: { ...RETRY, initialRetryTime: 20 },
  });
  await producer.connect();
  try {
    await (await producer.transaction()).abort(); // begins with the broker's answer which epoch is ours
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
  return {
    send: async (topicMessages) => {
      const transaction = await producer.transaction();
      try {
        const accepted = await transaction.sendBatch({ acks: -1, timeout: 10_000, topicMessages });
        await transaction.commit();
        return accepted;
      } catch (error) {
        if (transaction.isActive()) await transaction.abort().catch(() => undefined); // so that readers need not wait for the next owner or a time-out to undo it
        throw error;
      }
    },
    close: () => producer.disconnect(),
  };
}
