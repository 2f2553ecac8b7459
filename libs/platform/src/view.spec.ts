import type { Topic } from '@bordergate/contracts';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { record } from './journal.contract.js';
import { MemoryJournal } from './journal-memory.js';
import { testStore } from './testing/store.js';
import { ViewRunner, type View } from './view.js';

const topic: Topic = { name: 't', key: 'k', content: '', retention: 'compacted' };
const onError = vi.fn();
let db: DataSource;
let close: () => Promise<void>;
let journal: MemoryJournal;
let runner: ViewRunner;
let broken = false;

const view: View = {
  name: 'test/numbers', topic,
  clear: (tx) => tx.query('delete from numbers'),
  async apply(tx, records) {
    for (const { key, event } of records) {
      if (event) await tx.query('insert into numbers values ($1, $2) on conflict (key) do update set value = excluded.value', [key, event.data]);
      else await tx.query('delete from numbers where key = $1', [key]);
    }
    if (broken) throw new Error('broken');
  },
};
const rows = async () => Object.fromEntries((await db.query('select * from numbers')).map((r: any) => [r.key, r.value]));

beforeAll(async () => {
  ({ db, close } = await testStore());
  await db.query('create table numbers (key text primary key, value int not null)');
});
afterAll(() => close());
beforeEach(() => {
  broken = false;
  onError.mockReset();
  journal = new MemoryJournal({ onError, backoff: { first: 1, last: 5 } });
  runner = new ViewRunner(db, journal, view);
});
afterEach(() => journal.close());

it('holds the topic when it has started, without the rows that nothing speaks of any more', async () => {
  await db.query("insert into numbers values ('of another life', 1)");
  await journal.publish(topic, [record('a', 1), record('b', 2), record('a', 3), record('b', null)]);
  await runner.start();
  expect(await rows()).toEqual({ a: 3 });
});

it('follows the topic', async () => {
  await runner.start();
  await journal.publish(topic, [record('a', 1)]);
  await vi.waitFor(async () => expect(await rows()).toEqual({ a: 1 }));
  await journal.publish(topic, [record('a', null), record('c', 4)]);
  await vi.waitFor(async () => expect(await rows()).toEqual({ c: 4 }));
});

it('rebuilds, showing the old rows until then', async () => {
  await journal.publish(topic, [record('a', 1)]);
  await runner.start();
  await db.query("update numbers set value = 99");
  broken = true;
  const rebuilt = runner.rebuild();
  await vi.waitFor(() => expect(onError).toHaveBeenCalled());
  expect(await rows()).toEqual({ a: 99 });
  broken = false;
  await rebuilt;
  expect(await rows()).toEqual({ a: 1 });
});

it('applies a batch whole or not at all', async () => {
  await runner.start();
  broken = true;
  await journal.publish(topic, [record('x', 1), record('y', 2)]);
  await vi.waitFor(() => expect(onError).toHaveBeenCalled());
  expect(await rows()).toEqual({});
  broken = false;
  await vi.waitFor(async () => expect(await rows()).toEqual({ x: 1, y: 2 }));
});
