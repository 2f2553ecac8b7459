import type { TunnelStates } from '@bordergate/telemetry-core';

/** One message of the live stream, before it is written as text. */
export interface LiveMessage {
  readonly id: string;
  readonly event: 'snapshot' | 'tunnelState' | 'tunnelRemoved';
  readonly data: unknown;
}

/** Takes messages; false asks to wait until the client has read them. */
export type LiveSink = (message: LiveMessage) => boolean;

interface Client {
  readonly region: string;
  readonly sink: LiveSink;
  /** All changes up to this one have been sent. */
  sent: number;
  waiting: boolean;
}

/** So many removed tunnels are remembered for clients that come back. */
const REMOVED_KEPT = 1_000;

/**
 * Changes of tunnel states, numbered. Kept is not what changed but when each tunnel last did: who comes back, or was
 * too slow to listen, gets the present state of the tunnels that changed meanwhile (their history says what happened).
 * So memory is bounded by the number of tunnels, and a slow client can make nobody wait and nothing grow.
 */
export class LiveStates {
  /** In the order of the last change. */
  readonly #changes = new Map<string, { sequence: number; region: string }>();
  readonly #removed: string[] = [];
  readonly #clients = new Set<Client>();
  #sequence = 0;
  /** Below this a removal has been forgotten: only a snapshot is right. */
  #horizon = 0;

  /** @param life tells this process's numbers from those of the one before it */
  constructor(private readonly states: TunnelStates, private readonly life: string) {}

  touched(tunnelIds: readonly string[]): void {
    const from = this.#sequence;
    for (const tunnelId of tunnelIds) this.#number(tunnelId);
    if (this.#sequence === from) return;
    for (const client of this.#clients) if (!client.waiting) this.#send(client, tunnelIds.map((id) => [id, this.#changes.get(id)] as const));
  }

  /**
   * Begins with a snapshot, or, after an id of this life, with what changed since; then goes on with what comes.
   * @returns `resume` to be called when the client has read what it was sent, and `leave`
   */
  join(region: string, lastEventId: string | undefined, sink: LiveSink): { resume: () => void; leave: () => void } {
    const since = this.#sequenceOf(lastEventId);
    const client: Client = { region, sink, sent: since ?? this.#sequence, waiting: false };
    this.#clients.add(client);
    if (since === undefined) client.waiting = !sink({ id: this.#id(this.#sequence), event: 'snapshot', data: { items: this.states.list({ region }).map(({ state }) => state) } });
    else this.#catchUp(client);
    return {
      resume: () => {
        client.waiting = false;
        this.#catchUp(client);
      },
      leave: () => void this.#clients.delete(client),
    };
  }

  #number(tunnelId: string): void {
    const overview = this.states.get(tunnelId);
    const region = overview?.connection.region ?? this.#changes.get(tunnelId)?.region;
    if (region === undefined) return; // not configured yet, or never known here
    this.#changes.delete(tunnelId);
    this.#changes.set(tunnelId, { sequence: ++this.#sequence, region });
    if (overview) return;
    this.#removed.push(tunnelId);
    if (this.#removed.length <= REMOVED_KEPT) return;
    const forgotten = this.#removed.shift()!;
    this.#horizon = this.#changes.get(forgotten)!.sequence;
    this.#changes.delete(forgotten);
  }

  #catchUp(client: Client): void {
    this.#send(client, this.#changes);
  }

  /** What of these the client has not been sent, until it asks to wait. */
  #send(client: Client, changes: Iterable<readonly [string, { sequence: number; region: string } | undefined]>): void {
    for (const [tunnelId, change] of changes) {
      if (!change || change.sequence <= client.sent) continue;
      client.sent = change.sequence;
      if (change.region !== client.region) continue;
      const state = this.states.get(tunnelId)?.state;
      const id = this.#id(change.sequence);
      const goOn = client.sink(state ? { id, event: 'tunnelState', data: state } : { id, event: 'tunnelRemoved', data: { vpnTunnelId: tunnelId } });
      if (goOn) continue;
      client.waiting = true;
      return;
    }
  }

  #id(sequence: number): string {
    return `${this.life}-${sequence}`;
  }

  #sequenceOf(eventId: string | undefined): number | undefined {
    const [, life, digits] = /^(.+)-(\d{1,15})$/.exec(eventId ?? '') ?? [];
    const sequence = Number(digits);
    return life === this.life && sequence >= this.#horizon && sequence <= this.#sequence ? sequence : undefined;
  }
}
