import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { withItsEnd } from './kafkajs.js';

const batch = (firstOffset: string, lastOffsetDelta: number, offsets: string[]) => ({ firstOffset, lastOffsetDelta, records: offsets.map((offset) => ({ offset })) });

it('leaves a whole batch as it is', () => {
  const whole = batch('7', 1, ['7', '8']);
  expect(withItsEnd(whole)).toBe(whole);
});

it('lets a batch that compaction has emptied, or shortened, end where it did', () => {
  const end = (offset: string) => expect.objectContaining({ offset, isControlRecord: true, key: null });
  expect(withItsEnd(batch('7', 3, [])).records).toEqual([end('10')]);
  expect(withItsEnd(batch('9007199254740993', 3, ['9007199254740994'])).records).toEqual([{ offset: '9007199254740994' }, end('9007199254740996')]);
});

it('lets kafkajs get past a batch that has nothing in it any more', async () => {
  const require = createRequire(import.meta.url);
  const Decoder = require('kafkajs/src/protocol/decoder');
  const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages');
  const Batch = require('kafkajs/src/consumer/batch');
  const bytes = Buffer.alloc(4 + 61); // the size of all, and one record batch without a record
  bytes.writeInt32BE(61, 0);
  bytes.writeBigInt64BE(7n, 4); // its first offset
  bytes.writeInt32BE(49, 12); // its length from here on
  bytes.writeInt8(2, 20); // magic
  bytes.writeInt32BE(3, 27); // the last offset is 7 + 3
  const messages = await decodeMessages(new Decoder(bytes));
  const fetched = new Batch('topic', '8', { partition: 0, highWatermark: '20', messages, abortedTransactions: [] });
  expect(fetched.isEmptyDueToFiltering()).toBe(true); // so kafkajs tells of it, and goes on
  expect(fetched.lastOffset()).toBe('10');
});
