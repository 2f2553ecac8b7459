import { z } from 'zod';
import { Decision } from './decisions.js';
import { FibEntryInstalled, RouteAdvertised, RouteLimitReached, RouteRefused, VpcRoutePropagated } from './derivations.js';
import { cloudEventType } from './envelope.js';
import { BgpObservation, TelemetrySample, TunnelObservation } from './observations.js';
import { NodeHeartbeat, NodeListenerEcho } from './nodes.js';
import { ParkedRecordResolved, RecordParked } from './parked.js';
import { TOPICS, type Topic } from './topics.js';
import { UsageMetered } from './usage.js';

type EventSchema = z.ZodObject<{ type: z.ZodLiteral<string> }>;

/** One type of event: where it travels, who publishes it, what its data looks like. */
export interface EventEntry {
  /** "TunnelEnabled": the data's `type`. */
  readonly name: string;
  /** The CloudEvents type, with the version of the data. */
  readonly cloudEventType: string;
  readonly topic: Topic;
  readonly publisher: 'resources' | 'routing' | 'tunnel-worker' | 'telemetry' | 'every-consumer';
  readonly schema: EventSchema;
}

const entries = (topic: Topic, publisher: EventEntry['publisher'], schemas: readonly z.ZodType[]): EventEntry[] => (schemas as readonly EventSchema[]).map((schema) => {
  const name = schema.shape.type.value;
  return { name, cloudEventType: cloudEventType(name), topic, publisher, schema };
});

/** Every event that leaves a service, by topic: what AsyncAPI, the JSON Schemas and the tests of compatibility are made of. */
export const EVENTS: readonly EventEntry[] = [
  ...entries(TOPICS.decisions, 'resources', Decision.options),
  ...entries(TOPICS.tunnelObservations, 'tunnel-worker', TunnelObservation.options),
  ...entries(TOPICS.ribIn, 'tunnel-worker', BgpObservation.options),
  ...entries(TOPICS.fib, 'routing', [FibEntryInstalled]),
  ...entries(TOPICS.vpcRoutes, 'routing', [VpcRoutePropagated]),
  ...entries(TOPICS.ribOut, 'routing', [RouteAdvertised]),
  ...entries(TOPICS.limits, 'routing', [RouteRefused, RouteLimitReached]),
  ...entries(TOPICS.samples, 'tunnel-worker', TelemetrySample.options),
  ...entries(TOPICS.nodes, 'tunnel-worker', [NodeHeartbeat]),
  ...entries(TOPICS.nodes, 'every-consumer', [NodeListenerEcho]),
  ...entries(TOPICS.usage, 'telemetry', UsageMetered.options),
  ...entries(TOPICS.parked, 'every-consumer', [RecordParked]),
  ...entries(TOPICS.parked, 'telemetry', [ParkedRecordResolved]),
];

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The data of an event as JSON Schema (2020-12). Fields that it does not name are allowed: a version grows by optional
 * fields, and a consumer has to pass over what it does not know.
 */
export const jsonSchemaOf = ({ name, cloudEventType, topic, schema }: EventEntry): JsonSchema => ({
  ...z.toJSONSchema(schema, { io: 'input' }), $id: cloudEventType, title: name, description: `Data of ${cloudEventType} on ${topic.name}.`,
});
