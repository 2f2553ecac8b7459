import { keyOf, TOPICS, type BgpObservation, type CloudEvent, type JournalRecord, type TunnelObservation } from '@bordergate/contracts';
import type { Journal, Subscription } from '@bordergate/platform';
import type { ReportedStatus } from '@bordergate/resources-core';

/**
 * What workers last said of each tunnel and its BGP session: a table in memory, folded from the journal at every start
 * and thrown away at will. Nothing is decided on it; it is only shown.
 */
export class LiveStatus {
  readonly #tunnels = new Map<string, ReportedStatus>();
  /** Keys of the BGP sessions that are established. */
  readonly #sessions = new Set<string>();
  #subscriptions: Subscription[] = [];

  tunnel(tunnelId: string): ReportedStatus | undefined {
    return this.#tunnels.get(tunnelId);
  }

  bgpEstablished(borderGatewayId: string, tunnelId: string): boolean {
    return this.#sessions.has(keyOf.bgpSession(borderGatewayId, tunnelId));
  }

  /** Resolves when what the journal had is in the table. */
  async start(journal: Journal): Promise<void> {
    const follow = (topic: (typeof TOPICS)['tunnelObservations' | 'ribIn'], apply: (record: JournalRecord) => void) => new Promise<void>((caughtUp, failed) => {
      journal.subscribe(topic, { name: 'resources/live-status', from: 'beginning' }, { batch: (records) => records.forEach(apply), caughtUp })
        .then((subscription) => this.#subscriptions.push(subscription), failed);
    });
    await Promise.all([follow(TOPICS.tunnelObservations, (record) => this.#observed(record)), follow(TOPICS.ribIn, (record) => this.#routing(record))]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    this.#subscriptions = [];
  }

  #observed({ event }: JournalRecord): void {
    if (!event) return;
    const { data, time } = event as CloudEvent<TunnelObservation>;
    if (data.type === 'TunnelGone') this.#tunnels.delete(data.tunnelId);
    if (data.type !== 'TunnelOperStatusChanged') return;
    const { operStatus, reason, detail, since, driver } = data;
    this.#tunnels.set(data.tunnelId, { at: time, operStatus, reason, detail, since, driver });
  }

  /** bgp.rib-in.v1 is a table: a session's key stands for the session until it is closed or withdrawn. */
  #routing({ key, event }: JournalRecord): void {
    if (!event) {
      this.#sessions.delete(key);
      return;
    }
    const { data } = event as CloudEvent<BgpObservation>;
    if (data.type === 'BgpSessionEstablished') this.#sessions.add(key);
    if (data.type === 'BgpSessionClosed') this.#sessions.delete(key);
  }
}
