import { RETRY, type KafkaClient } from './client.js';
import type { Sender } from './writer.js';

/** A producer whose repeated batches the broker knows: each record once while the producer lives. */
export async function openIdempotent(kafka: KafkaClient): Promise<Sender> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: () => ({ message }) => message.partition!, retry: RETRY });
  await producer.connect();
  return {
    send: (topicMessages) => producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages }),
    close: () => producer.disconnect(),
  };
}
