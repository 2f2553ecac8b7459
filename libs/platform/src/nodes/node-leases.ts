import type { NodeHeartbeat } from '@bordergate/contracts';

interface Lease {
  readonly life: string;
  /** Lives of before: what still comes of them is late. */
  readonly before: readonly string[];
  readonly beat: number;
  readonly leaseMs: number;
  /** Listening time at which it was heard. */
  readonly at: number;
  /** RFC 3339 time of what was heard. */
  readonly time: string;
}

const LIVES_KEPT = 8;

const keyOf = (region: string, node: string): string => `${region}/${node}`;

/**
 * Which nodes have not been heard for longer than their lease. Only time in which something was heard counts: the time between two signs,
 * whoever they are from, when it is shorter than the longest pause between two of our own echoes. Who is cut off from the broker, or
 * whose broker takes nothing, hears nothing at all, and judges nobody; afterwards each node has its whole lease again. Nothing here is a clock:
 * a machine that slept, or a clock that jumps, is a pause like any other.
 */
export class NodeLeases {
  #listened = 0;
  #last: number | undefined;
  readonly #leases = new Map<string, Lease>();

  /** @param longestPauseMs between two signs while everything works */
  constructor(private readonly longestPauseMs: number) {}

  /** A sign of anybody came. */
  heard(nowMs: number): void {
    const pause = nowMs - (this.#last ?? nowMs);
    if (pause > 0 && pause <= this.longestPauseMs) this.#listened += pause;
    this.#last = nowMs;
  }

  /** A node's sign, after `heard`; one that comes late or again is none. */
  beat({ region, node, life, beat, leaseMs }: NodeHeartbeat, time: string): void {
    const key = keyOf(region, node);
    const known = this.#leases.get(key);
    if (known && (known.life === life ? beat <= known.beat : known.before.includes(life))) return;
    const before = !known ? [] : known.life === life ? known.before : [known.life, ...known.before].slice(0, LIVES_KEPT);
    this.#leases.set(key, { life, before, beat, leaseMs, at: this.#listened, time });
  }

  /** The time of the last sign of a node that has been silent for longer than its lease; undefined for one that is heard, or never was. */
  silentSince(region: string, node: string): string | undefined {
    const lease = this.#leases.get(keyOf(region, node));
    return lease && this.#listened - lease.at > lease.leaseMs ? lease.time : undefined;
  }

  /** By region/node. */
  silent(): ReadonlyMap<string, string> {
    return new Map([...this.#leases].filter(([, { at, leaseMs }]) => this.#listened - at > leaseMs).map(([key, { time }]) => [key, time]));
  }
}
