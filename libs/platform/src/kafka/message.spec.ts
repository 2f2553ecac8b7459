import type { CloudEvent, JournalRecord } from '@bordergate/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeRecord, encodeRecord, UndecodableMessage, type BinaryMessage } from './message.js';

const event: CloudEvent = {
  specversion: '1.0', id: 'e1', source: '/bordergate/resources', type: 'dev.bordergate.vpn.BorderGatewayCreated.v1', subject: 'border-gateway-a', time: '2026-11-28T10:00:00.000Z',
  data: { type: 'BorderGatewayCreated' }, tenant: 'default', actor: 'ann', correlationid: 'r1', causationid: 'r1', partitionkey: 'border-gateway-a', sequence: '7',
};
const record: JournalRecord = { key: 'border-gateway-a', partitionKey: 'border-gateway-a', event };

it('is CloudEvents in binary mode', () => {
  const { key, value, headers } = encodeRecord(record);
  expect(key?.toString()).toBe('border-gateway-a');
  expect(value?.toString()).toBe('{"type":"BorderGatewayCreated"}');
  expect(headers).toEqual({
    'content-type': 'application/json', ce_specversion: '1.0', ce_id: 'e1', ce_source: '/bordergate/resources', ce_type: 'dev.bordergate.vpn.BorderGatewayCreated.v1',
    ce_subject: 'border-gateway-a', ce_time: '2026-11-28T10:00:00.000Z', ce_tenant: 'default', ce_actor: 'ann', ce_correlationid: 'r1', ce_causationid: 'r1',
    ce_partitionkey: 'border-gateway-a', ce_sequence: '7',
  });
});

it('is a message without a value for a tombstone', () => {
  expect(encodeRecord({ key: 'a/b', partitionKey: 'a', event: null })).toEqual({ key: Buffer.from('a/b'), value: null, headers: { ce_partitionkey: 'a' } });
});

it('takes a foreign tombstone for one of its key', () => {
  expect(decodeRecord({ key: Buffer.from('k'), value: null, headers: {} })).toEqual({ key: 'k', partitionKey: 'k', event: null });
});

it('reads back what it wrote, any text and any data', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const records = fc.record({
    key: text, partitionKey: text,
    event: fc.option(fc.record({
      id: text, source: text, type: text, subject: text, time: text, tenant: text, actor: text, correlationid: text, causationid: text, data: fc.jsonValue(),
    }), { nil: null }),
  });
  fc.assert(fc.property(records, ({ key, partitionKey, event: attributes }) => {
    const written: JournalRecord = { key, partitionKey, event: attributes && { specversion: '1.0', partitionkey: partitionKey, ...attributes } };
    // -0 is not kept by JSON
    expect(decodeRecord(asRead(encodeRecord(written)))).toEqual(JSON.parse(JSON.stringify(written)));
  }));
});

it.each<[string, (message: BinaryMessage) => BinaryMessage]>([
  ['no key', (m) => ({ ...m, key: null })],
  ['no header ce_id', (m) => ({ ...m, headers: { ...m.headers, ce_id: undefined } })],
  ['no header ce_tenant', (m) => ({ ...m, headers: { ...m.headers, ce_tenant: undefined } })],
  ['ce_specversion is 0.3', (m) => ({ ...m, headers: { ...m.headers, ce_specversion: '0.3' } })],
  ['header ce_id comes more than once', (m) => ({ ...m, headers: { ...m.headers, ce_id: ['a', 'b'] } })],
  ['content-type text/plain', (m) => ({ ...m, headers: { ...m.headers, 'content-type': 'text/plain' } })],
  ['the value is not JSON', (m) => ({ ...m, value: Buffer.from('{') })],
])('says what is wrong with a message: %s', (reason, spoil) => {
  const read = () => decodeRecord(spoil(asRead(encodeRecord(record))));
  expect(read).toThrow(UndecodableMessage);
  expect(read).toThrow(reason);
});

/** As kafkajs hands it out: headers are bytes. */
function asRead({ key, value, headers }: BinaryMessage): BinaryMessage {
  return { key, value, headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))])) };
}
