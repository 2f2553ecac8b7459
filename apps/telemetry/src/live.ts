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

interface Change {
  readonly sequence: number;
  readonly region: string;
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
  readonly #changes = new Map<string, Change>();
  readonly #removed: string[] = [];
  readonly #clients = new Set<Client>();
  #sequence = 0;
  /** The last one made: when a service comes back all its clients do, and get the same. */
  #snapshot: { readonly sequence: number; readonly region: string; readonly message: LiveMessage } | undefined;
  /** Below this a removal has been forgotten: only a snapshot is right. */
  #horizon = 0;

  /** @param life tells this process's numbers from those of the one before it */
  constructor(private readonly states: TunnelStates, private readonly life: string) {}

  touched(tunnelIds: readonly string[]): void {
    const from = this.#sequence;
    for (const tunnelId of tunnelIds) this.#number(tunnelId);
    if (this.#sequence === from) return;
    for (const tunnelId of tunnelIds) {
      const change = this.#changes.get(tunnelId);
      if (!change) continue;
      let message: LiveMessage | undefined; // one for all
      for (const client of this.#clients) {
        if (!client.waiting) this.#send(client, change, () => (message ??= this.#messageOf(tunnelId, change.sequence)));
      }
    }
  }

  /**
   * Begins with a snapshot, or, after an id of this life, with what changed since; then goes on with what comes.
   * @returns `resume` to be called when the client has read what it was sent, and `leave`
   */
  join(region: string, lastEventId: string | undefined, sink: LiveSink): { resume: () => void; leave: () => void } {
    const since = this.#sequenceOf(lastEventId);
    const client: Client = { region, sink, sent: since ?? this.#sequence, waiting: false };
    this.#clients.add(client);
    if (since === undefined) client.waiting = !sink(this.#snapshotOf(region));
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

  /** What the client has not been sent, until it asks to wait. */
  #catchUp(client: Client): void {
    for (const [tunnelId, change] of this.#changes) {
      this.#send(client, change, () => this.#messageOf(tunnelId, change.sequence));
      if (client.waiting) return;
    }
  }

  #send(client: Client, { sequence, region }: Change, message: () => LiveMessage): void {
    if (sequence <= client.sent) return;
    client.sent = sequence;
    if (region === client.region) client.waiting = !client.sink(message());
  }

  #messageOf(tunnelId: string, sequence: number): LiveMessage {
    const state = this.states.get(tunnelId)?.state;
    const id = this.#id(sequence);
    return state ? { id, event: 'tunnelState', data: state } : { id, event: 'tunnelRemoved', data: { vpnTunnelId: tunnelId } };
  }

  #snapshotOf(region: string): LiveMessage {
    if (this.#snapshot?.region !== region || this.#snapshot.sequence !== this.#sequence) {
      const message: LiveMessage = { id: this.#id(this.#sequence), event: 'snapshot', data: { items: this.states.list({ region }).map(({ state }) => state) } };
      this.#snapshot = { sequence: this.#sequence, region, message };
    }
    return this.#snapshot.message;
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
