import type { Ipv4 } from './ipv4.js';
import { PrefixRows } from './prefix-rows.js';
import { contains, type Prefix } from './prefix.js';

/** A table keyed by prefix (ADR 21): exact match is the hot path, longest match costs at most 33 probes. */
export class PrefixTable<V> {
  readonly #rows = new PrefixRows(0);
  readonly #values: (V | undefined)[] = [];

  get size(): number {
    return this.#rows.size;
  }

  get({ address, length }: Prefix): V | undefined {
    const row = this.#rows.find(address, length);
    return row < 0 ? undefined : this.#values[row];
  }

  /** Asked without a prefix, which a flood would make for nothing. */
  has(address: number, length: number): boolean {
    return this.#rows.find(address, length) >= 0;
  }

  /** Sets the value and answers the one it replaces. */
  set({ address, length }: Prefix, value: V): V | undefined {
    const row = this.#rows.add(address, length);
    const before = this.#values[row];
    this.#values[row] = value;
    return before;
  }

  delete({ address, length }: Prefix): V | undefined {
    const row = this.#rows.find(address, length);
    if (row < 0) return undefined;
    const before = this.#values[row];
    this.#rows.remove(row);
    this.#values[row] = undefined;
    if (this.#rows.size === 0) this.#values.length = 0;
    return before;
  }

  /** The most specific entry that holds the address. */
  longestMatch(address: Ipv4): [Prefix, V] | undefined {
    for (const entry of this.covering({ address, length: 32 })) return entry;
    return undefined;
  }

  /** Entries that contain the prefix (itself included), most specific first. */
  *covering(prefix: Prefix): Generator<[Prefix, V]> {
    for (const row of this.#rows.covering(prefix)) yield this.#entry(row);
  }

  /** Entries inside the prefix (itself included); a scan, for people's questions rather than updates. */
  *coveredBy(prefix: Prefix): Generator<[Prefix, V]> {
    for (const entry of this.entries()) if (contains(prefix, entry[0])) yield entry;
  }

  /** In no order to rely on; entries that are deleted meanwhile are left out. */
  *entries(): Generator<[Prefix, V]> {
    for (const row of this.#rows.rows()) yield this.#entry(row);
  }

  #entry(row: number): [Prefix, V] {
    return [this.#rows.prefixOf(row), this.#values[row]!];
  }
}
