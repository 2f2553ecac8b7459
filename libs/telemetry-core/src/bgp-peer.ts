import type { BgpObservation, CloudEvent } from '@bordergate/contracts';
import { History, type Change } from './history.js';
import { RecentIds } from './recent-ids.js';

export type SessionObservation = Extract<BgpObservation, { type: 'BgpSessionEstablished' | 'BgpSessionClosed' }>;

/**
 * One tunnel's part of the table bgp.rib-in.v1: the last record of a key stands, so only the history has to know a
 * duplicate. A route counts while its epoch is that of the established session, so the loss of a peer is one fact.
 */
export class BgpPeer {
  readonly history: History;
  readonly #seen = new RecentIds();
  readonly #epochOf = new Map<string, number>();
  readonly #routesIn = new Map<number, number>();
  #session: SessionObservation | undefined;
  #flaps = 0;

  constructor(onChange?: (change: Change) => void) {
    this.history = new History(onChange);
  }

  /** Somebody has said how the session is. */
  get known(): boolean {
    return this.#session !== undefined;
  }

  get established(): boolean {
    return this.#session?.type === 'BgpSessionEstablished';
  }

  get since(): string | null {
    return this.#session?.since ?? null;
  }

  /** How often an established session ended, whoever ended it. */
  get flaps(): number {
    return this.#flaps;
  }

  get learnedPrefixes(): number {
    return this.#session && this.established ? (this.#routesIn.get(this.#session.epoch) ?? 0) : 0;
  }

  /** A record of the session's key; null when its worker took it back. */
  session(event: CloudEvent<SessionObservation> | null): void {
    if (this.established && event?.data.type !== 'BgpSessionEstablished') this.#flaps++;
    if (event === null) {
      this.#session = undefined;
      return;
    }
    const session = event.data;
    this.#session = session;
    if (!this.#seen.admit(event.id)) return;
    this.history.addNews(session.type === 'BgpSessionEstablished'
      ? { at: session.since, what: 'BGP established', detail: `with ${session.neighborAddress} AS ${session.neighborAsn}` }
      : { at: session.since, what: 'BGP down', detail: session.reason });
  }

  /** A record of a prefix's key; null when it is withdrawn. */
  route(prefix: string, event: CloudEvent<BgpObservation> | null): void {
    const before = this.#epochOf.get(prefix);
    if (before !== undefined) this.#count(before, -1);
    if (event === null) {
      this.#epochOf.delete(prefix);
      return;
    }
    this.#epochOf.set(prefix, event.data.epoch);
    this.#count(event.data.epoch, 1);
  }

  #count(epoch: number, by: number): void {
    const count = (this.#routesIn.get(epoch) ?? 0) + by;
    if (count === 0) this.#routesIn.delete(epoch);
    else this.#routesIn.set(epoch, count);
  }
}
