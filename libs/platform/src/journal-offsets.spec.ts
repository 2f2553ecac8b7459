import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { JOURNAL_OFFSETS_SQL, OffsetMoved, storedOffsets, storeOffset } from './journal-offsets.js';
import { testStore } from './testing/store.js';

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await testStore());
  await db.query(JOURNAL_OFFSETS_SQL);
});
afterAll(() => close());
beforeEach(() => db.query('truncate journal_offsets'));
const place = (partition: number, first: number, next: number) => ({ topic: 't', partition, first, next });

it('knows what is done, by consumer, topic and partition', async () => {
  await storeOffset(db.manager, 'a', place(0, 0, 5));
  await storeOffset(db.manager, 'a', place(0, 7, 9)); // of a compacted topic, what lay between is gone
  await storeOffset(db.manager, 'a', place(1, 3, 2 ** 40));
  await storeOffset(db.manager, 'b', place(0, 0, 1));
  expect(await storedOffsets(db.manager, 'a', 't')).toEqual(new Map([[0, 9], [1, 2 ** 40]]));
  expect(await storedOffsets(db.manager, 'a', 'other')).toEqual(new Map());
});

it('refuses a batch that is done already, in whole or in part', async () => {
  await storeOffset(db.manager, 'a', place(0, 0, 5));
  await expect(storeOffset(db.manager, 'a', place(0, 0, 5))).rejects.toThrow(OffsetMoved);
  await expect(storeOffset(db.manager, 'a', place(0, 4, 8))).rejects.toThrow(OffsetMoved);
  expect(await storedOffsets(db.manager, 'a', 't')).toEqual(new Map([[0, 5]]));
});

it('is rolled back with the result, and lets one of two at once through', async () => {
  await expect(db.transaction(async (tx) => {
    await storeOffset(tx, 'a', place(0, 0, 5));
    throw new Error('the result was not stored');
  })).rejects.toThrow('not stored');
  expect(await storedOffsets(db.manager, 'a', 't')).toEqual(new Map());
  const results = await Promise.allSettled([1, 2].map(() => db.transaction((tx) => storeOffset(tx, 'a', place(0, 0, 5)))));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
