/**
 * Wanted against present, as three disjoint regions (after Calico's delta tracker): keys that only are wanted, keys
 * in both, keys that only are present. What must be done falls out of the regions; a resync replaces "present".
 * Pure memory: whoever performs the operations reports them back with `setPresent` and `deletePresent`.
 */
export class Delta<K, V> {
  #wanted = new Map<K, V>();
  #present = new Map<K, V>();
  readonly #same: (a: V, b: V) => boolean;

  constructor(same: (a: V, b: V) => boolean = Object.is) {
    this.#same = same;
  }

  want(key: K, value: V): void {
    this.#wanted.set(key, value);
  }

  unwant(key: K): void {
    this.#wanted.delete(key);
  }

  replaceWanted(entries: Iterable<readonly [K, V]>): void {
    this.#wanted = new Map(entries);
  }

  setPresent(key: K, value: V): void {
    this.#present.set(key, value);
  }

  deletePresent(key: K): void {
    this.#present.delete(key);
  }

  /** What was found by looking: whatever was believed before is forgotten. */
  replacePresent(entries: Iterable<readonly [K, V]>): void {
    this.#present = new Map(entries);
  }

  wanted(key: K): V | undefined {
    return this.#wanted.get(key);
  }

  present(key: K): V | undefined {
    return this.#present.get(key);
  }

  /** To be made or changed: wanted, and absent or different. */
  *pendingSets(): Generator<[K, V]> {
    for (const [key, value] of this.#wanted) {
      if (!this.#present.has(key) || !this.#same(this.#present.get(key)!, value)) yield [key, value];
    }
  }

  /** To be removed: present and not wanted. */
  *pendingDeletes(): Generator<[K, V]> {
    for (const [key, value] of this.#present) if (!this.#wanted.has(key)) yield [key, value];
  }

  get inSync(): boolean {
    return this.pendingSets().next().done === true && this.pendingDeletes().next().done === true;
  }
}
