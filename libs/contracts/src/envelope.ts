import type { Decision } from './decisions.js';

/** Who, for whom, when and why: on every event from the first day. */
export interface EventMeta {
  /** Who asked: a user, or a service ("service:tunnel-worker/node-1"). */
  readonly actor: string;
  readonly tenant: string;
  /** RFC 3339 time of the fact, UTC, milliseconds. */
  readonly at: string;
  /** Id of the request or event that caused this one. */
  readonly causationId: string;
  /** Id shared by everything that follows from one request. */
  readonly correlationId: string;
}

/** A decision as the event store keeps it. */
export interface RecordedEvent<D extends Decision = Decision> {
  readonly id: string;
  /** Place in the log of its service: a tailing reader that has read position p has seen all that will ever be <= p. */
  readonly position: bigint;
  readonly stream: string;
  /** 1 for the first event of the stream. */
  readonly version: number;
  readonly type: D['type'];
  readonly decision: D;
  readonly meta: EventMeta;
}

/** A CloudEvents 1.0 event, in the shape of its JSON format; the Kafka journal maps the attributes to ce_* headers. */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The resource it is about. */
  readonly subject: string;
  readonly time: string;
  readonly data: Data;
  // extensions
  readonly tenant: string;
  readonly actor: string;
  readonly correlationid: string;
  readonly causationid: string;
  /** Decides the partition: facts about one border gateway share it over all topics. */
  readonly partitionkey: string;
  /** Of a decision: its position in the log, in decimal (CloudEvents extension "sequence"). Some rules ask who was first. */
  readonly sequence?: string;
}

/** What a topic holds: an event under a key, or null, which on a compacted topic removes the key. */
export interface JournalRecord<Data = unknown> {
  readonly key: string;
  readonly partitionKey: string;
  readonly event: CloudEvent<Data> | null;
}

const TYPE_PREFIX = 'dev.bordergate';

/** "VpnConnectionCreated" -> "dev.bordergate.vpn.VpnConnectionCreated.v1". */
export const cloudEventType = (name: string, version = 1): string => `${TYPE_PREFIX}.vpn.${name}.v${version}`;

/** The other way round: "TunnelEnabled" of "dev.bordergate.vpn.TunnelEnabled.v1"; undefined for a type that is not ours. */
export const eventNameOf = (type: string): string | undefined => /^dev\.bordergate\.vpn\.(\w+)\.v\d+$/.exec(type)?.[1];
