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
