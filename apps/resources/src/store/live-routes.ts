import { BgpObservation, keyOf, TOPICS, VpcRoutePropagated, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import type { Followed } from './follow.js';

/**
 * How many routes nobody typed in: those that BGP peers announce to a gateway, and those that are propagated into a VPC route table. Folded
 * from the journal at every start; only shown (the quota API), never decided on: who routes enforces these limits.
 */
export class LiveRoutes {
  /** By gateway and key: an announced route and its session's epoch. */
  readonly #announced = new Map<string, Map<string, { readonly prefix: string; readonly epoch: number }>>();
  /** By session key. */
  readonly #epochs = new Map<string, number>();
  /** By route table and key: how many relations bring the route. */
  readonly #propagated = new Map<string, Map<string, number>>();

  readonly followed: readonly Followed[] = [
    { name: 'resources/live-routes', topic: TOPICS.ribIn, schema: BgpObservation, apply: (record) => this.#ribIn(record) },
    { name: 'resources/live-routes', topic: TOPICS.vpcRoutes, schema: VpcRoutePropagated, apply: (record) => this.#vpcRoutes(record) },
  ];

  /** Each destination once, however many peers announce it. A route of a session that has ended is no more, whatever the table still holds of it. */
  announcedTo(borderGatewayId: string): ReadonlySet<string> {
    const standing = [...(this.#announced.get(borderGatewayId) ?? [])].filter(([key, { epoch }]) => this.#epochs.get(keyOf.bgpSession(borderGatewayId, key.split('/')[1]!)) === epoch);
    return new Set(standing.map(([, { prefix }]) => prefix));
  }

  propagatedInto(routeTableId: string): number {
    return [...(this.#propagated.get(routeTableId)?.values() ?? [])].reduce((sum, relations) => sum + relations, 0);
  }

  #ribIn({ key, event }: JournalRecord): void {
    const data = (event as CloudEvent<BgpObservation> | null)?.data;
    if (data?.type === 'BgpSessionEstablished') this.#epochs.set(key, data.epoch);
    else if (data?.type === 'BgpRouteAnnounced') within(this.#announced, data.borderGatewayId).set(key, { prefix: data.prefix, epoch: data.epoch });
    else {
      this.#epochs.delete(key);
      this.#announced.get(key.split('/')[0]!)?.delete(key);
    }
  }

  #vpcRoutes({ key, event }: JournalRecord): void {
    const data = (event as CloudEvent<VpcRoutePropagated> | null)?.data;
    if (data) within(this.#propagated, data.routeTableId).set(key, data.candidates.filter(({ routeType }) => routeType === 'propagated').length);
    else this.#propagated.get(key.split('/')[0]!)?.delete(key);
  }
}

function within<V>(tables: Map<string, Map<string, V>>, id: string): Map<string, V> {
  const table = tables.get(id) ?? new Map<string, V>();
  tables.set(id, table);
  return table;
}
