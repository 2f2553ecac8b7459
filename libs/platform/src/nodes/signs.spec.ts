import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { expect, it, vi } from 'vitest';
import { createLog } from '../log.js';
import { giveSigns } from './signs.js';

it('signs of life are given one at a time, also when one was not taken', async () => {
  vi.useFakeTimers();
  const sent: { topic: Topic; records: readonly JournalRecord[]; settle: (error?: Error) => void }[] = [];
  const journal = { publish: (topic: Topic, records: readonly JournalRecord[]) => new Promise<void>((resolve, reject) => sent.push({ topic, records, settle: (error) => (error ? reject(error) : resolve()) })) };
  let made = 0;
  const stop = giveSigns({ journal: journal as never, clock: { now: () => 0 }, log: createLog('test', { level: 'silent' }), key: 'r/n', actor: 'test', everyMs: 10, make: () => ({ type: 'NodeListenerEcho', listener: `${made++}` }) });
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.map(({ topic, records: [record] }) => [topic, record!.key, record!.partitionKey, record!.event!.data])).toEqual([[TOPICS.nodes, 'r/n', 'nodes', { type: 'NodeListenerEcho', listener: '0' }]]);
  sent[0]!.settle(new Error('the broker is away'));
  await vi.advanceTimersByTimeAsync(10);
  expect(sent).toHaveLength(2);
  sent[1]!.settle();
  await vi.advanceTimersByTimeAsync(10);
  expect([sent.length, made]).toEqual([3, 3]);
  stop();
  sent[2]!.settle();
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toHaveLength(3);
  vi.useRealTimers();
});
