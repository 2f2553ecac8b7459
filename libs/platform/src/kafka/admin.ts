import type { Admin, KafkaClient } from './client.js';

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
      throw error;
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then((one) => one.disconnect());
  }

  async #connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
