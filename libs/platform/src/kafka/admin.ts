import type { Admin, KafkaClient } from './client.js';

/** kafkajs has reached into metadata that it has not: of a topic that the broker asked has not heard of yet, or of a broker that has just gone. */
export class MetadataMissing extends Error {
  override readonly name = 'MetadataMissing';
  readonly type = 'UNKNOWN_TOPIC_OR_PARTITION';
  constructor(cause: TypeError) {
    super('the broker has not told of the topic', { cause });
  }
}

/** One connection for all questions and orders; after a failure a new one, since kafkajs's does not always find back. */
export class AdminConnection {
  #admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: KafkaClient) {}

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const mine = this.#admin;
    try {
      return await work(await mine);
    } catch (error) {
      if (this.#admin === mine) this.#admin = undefined;
      void mine.then((admin) => admin.disconnect()).catch(() => undefined); // what went wrong is thrown below
      throw error instanceof TypeError ? new MetadataMissing(error) : error;
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    const connected = await admin?.catch(() => undefined); // who waited for it was told; what was not reached need not be left
    await connected?.disconnect();
  }

  async #connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
