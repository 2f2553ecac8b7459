import { EVENTS, jsonSchemaOf, type EventEntry } from './event-catalogue.js';
import { TOPICS, type Topic } from './topics.js';

type Fields = Readonly<Record<string, unknown>>;
const text = (description: string, more: Fields = {}): Fields => ({ type: 'string', description, ...more });

/** CloudEvents 1.0, Kafka binding, binary mode: an attribute is a header with "ce_" before its name (UTF-8). */
const HEADERS: Fields = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_partitionkey', 'ce_tenant', 'ce_actor', 'ce_correlationid', 'ce_causationid', 'content-type'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: text('With ce_source, tells one event from all others: the same pair again is the same event again.'),
    ce_source: text('URI reference of the publisher, such as /bordergate/resources.', { format: 'uri-reference' }),
    ce_type: text('Name and version of the data.'),
    ce_subject: text('The resource or table row it is about.'),
    ce_time: text('When the fact was so, RFC 3339, UTC.', { format: 'date-time' }),
    ce_partitionkey: text('What the partition was chosen by: of everything about a border gateway, its id.'),
    ce_tenant: text('For whom.'),
    ce_actor: text('Who: a user, or a service such as service:routing.'),
    ce_correlationid: text('The same on all that follows from one request.'),
    ce_causationid: text('The request or event that this one follows from.'),
    ce_sequence: text('Of a decision: its position in the log of resources, growing over all streams.', { pattern: '^[0-9]+$' }),
    'content-type': { const: 'application/json' },
  },
};

const channelKey = (topic: Topic): string => topic.name.replaceAll(/[^A-Za-z0-9]/g, '-');

const configurationOf = ({ retention }: Topic): Fields =>
  retention === 'compacted' ? { 'cleanup.policy': ['compact'] } : { 'cleanup.policy': ['delete'], 'retention.ms': retention === 'forever' ? -1 : retention };

const channelOf = (topic: Topic, events: readonly EventEntry[]): Fields => ({
  address: topic.name,
  title: topic.name,
  description: `${topic.content}. Key: ${topic.key}.${topic.retention === 'compacted' ? ' A table: the last record of a key stands, a record without a value (tombstone) removes it.' : ''}`,
  messages: Object.fromEntries(events.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
  bindings: { kafka: { topic: topic.name, topicConfiguration: configurationOf(topic), bindingVersion: '0.5.0' } },
});

const messageOf = (event: EventEntry): Fields => ({
  name: event.cloudEventType,
  title: event.name,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/CloudEventHeaders' },
  payload: { $ref: `#/components/schemas/${event.name}` },
  bindings: { kafka: { key: text(event.topic.key), bindingVersion: '0.5.0' } },
});

/** JSON Schema keeps shared parts under $defs of each schema; a $ref in it has to say where that is in this document. */
function schemaOf(event: EventEntry): unknown {
  const { $schema, $id, ...schema } = jsonSchemaOf(event);
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${event.name}/$defs/`));
}

/** What the services publish, as AsyncAPI 3: topics as channels, a message for each type of event. */
export function asyncApi(): Fields {
  const publishers = [...new Set(EVENTS.map(({ publisher }) => publisher))];
  const topics = Object.values(TOPICS).filter((topic) => EVENTS.some((event) => event.topic === topic));
  const on = (topic: Topic) => EVENTS.filter((event) => event.topic === topic);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Bordergate events', version: '1.0.0',
      description: 'Everything may arrive twice. Order holds within a key. A version of a type grows only by optional fields and by new values of enumerations; anything else is a new version (docs/events).',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [channelKey(topic), channelOf(topic, on(topic))])),
    operations: Object.fromEntries(publishers.flatMap((publisher) => topics.filter((topic) => on(topic).some((event) => event.publisher === publisher)).map((topic) => [
      `${publisher}-publishes-${channelKey(topic)}`, { action: 'send', channel: { $ref: `#/channels/${channelKey(topic)}` }, summary: `${publisher} publishes ${topic.content}.` },
    ]))),
    components: {
      messages: Object.fromEntries(EVENTS.map((event) => [event.name, messageOf(event)])),
      schemas: { CloudEventHeaders: HEADERS, ...Object.fromEntries(EVENTS.map((event) => [event.name, schemaOf(event)])) },
    },
  };
}
