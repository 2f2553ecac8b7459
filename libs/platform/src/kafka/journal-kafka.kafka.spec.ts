import type { Topic } from '@bordergate/contracts';
import { Registry } from 'prom-client';
import { expect, it, vi } from 'vitest';
import { journalContract, record, recorder } from '../journal.contract.js';
import { testJournal } from '../testing/kafka.js';

journalContract('kafka', async (onError) => testJournal({ onError, backoff: { first: 1, last: 5 }, batchSize: 40 }));

it('shows how far a consumer is behind, and that it reads', async () => {
  const registry = new Registry();
  const journal = testJournal({ onError: vi.fn(), registry });
  const topic: Topic = { name: `metrics.${process.pid}.${Date.now()}.v1`, key: 'k', content: '', retention: 'forever' };
  let open!: () => void;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const reader = recorder({ batch: () => gate });
  await journal.publish(topic, Array.from({ length: 20 }, (_, n) => record(`k${n}`, n)));
  await journal.subscribe(topic, { name: 'slow', from: 'beginning' }, reader);
  const metric = async (name: string) => Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(await registry.metrics())?.[1]);
  const patience = { timeout: 20_000, interval: 20 };
  await vi.waitFor(async () => expect(await metric('bordergate_journal_consumer_up')).toBe(1), patience);
  expect(await metric('bordergate_journal_lag_records')).toBe(20);
  expect(await metric('bordergate_journal_published_records_total')).toBe(20);
  open();
  await vi.waitFor(async () => expect(await metric('bordergate_journal_lag_records')).toBe(0), patience);
  expect(reader.seen).toHaveLength(20);
  await journal.close();
});

it('publishes and reads whatever its clock says', async () => {
  const journal = testJournal({ onError: vi.fn() });
  const topic: Topic = { name: `clocks.${process.pid}.${Date.now()}.v1`, key: 'k', content: '', retention: 60_000 };
  const reader = recorder();
  const HOURS = 3_600_000;
  const real = Date.now;
  const now = vi.spyOn(Date, 'now');
  for (const [n, offset] of [2 * HOURS, -2 * HOURS, 0].entries()) {
    now.mockImplementation(() => real() + offset);
    await journal.publish(topic, [record('a', n)]);
  }
  now.mockRestore();
  await journal.subscribe(topic, { name: 'c', from: 'beginning' }, reader);
  await vi.waitFor(() => expect(reader.of('a')).toEqual([0, 1, 2]), { timeout: 20_000, interval: 20 });
  await journal.close();
});
