import { toIpv4, type Ipv4 } from './ipv4.js';
import { maskOf, type Prefix } from './prefix.js';

/** Of a row: address, length, then what its owner keeps there. */
const [ADDRESS, LENGTH, OWN] = [0, 1, 2];
/** A length no prefix has: the row is free, and its address word says which is free after it. */
const FREE = 64;
const FIRST_ROWS = 4;
const NO_WORDS = new Uint32Array(0);
const NO_SLOTS = new Int32Array(0);

/**
 * Prefixes in numbered rows of a few 32-bit words, off the heap: a million of them are two arrays and not a million objects, so
 * the garbage collector has nothing to walk (ADR 21). A row keeps its number as long as its prefix is here; a free one is used again.
 *
 * What finds a row is a hash table with open addressing and linear probing, at most two thirds full. A slot has the row's number and
 * its hash, so that a probe looks at a row, somewhere else in memory, only where it will be the right one. Removal moves later entries
 * back (Knuth, TAOCP 6.4, algorithm R), so there are no tombstones that would slow it with age.
 */
export class PrefixRows {
  readonly #stride: number;
  #words = NO_WORDS;
  /** Two words a slot: row + 1 (0 is empty), and the hash of the row. */
  #slots = NO_SLOTS;
  #shift = 32;
  #size = 0;
  #end = 0;
  #free = 0;

  /** @param own words of each row that belong to the owner; zero when the row is added */
  constructor(own: number) {
    this.#stride = OWN + own;
  }

  get size(): number {
    return this.#size;
  }

  /** No row has this number or a greater one. */
  get end(): number {
    return this.#end;
  }

  /** The row of a prefix; -1 when it has none. */
  find(address: number, length: number): number {
    if (this.#size === 0) return -1; // no slots either
    return this.#slots[this.#slotFor(address, length, hash(address, length))]! - 1;
  }

  /** The row of a prefix, a new one when it has none. */
  add(address: number, length: number): number {
    if (3 * this.#size >= this.#slots.length) this.#widen();
    const code = hash(address, length);
    const slot = this.#slotFor(address, length, code);
    const found = this.#slots[slot]!;
    if (found !== 0) return found - 1;
    const row = this.#newRow();
    this.#slots[slot] = row + 1;
    this.#slots[slot + 1] = code;
    this.#words[row * this.#stride + ADDRESS] = address;
    this.#words[row * this.#stride + LENGTH] = length;
    return row;
  }

  /** The rows of many prefixes, new ones where there are none. Also their places in memory are asked for together. */
  addAll(addresses: Uint32Array, lengths: Uint8Array): Uint32Array {
    this.#touch(addresses, lengths);
    const rows = new Uint32Array(addresses.length);
    for (let i = 0; i < rows.length; i++) rows[i] = this.add(addresses[i]!, lengths[i]!);
    return rows;
  }

  /**
   * Reads where the prefixes will be looked for, and depends on nothing it reads: so the processor waits for a dozen places at a time, where
   * `add` waits for one. Answers something, lest a compiler leaves it out.
   */
  #touch(addresses: Uint32Array, lengths: Uint8Array): number {
    const slots = this.#slots;
    let seen = 0;
    for (let i = 0; slots.length > 0 && i < addresses.length; i++) {
      const row = slots[this.#home(hash(addresses[i]!, lengths[i]!))]! - 1;
      if (row >= 0) seen ^= this.#words[row * this.#stride]!;
    }
    return seen;
  }

  remove(row: number): void {
    const at = row * this.#stride;
    const { address, length } = this.prefixOf(row);
    this.#close(this.#slotFor(address, length, hash(address, length)));
    this.#words.fill(0, at, at + this.#stride);
    this.#words[at + LENGTH] = FREE;
    this.#words[at + ADDRESS] = this.#free;
    this.#free = row + 1;
    if (--this.#size > 0) return;
    [this.#words, this.#slots, this.#shift, this.#end, this.#free] = [NO_WORDS, NO_SLOTS, 32, 0, 0]; // an empty table costs nothing
  }

  isUsed(row: number): boolean {
    return row < this.#end && this.#words[row * this.#stride + LENGTH]! !== FREE;
  }

  prefixOf(row: number): Prefix {
    const at = row * this.#stride;
    return { address: this.#words[at + ADDRESS] as Ipv4, length: this.#words[at + LENGTH]! };
  }

  /** A word of the owner. */
  get(row: number, word: number): number {
    return this.#words[row * this.#stride + OWN + word]!;
  }

  set(row: number, word: number, value: number): void {
    this.#words[row * this.#stride + OWN + word] = value;
  }

  /** All rows; those that are removed meanwhile are left out. */
  *rows(): Generator<number> {
    for (let row = 0; row < this.#end; row++) if (this.isUsed(row)) yield row;
  }

  /** The rows of prefixes that contain this one (itself included), most specific first: at most 33 probes. */
  *covering({ address, length }: Prefix): Generator<number> {
    for (let shorter = length; shorter >= 0; shorter--) {
      const row = this.find(toIpv4(address & maskOf(shorter)), shorter);
      if (row >= 0) yield row;
    }
  }

  #newRow(): number {
    this.#size++;
    if (this.#free > 0) {
      const row = this.#free - 1;
      this.#free = this.#words[row * this.#stride + ADDRESS]!;
      return row;
    }
    if ((this.#end + 1) * this.#stride > this.#words.length) {
      const larger = new Uint32Array(Math.max(FIRST_ROWS, this.#end + (this.#end >>> 1)) * this.#stride);
      larger.set(this.#words);
      this.#words = larger;
    }
    return this.#end++;
  }

  #widen(): void {
    const old = this.#slots;
    const slots = new Int32Array(Math.max(4 * FIRST_ROWS, 2 * old.length));
    this.#shift = Math.clz32(slots.length) + 1;
    this.#slots = slots;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from]! === 0) continue;
      let slot = this.#home(old[from + 1]!);
      while (slots[slot]! !== 0) slot = this.#after(slot);
      slots[slot] = old[from]!;
      slots[slot + 1] = old[from + 1]!;
    }
  }

  /** Where a hash would be if it were alone: its upper bits choose, and a slot is two words. */
  #home(code: number): number {
    return (code >>> this.#shift) & ~1;
  }

  #after(slot: number): number {
    return (slot + 2) & (this.#slots.length - 1);
  }

  /** The slot of a prefix, or the empty one where it would be. */
  #slotFor(address: number, length: number, code: number): number {
    const words = this.#words;
    const slots = this.#slots;
    let slot = this.#home(code);
    for (; slots[slot]! !== 0; slot = this.#after(slot)) {
      if (slots[slot + 1]! !== code) continue;
      const at = (slots[slot]! - 1) * this.#stride;
      if (words[at + ADDRESS]! === address && words[at + LENGTH]! === length) return slot;
    }
    return slot;
  }

  /** Empties a slot and moves back what would not be found behind the gap. */
  #close(gap: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#after(gap); slots[slot]! !== 0; slot = this.#after(slot)) {
      const distance = (slot - this.#home(slots[slot + 1]!)) & mask;
      if (distance < ((slot - gap) & mask)) continue; // its way to here does not lead over the gap
      slots[gap] = slots[slot]!;
      slots[gap + 1] = slots[slot + 1]!;
      gap = slot;
    }
    slots[gap] = 0;
  }
}

/** Spreads prefixes, whose low bits are mostly zero, over 32 bits (the finalizer of MurmurHash3). */
function hash(address: number, length: number): number {
  let h = address ^ Math.imul(length, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
