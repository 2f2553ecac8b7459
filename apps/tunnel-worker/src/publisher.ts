import { cloudEventType, type JournalRecord, keyOf, peerIdOf, type Topic, type TelemetrySample, TOPICS, type TunnelObservation } from '@bordergate/contracts';
import { newUuid, rfc3339, type Clock, type Journal } from '@bordergate/platform';
import type { RibInRow } from '@bordergate/tunnel-core';

/** Puts what a worker saw into the journal, as CloudEvents of this node. */
export class Publisher {
  constructor(private readonly journal: Journal, private readonly clock: Clock, private readonly region: string, private readonly node: string) {}

  async observations(observations: readonly TunnelObservation[]): Promise<void> {
    await this.#publish(TOPICS.tunnelObservations, observations.map(observation => {
      const key = observation.type === 'KernelFibObserved' ? keyOf.kernelFib(observation.borderGatewayId, this.node) : keyOf.tunnel(observation.borderGatewayId, peerIdOf(observation));
      return this.#record(key, observation.borderGatewayId, observation);
    }));
  }

  async ribIn(borderGatewayId: string, rows: readonly RibInRow[]): Promise<void> {
    await this.#publish(TOPICS.ribIn, rows.map(({ key, value }) => (value ? this.#record(key, borderGatewayId, value) : { key, partitionKey: borderGatewayId, event: null })));
  }

  async samples(samples: readonly TelemetrySample[]): Promise<void> {
    await this.#publish(TOPICS.samples, samples.map(sample => this.#record(peerIdOf(sample), sample.borderGatewayId, sample)));
  }

  async #publish(topic: Topic, records: readonly JournalRecord[]): Promise<void> {
    if (records.length > 0) await this.journal.publish(topic, records);
  }

  #record<D extends { type: string }>(key: string, borderGatewayId: string, data: D): JournalRecord<D> {
    const id = newUuid();
    const event = {
      specversion: '1.0' as const, id, source: `/bordergate/tunnel-worker/${this.region}/${this.node}`, type: cloudEventType(data.type), subject: key, time: rfc3339(this.clock), data,
      tenant: 'default', actor: `service:tunnel-worker/${this.node}`, correlationid: id, causationid: id, partitionkey: borderGatewayId,
    };
    return { key, partitionKey: borderGatewayId, event };
  }
}
