import { createHash } from 'node:crypto';
import { cloudEventType, keyOf, type CloudEvent, type JournalRecord, type ParkedRecordResolved, type ParkedResolution, type RawMessage, type RecordParked } from '@bordergate/contracts';
import { rfc3339, type Clock } from '../clock.js';
import { newUuid } from '../ids.js';
import type { BatchPlace, BatchRange } from '../journal.js';
import type { BinaryMessage } from '../kafka/message.js';

export interface ParkedPlace {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The consumer of a message that is no event at all: nobody can read it, so it is parked once. */
export const ANY_CONSUMER = 'any';
/** A parked message is a third larger than it was, and a broker takes 1 MiB when nobody has changed that. */
const MAX_BYTES = 256 * 1024;
const MAX_REASON = 2_000;

/** A message on its way to journal.parked.v1. The key is its place, so that it is one row however often it is parked. */
export function parkedRecord(place: ParkedPlace, reason: string, message: BinaryMessage, clock: Clock): JournalRecord<RecordParked> {
  const raw = rawOf(message);
  const text = JSON.stringify(raw);
  const fingerprint = createHash('sha256').update(text).digest('hex');
  const data: RecordParked = { type: 'RecordParked', ...place, reason: reason.slice(0, MAX_REASON), fingerprint, message: text.length > (MAX_BYTES * 4) / 3 ? null : raw };
  return recordOf(keyOfPlace(place), place, data, 'service:journal', clock);
}

/** What became of it: a row beside, because a consumer may park the same message again. */
export function resolvedRecord({ consumer, topic, partition, offset, fingerprint }: RecordParked, resolution: ParkedResolution, actor: string, clock: Clock): JournalRecord<ParkedRecordResolved> {
  const place = { consumer, topic, partition, offset };
  return recordOf(`${keyOfPlace(place)}/resolved`, place, { type: 'ParkedRecordResolved', ...place, fingerprint, resolution }, actor, clock);
}

/** The place of a batch, which knows where each of its records is. */
export function placeIn(place: BatchRange, { records, offsets }: { readonly records: readonly JournalRecord[]; readonly offsets: readonly number[] }, park: (record: JournalRecord, offset: number, reason: string) => Promise<void>): BatchPlace {
  return {
    ...place,
    async park(record, reason) {
      const index = records.indexOf(record);
      if (index < 0) throw new Error('a record can be parked that is of the batch');
      await park(record, offsets[index]!, reason);
    },
  };
}

export const keyOfPlace = ({ consumer, topic, partition, offset }: ParkedPlace): string => keyOf.parked(consumer, topic, partition, offset);

/** The message as it was. */
export const messageOf = ({ key, value, headers }: RawMessage): BinaryMessage => ({
  key: fromBase64(key), value: fromBase64(value), headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.length === 1 ? fromBase64(values[0]!)! : values.map((one) => fromBase64(one)!)])),
});

function rawOf({ key, value, headers }: BinaryMessage): RawMessage {
  const named = Object.entries(headers).flatMap(([name, held]) => (held === undefined ? [] : [[name, [held].flat().map((one) => Buffer.from(one).toString('base64'))] as const]));
  return { key: key?.toString('base64') ?? null, value: value?.toString('base64') ?? null, headers: Object.fromEntries(named) };
}

const fromBase64 = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));

function recordOf<Data extends RecordParked | ParkedRecordResolved>(key: string, place: ParkedPlace, data: Data, actor: string, clock: Clock): JournalRecord<Data> {
  const id = newUuid();
  const partitionkey = keyOfPlace(place);
  const event: CloudEvent<Data> = {
    specversion: '1.0', id, source: '/bordergate/journal', type: cloudEventType(data.type), subject: partitionkey, time: rfc3339(clock), data,
    tenant: 'default', actor, correlationid: id, causationid: id, partitionkey,
  };
  return { key, partitionKey: partitionkey, event };
}
