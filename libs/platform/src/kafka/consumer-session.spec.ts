import { expect, it, vi } from 'vitest';
import type { Consumer } from './client.js';
import { ConsumerSession, type SessionOptions } from './consumer-session.js';

/** kafkajs's consumer as far as a session sees it; `emit` is what happens to it. */
function fake() {
  const listeners = new Map<string, (event: unknown) => void>();
  const consumer = { on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener), connect: vi.fn(), subscribe: vi.fn(), run: vi.fn(), disconnect: vi.fn() };
  return { consumer: consumer as unknown as Consumer, disconnect: consumer.disconnect, emit: (name: string, payload: unknown) => listeners.get(`consumer.${name}`)!({ payload }) };
}
const stopping = () => {
  const controller = new AbortController();
  return { stop: () => controller.abort(), stopped: controller.signal };
};
const options = (more: Partial<SessionOptions> & Pick<SessionOptions, 'stopped'>): SessionOptions => ({ topic: 't', onJoin: vi.fn(), eachBatch: async () => {}, lookMs: () => 1, ...more });

it('ends when it is told to, and disconnects', async () => {
  const { consumer, disconnect, emit } = fake();
  const { stop, stopped } = stopping();
  const onJoin = vi.fn();
  const session = new ConsumerSession(consumer, options({ stopped, onJoin }));
  const run = session.run();
  emit('group_join', { memberId: 'm' });
  expect(session.joined).toBe(true);
  expect(onJoin).toHaveBeenCalledWith({ memberId: 'm' });
  stop();
  await run;
  expect(session.joined).toBe(false);
  expect(disconnect).toHaveBeenCalledTimes(1);
});

it('throws what the consumer crashed of, and looks no more: a look that is under way learns that it is over', async () => {
  const { consumer, emit } = fake();
  let looked!: (over: AbortSignal) => void;
  const looking = new Promise<AbortSignal>((resolve) => { looked = resolve; });
  const look = vi.fn(async (over: AbortSignal) => {
    looked(over);
    await new Promise((resolve) => over.addEventListener('abort', resolve));
  });
  const run = new ConsumerSession(consumer, options({ stopped: stopping().stopped, look })).run();
  const over = await looking;
  emit('crash', { error: new Error('crashed') });
  await expect(run).rejects.toThrow('crashed');
  expect(over.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(look).toHaveBeenCalledTimes(1);
});

it('throws what a look finds', async () => {
  const { consumer, disconnect } = fake();
  await expect(new ConsumerSession(consumer, options({ stopped: stopping().stopped, look: async () => { throw new Error('truncated'); } })).run()).rejects.toThrow('truncated');
  expect(disconnect).toHaveBeenCalledTimes(1);
});

it('does not take a consumer for alive that shows no life', async () => {
  const { consumer, emit } = fake();
  let now = 0;
  const clocks = [vi.spyOn(performance, 'now').mockImplementation(() => now), vi.spyOn(Date, 'now').mockImplementation(() => now)];
  const look = vi.fn(async () => {
    now += 25_000;
    if (look.mock.calls.length <= 3) emit('fetch', {});
  });
  await expect(new ConsumerSession(consumer, options({ stopped: stopping().stopped, look })).run()).rejects.toThrow('stands still');
  expect(look).toHaveBeenCalledTimes(6); // three with a sign of life, and three more
  for (const clock of clocks) clock.mockRestore();
});

it('ends when the clock is set back, for its heartbeats end then; forward is no matter', async () => {
  const { consumer, emit } = fake();
  const real = Date.now;
  let ahead = 0;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
  const offsets = [7_200_000, 7_199_000, 0];
  const look = vi.fn(async () => {
    emit('fetch', {});
    ahead = offsets.shift()!;
  });
  await expect(new ConsumerSession(consumer, options({ stopped: stopping().stopped, look })).run()).rejects.toThrow('the clock was set back');
  expect(look).toHaveBeenCalledTimes(3);
  clock.mockRestore();
});

it('tells of batches without a record, which come to no handler', async () => {
  const { consumer, emit } = fake();
  const { stop, stopped } = stopping();
  const onEmptyBatch = vi.fn();
  const run = new ConsumerSession(consumer, options({ stopped, onEmptyBatch })).run();
  emit('end_batch_process', { partition: 2, batchSize: 5, lastOffset: '9' });
  emit('end_batch_process', { partition: 2, batchSize: 0, lastOffset: '11' });
  expect(onEmptyBatch.mock.calls).toEqual([[2, 12]]);
  stop();
  await run;
});
