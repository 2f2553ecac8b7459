import { BgpObservation, keyOf, TOPICS, TunnelObservation, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import type { ReportedStatus, ReportedVif } from '@bordergate/resources-core';
import type { Followed } from './follow.js';

/**
 * What workers last said of each tunnel and its BGP session: a table in memory, folded from the journal at every start
 * and thrown away at will. Nothing is decided on it; it is only shown.
 */
export class LiveStatus {
  readonly #tunnels = new Map<string, ReportedStatus>();
  readonly #vifs = new Map<string, ReportedVif>();
  /** By the keys of the BGP sessions that are established: when that was said. */
  readonly #sessions = new Map<string, string>();

  /** When a node was last heard that is not any more (ADR 34). */
  silentSince: (region: string, node: string) => string | undefined = () => undefined;

  readonly followed: readonly Followed[] = [
    { name: 'resources/live-status', topic: TOPICS.tunnelObservations, schema: TunnelObservation, apply: (record) => this.#observed(record) },
    { name: 'resources/live-status', topic: TOPICS.ribIn, schema: BgpObservation, apply: (record) => this.#routing(record) },
  ];

  tunnel(tunnelId: string): ReportedStatus | undefined {
    return this.#tunnels.get(tunnelId);
  }

  vif(vifId: string): ReportedVif | undefined {
    return this.#vifs.get(vifId);
  }

  /** When the session was last said to be established; undefined when it is not. @param peerId the tunnel or virtual interface it runs over */
  bgpEstablishedAt(borderGatewayId: string, peerId: string): string | undefined {
    return this.#sessions.get(keyOf.bgpSession(borderGatewayId, peerId));
  }

  #observed({ event }: JournalRecord): void {
    if (!event) return;
    const { data, time } = event as CloudEvent<TunnelObservation>;
    switch (data.type) {
      case 'TunnelOperStatusChanged': {
        const { tunnelId, operStatus, reason, detail, since, driver, generation = 0 } = data;
        this.#tunnels.set(tunnelId, { at: time, generation, operStatus, reason, detail, since, driver });
        break;
      }
      case 'TunnelGone': this.#tunnels.delete(data.tunnelId); break;
      case 'VifOperStatusChanged': {
        const { vifId, operStatus, reason, detail, since, driver } = data;
        this.#vifs.set(vifId, { at: time, operStatus, reason, detail, since, driver });
        break;
      }
      case 'VifGone': this.#vifs.delete(data.vifId); break;
      default: // SA life and kernel FIBs: nothing a resource shows
    }
  }

  /** bgp.rib-in.v1 is a table: a session's key stands for the session until it is closed or withdrawn. */
  #routing({ key, event }: JournalRecord): void {
    if (!event) {
      this.#sessions.delete(key);
      return;
    }
    const { data, time } = event as CloudEvent<BgpObservation>;
    if (data.type === 'BgpSessionEstablished') this.#sessions.set(key, time);
    if (data.type === 'BgpSessionClosed') this.#sessions.delete(key);
  }
}
