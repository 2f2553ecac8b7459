import { Counter, Registry } from 'prom-client';
import { expect, it, vi } from 'vitest';
import { MemoryJournal } from '../journal-memory.js';
import { createLog } from '../log.js';
import { Door } from './door.js';
import { broken, parkedContract, sample } from './parked.contract.js';
import { messageOf, parkedRecord, placeIn } from './parking.js';

parkedContract('memory', async () => new MemoryJournal({ onError: (error) => { throw error; } }));

const clock = { now: () => Date.parse('2026-11-28T10:00:00.000Z') };
const place = { consumer: 'c', topic: 't', partition: 0, offset: 7 };

it('keeps a message octet by octet, also what is no text, and headers that come twice', () => {
  const message = { key: Buffer.from([0xff, 0]), value: Buffer.from([0x80]), headers: { a: Buffer.from('x'), b: [Buffer.from('y'), 'z'], c: undefined } };
  const { event, key } = parkedRecord(place, 'why', message, clock);
  expect(key).toBe('c/t/0/7');
  expect(messageOf(event!.data.message!)).toEqual({ key: message.key, value: message.value, headers: { a: Buffer.from('x'), b: [Buffer.from('y'), Buffer.from('z')] } });
});

it('keeps only the place of what is too large for the topic, and tells two such apart', () => {
  const large = (fill: string) => parkedRecord(place, 'why', { key: Buffer.from('k'), value: Buffer.alloc(300_000, fill), headers: {} }, clock).event!.data;
  expect(large('a').message).toBeNull();
  expect(large('a').fingerprint).not.toBe(large('b').fingerprint);
});

it('does not go on when it cannot be parked: the batch comes again', async () => {
  const park = vi.fn(async () => { throw new Error('the broker is away'); });
  const refused = new Counter({ name: 'refused', help: 'of the test', labelNames: ['topic'], registers: [new Registry()] });
  const door = new Door(refused, createLog('test', { level: 'silent' }));
  const records = [sample('a'), broken('b')];
  const at = placeIn({ topic: 't', partition: 0, first: 0, next: 2 }, { records, offsets: [0, 1] }, park);
  const read = () => { throw new Error('a mistake of our own is no mistake of the record'); };
  await expect(door.admit(records, at, read)).rejects.toThrow('a mistake of our own');
  expect(park).not.toHaveBeenCalled();
  await expect(at.park(records[1]!, 'why')).rejects.toThrow('the broker is away');
  expect(park).toHaveBeenCalledWith(records[1], 1, 'why');
  await expect(at.park(sample('a'), 'why')).rejects.toThrow('of the batch');
});
