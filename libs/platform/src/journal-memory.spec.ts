import type { Topic } from '@bordergate/contracts';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { journalContract, ledger, record, recorder } from './journal.contract.js';
import { JournalOverrun } from './journal.js';
import { MemoryJournal } from './journal-memory.js';
import { TopicLog } from './topic-log.js';

journalContract('memory', async (onError) => new MemoryJournal({ onError, backoff: { first: 1, last: 5 }, batchSize: 40 }));

const topic = (retention: Topic['retention']): Topic => ({ name: 't', key: 'k', content: '', retention });

it('holds a compacted topic in the space of its keys', async () => {
  const journal = new MemoryJournal({ onError: vi.fn() });
  for (let n = 0; n < 5_000; n++) await journal.publish(topic('compacted'), [record(`k${n % 20}`, n), record(`gone${n}`, n), record(`gone${n}`, null)]);
  expect(journal.size(topic('compacted'))).toBeLessThan(150);
  await journal.close();
});

it('lets go of what is too old or too much, and keeps for ever what is for ever', async () => {
  let now = 0;
  const journal = new MemoryJournal({ onError: vi.fn(), clock: { now: () => now }, cap: 100 });
  for (; now < 1_000; now++) {
    await journal.publish({ ...topic(50), name: 'young' }, [record('a', now)]);
    await journal.publish({ ...topic(1e9), name: 'capped' }, [record('a', now)]);
    await journal.publish({ ...topic('forever'), name: 'forever' }, [record('a', now)]);
  }
  expect(journal.size({ ...topic(50), name: 'young' })).toBeLessThanOrEqual(60);
  expect(journal.size({ ...topic(1e9), name: 'capped' })).toBeLessThanOrEqual(113);
  expect(journal.size({ ...topic('forever'), name: 'forever' })).toBe(1_000);
  await journal.close();
});

it('reports what a consumer was too slow to read, and lets it go on', async () => {
  const onError = vi.fn();
  const journal = new MemoryJournal({ onError, cap: 10, batchSize: 1 });
  const reader = recorder();
  await journal.subscribe(topic(1e9), { name: 'slow', from: 'beginning' }, reader);
  await journal.publish(topic(1e9), Array.from({ length: 30 }, (_, n) => record('a', n)));
  await vi.waitFor(() => expect(reader.of('a').at(-1)).toBe(29));
  expect(onError.mock.calls[0]![0]).toEqual(new JournalOverrun(20));
  expect(reader.seen).toHaveLength(10);
  await journal.close();
});

it('knows that stored offsets are of an earlier journal', async () => {
  const books = ledger();
  for (const life of [1, 2, 3]) {
    const journal = new MemoryJournal({ onError: vi.fn(), batchSize: 2 });
    await journal.publish(topic('forever'), [1, 2, 3].map((n) => record('a', 10 * life + n)));
    await journal.subscribe(topic('forever'), { name: 'durable', from: 'stored', stored: books.stored }, recorder({ batch: books.transaction }));
    await vi.waitFor(() => expect(books.effects).toHaveLength(3 * life));
    await journal.close();
  }
  expect(books.effects).toEqual([11, 12, 13, 21, 22, 23, 31, 32, 33]);
  expect(books.done).toEqual(new Map([[0, 9]]));
});

it('gives readers at any pace the same table (property)', () => {
  const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.option(fc.nat(), { nil: null }), reads: fc.nat(3) });
  fc.assert(fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
    const log = new TopicLog(topic('compacted'), 1);
    const wanted = new Map<string, number>();
    const [steady, late] = [new Map<string, unknown>(), new Map<string, unknown>()];
    const fold = (table: Map<string, unknown>, from: number, limit: number) => {
      const { records, next } = log.read(from, limit);
      for (const { key, event } of records) event ? table.set(key, event.data) : table.delete(key);
      return next;
    };
    let at = log.start;
    for (const { key, value, reads } of operations) {
      log.append([record(key, value)], 0, at);
      value === null ? wanted.delete(key) : wanted.set(key, value);
      for (let n = 0; n < reads; n++) at = fold(steady, at, 1);
    }
    while (at < log.end) at = fold(steady, at, 3);
    for (let from = log.start; from < log.end; ) from = fold(late, from, 3);
    expect(steady).toEqual(wanted);
    expect(late).toEqual(wanted);
  }), { numRuns: 200 });
});
