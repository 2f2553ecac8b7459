import { cloudEventType, type JournalRecord, keyOf, peerIdOf, type TelemetrySample, TOPICS, type TunnelObservation } from '@bordergate/contracts';
import { newUuid, rfc3339, type Clock } from '@bordergate/platform';
import type { RibInRow } from '@bordergate/tunnel-core';
import type { Mailbox } from './mailbox.js';

/** Tells what a worker saw, as CloudEvents of this node. Whoever tells goes on; the mailbox sees to it that it arrives, in the order of each thing. */
export class Publisher {
  constructor(private readonly mailbox: Mailbox, private readonly clock: Clock, private readonly region: string, private readonly node: string) {}

  /** Resolves when the journal has all that was told. */
  told(): Promise<void> {
    return this.mailbox.told();
  }

  observations(observations: readonly TunnelObservation[]): void {
    this.mailbox.put(TOPICS.tunnelObservations, observations.map(observation => {
      const key = observation.type === 'KernelFibObserved' ? keyOf.kernelFib(observation.borderGatewayId, this.node) : keyOf.tunnel(observation.borderGatewayId, peerIdOf(observation));
      return this.#record(key, observation.borderGatewayId, observation);
    }));
  }

  ribIn(borderGatewayId: string, rows: readonly RibInRow[]): void {
    this.mailbox.put(TOPICS.ribIn, rows.map(({ key, value }) => (value ? this.#record(key, borderGatewayId, value) : { key, partitionKey: borderGatewayId, event: null })));
  }

  samples(samples: readonly TelemetrySample[]): void {
    this.mailbox.put(TOPICS.samples, samples.map(sample => this.#record(peerIdOf(sample), sample.borderGatewayId, sample)));
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
