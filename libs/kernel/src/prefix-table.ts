import { toIpv4, type Ipv4 } from './ipv4.js';
import { contains, maskOf, type Prefix } from './prefix.js';

/**
 * A table keyed by prefix: one hash map per prefix length with 32-bit keys (ADR 4: measured fastest for updates,
 * which are the hot path; longest match costs at most 33 probes). Maps of empty lengths are never made.
 */
export class PrefixTable<V> {
  #byLength: (Map<number, V> | undefined)[] = [];

  get size(): number {
    let size = 0;
    for (const map of this.#byLength) size += map?.size ?? 0;
    return size;
  }

  get(prefix: Prefix): V | undefined {
    return this.#byLength[prefix.length]?.get(prefix.address);
  }

  /** Sets the value and answers the one it replaces. */
  set(prefix: Prefix, value: V): V | undefined {
    let map = this.#byLength[prefix.length];
    if (!map) this.#byLength[prefix.length] = map = new Map();
    const before = map.get(prefix.address);
    map.set(prefix.address, value);
    return before;
  }

  delete(prefix: Prefix): V | undefined {
    const map = this.#byLength[prefix.length];
    const before = map?.get(prefix.address);
    if (before === undefined) return undefined;
    map!.delete(prefix.address);
    if (map!.size === 0) this.#byLength[prefix.length] = undefined;
    return before;
  }

  /** The most specific entry that holds the address, shortest lengths last. */
  longestMatch(address: Ipv4): [Prefix, V] | undefined {
    for (let length = 32; length >= 0; length--) {
      const map = this.#byLength[length];
      if (!map) continue;
      const key = (address & maskOf(length)) >>> 0;
      const value = map.get(key);
      if (value !== undefined) return [{ address: toIpv4(key), length }, value];
    }
    return undefined;
  }

  /** Entries that contain the prefix (itself included), most specific first. */
  *covering(prefix: Prefix): Generator<[Prefix, V]> {
    for (let length = prefix.length; length >= 0; length--) {
      const key = (prefix.address & maskOf(length)) >>> 0;
      const value = this.#byLength[length]?.get(key);
      if (value !== undefined) yield [{ address: toIpv4(key), length }, value];
    }
  }

  /** Entries inside the prefix (itself included), by length; a scan, for people's questions rather than updates. */
  *coveredBy(prefix: Prefix): Generator<[Prefix, V]> {
    for (const [candidate, value] of this.entries()) if (contains(prefix, candidate)) yield [candidate, value];
  }

  *entries(): Generator<[Prefix, V]> {
    for (let length = 0; length <= 32; length++) {
      const map = this.#byLength[length];
      if (map) for (const [address, value] of map) yield [{ address: toIpv4(address), length }, value];
    }
  }
}
