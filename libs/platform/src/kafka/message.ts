import { eventNameOf, upcast, type CloudEvent, type JournalRecord } from '@bordergate/contracts';

/** What of a Kafka message carries meaning for us; kafkajs's Message and KafkaMessage both have this shape. */
export interface BinaryMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

/** A message that is no record of ours: it has no key, no JSON, or lacks an attribute. The message says which. */
export class UndecodableMessage extends Error {
  override readonly name = 'UndecodableMessage';
}

const REQUIRED = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'tenant', 'actor', 'correlationid', 'causationid', 'partitionkey'] as const;
const OPTIONAL = ['sequence'] as const;

/** CloudEvents 1.0, Kafka binding, binary mode: attributes are `ce_` headers, the value is the data. A tombstone has no value. */
export function encodeRecord({ key, partitionKey, event }: JournalRecord): BinaryMessage {
  if (event === null) return { key: Buffer.from(key), value: null, headers: { ce_partitionkey: partitionKey } };
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of [...REQUIRED, ...OPTIONAL]) {
    const value = event[name];
    if (value !== undefined) headers[`ce_${name}`] = value;
  }
  return { key: Buffer.from(key), value: Buffer.from(JSON.stringify(event.data ?? null)), headers };
}

/** An old shape is lifted to today's. @throws UndecodableMessage */
export function decodeRecord(message: BinaryMessage): JournalRecord {
  if (message.key === null) throw new UndecodableMessage('no key');
  const key = message.key.toString();
  if (message.value === null) return { key, partitionKey: headerOf(message, 'ce_partitionkey') ?? key, event: null };
  const type = headerOf(message, 'content-type') ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i.test(type)) throw new UndecodableMessage(`content-type ${type} is not JSON in binary mode`);
  const attributes: Record<string, string> = {};
  for (const name of REQUIRED) {
    const value = headerOf(message, `ce_${name}`);
    if (value === undefined) throw new UndecodableMessage(`no header ce_${name}`);
    attributes[name] = value;
  }
  for (const name of OPTIONAL) {
    const value = headerOf(message, `ce_${name}`);
    if (value !== undefined) attributes[name] = value;
  }
  if (attributes.specversion !== '1.0') throw new UndecodableMessage(`ce_specversion is ${attributes.specversion}, not 1.0`);
  const event = { ...attributes, data: upcast(eventNameOf(attributes.type!) ?? '', parse(message.value)) } as unknown as CloudEvent;
  return { key, partitionKey: event.partitionkey, event };
}

/** kafkajs makes a list of a name that comes twice; the binding allows each attribute once. */
function headerOf({ headers }: BinaryMessage, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (Array.isArray(value)) throw new UndecodableMessage(`header ${name} comes more than once`);
  return value?.toString();
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch (cause) {
    throw new UndecodableMessage('the value is not JSON', { cause });
  }
}
