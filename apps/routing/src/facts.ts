import { BgpObservation, Decision, TOPICS, TunnelObservation, type JournalRecord, type Topic } from '@bordergate/contracts';
import { readAs, UnreadableRecord } from '@bordergate/platform';
import type { RouterFact } from '@bordergate/routing-core';

/** What the router reads, and how a record of each becomes a fact. */
export const INPUTS = [TOPICS.decisions, TOPICS.tunnelObservations, TOPICS.ribIn] as const;

/** Parses at the door (law 8). Undefined for what says nothing to the router. @throws UnreadableRecord */
export function readFact(topic: Topic, record: JournalRecord): RouterFact | undefined {
  switch (topic.name) {
    case TOPICS.decisions.name:
      return readDecision(record);
    case TOPICS.tunnelObservations.name:
      return record.event ? { kind: 'tunnel', observation: readAs(TunnelObservation, record.event.data), at: record.event.time } : undefined;
    case TOPICS.ribIn.name:
      if (record.key.split('/').length < 3) throw new UnreadableRecord(`no key of ${topic.name}: ${record.key}`);
      return { kind: 'bgp', key: record.key, observation: record.event ? readAs(BgpObservation, record.event.data) : null };
    default:
      return undefined;
  }
}

/** The overlap rule asks what was decided first over all streams, and what was read before is known by it: `sequence` is needed. */
function readDecision({ key, event }: JournalRecord): RouterFact | undefined {
  if (!event) return undefined;
  const decision = readAs(Decision, event.data);
  if (event.sequence === undefined || !/^\d+$/.test(event.sequence)) throw new UnreadableRecord(`a decision without its position in the log: ${event.id}`);
  return { kind: 'decision', stream: key, position: BigInt(event.sequence), decision, event: { id: event.id, actor: event.actor, at: event.time, causationId: event.causationid } };
}
