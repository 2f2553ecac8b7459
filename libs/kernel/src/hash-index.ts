const FIRST_WORDS = 16;
const NO_SLOTS = new Int32Array(0);

/**
 * Numbers, none of them 0, that are found by the hash of what they stand for: a hash table with open addressing and linear probing, at most
 * two thirds full. A slot has the number and its hash, so that a probe looks at what it stands for, somewhere else in memory, only where it
 * will be the right one. Removal moves later entries back (Knuth, TAOCP 6.4, algorithm R), so there are no tombstones that would slow it
 * with age. Who looks for something walks from `home` by `after` until a slot is empty.
 */
export class HashIndex {
  /** Two words a slot: the number (0 is empty), and its hash. */
  #slots = NO_SLOTS;
  #shift = 32;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** To be asked for anew after `makeRoom`. */
  get slots(): Int32Array {
    return this.#slots;
  }

  /** Where a hash would be if it were alone: its upper bits choose. There must be a slot. */
  home(hash: number): number {
    return (hash >>> this.#shift) & ~1;
  }

  after(slot: number): number {
    return (slot + 2) & (this.#slots.length - 1);
  }

  /** For one more. */
  makeRoom(): void {
    if (3 * this.#size >= this.#slots.length) this.#widen();
  }

  /** @param slot the empty one to which the walk for this hash led */
  fill(slot: number, number: number, hash: number): void {
    this.#slots[slot] = number;
    this.#slots[slot + 1] = hash;
    this.#size++;
  }

  /** Empties a slot and moves back what would not be found behind the gap. */
  clear(slot: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let gap = slot;
    for (let next = this.after(gap); slots[next]! !== 0; next = this.after(next)) {
      const distance = (next - this.home(slots[next + 1]!)) & mask;
      if (distance < ((next - gap) & mask)) continue; // its way to here does not lead over the gap
      slots[gap] = slots[next]!;
      slots[gap + 1] = slots[next + 1]!;
      gap = next;
    }
    slots[gap] = 0;
    if (--this.#size === 0) [this.#slots, this.#shift] = [NO_SLOTS, 32]; // an empty table costs nothing
  }

  #widen(): void {
    const old = this.#slots;
    const slots = new Int32Array(Math.max(FIRST_WORDS, 2 * old.length)).fill(0); // the page that is read before it is written is given twice
    this.#shift = Math.clz32(slots.length) + 1;
    this.#slots = slots;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from]! === 0) continue;
      let slot = this.home(old[from + 1]!);
      while (slots[slot]! !== 0) slot = this.after(slot);
      slots[slot] = old[from]!;
      slots[slot + 1] = old[from + 1]!;
    }
  }
}
