import { expect, it, vi } from 'vitest';
import { AdminConnection, MetadataMissing } from './admin.js';
import type { KafkaClient } from './client.js';
import { isSettling } from './consumer-session.js';

function connection(connect: () => Promise<void> = async () => {}) {
  const disconnect = vi.fn(async () => {});
  const admin = vi.fn(() => ({ connect, disconnect }));
  return { admins: new AdminConnection({ admin } as unknown as KafkaClient), admin, disconnect };
}

it('takes it for a topic or a broker that is about to be ready when kafkajs reaches into metadata it has not', async () => {
  const { admins, admin } = connection();
  const nothing = null as unknown as { topicMetadata: string };
  const asked = admins.use(async () => nothing.topicMetadata);
  await expect(asked).rejects.toThrow(MetadataMissing);
  expect(isSettling(await asked.catch((error: unknown) => error))).toBe(true);
  await expect(admins.use(async () => { throw new Error('refused'); })).rejects.toThrow('refused');
  await admins.use(async () => 'well');
  await admins.use(async () => 'well');
  expect(admin).toHaveBeenCalledTimes(3); // after a failure another one
});

it('ends well when it has never been connected', async () => {
  let fail!: (error: Error) => void;
  const { admins, disconnect } = connection(() => new Promise((_, reject) => { fail = reject; }));
  const asked = admins.use(async () => 'never');
  const closed = admins.close();
  fail(new Error('nobody is there'));
  await expect(asked).rejects.toThrow('nobody is there');
  await closed;
  expect(disconnect).not.toHaveBeenCalled();
});
