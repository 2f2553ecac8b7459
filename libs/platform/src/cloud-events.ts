import { cloudEventType, type CloudEvent, type Decision, type JournalRecord, type RecordedEvent } from '@bordergate/contracts';

/**
 * A decision as it travels: key and partition are its stream, so that a stream's decisions arrive in order. The id is
 * the event's, so that a decision that is published twice can be recognised.
 * @param source URI reference of the service, such as "/bordergate/resources"
 */
export function decisionRecord(event: RecordedEvent, source: string): JournalRecord<Decision> {
  const { meta } = event;
  const cloudEvent: CloudEvent<Decision> = {
    specversion: '1.0', id: event.id, source, type: cloudEventType(event.type), subject: event.stream, time: meta.at, data: event.decision,
    tenant: meta.tenant, actor: meta.actor, correlationid: meta.correlationId, causationid: meta.causationId, partitionkey: event.stream, sequence: event.position.toString(),
  };
  return { key: event.stream, partitionKey: event.stream, event: cloudEvent };
}
