import { HashIndex } from './hash-index.js';
import { toIpv4, type Ipv4 } from './ipv4.js';
import { maskOf, type Prefix, type PrefixColumns } from './prefix.js';

/** Of a row: address, length, then what its owner keeps there. */
const [ADDRESS, LENGTH, OWN] = [0, 1, 2];
/** A length no prefix has: the row is free, and its address word says which is free after it. */
const FREE = 64;
const FIRST_ROWS = 4;
const NO_WORDS = new Uint32Array(0);

/**
 * Prefixes in numbered rows of a few 32-bit words, off the heap: a million of them are two arrays and not a million objects, so
 * the garbage collector has nothing to walk (ADR 21). A row keeps its number as long as its prefix is here; a free one is used again.
 */
export class PrefixRows {
  readonly #stride: number;
  #words = NO_WORDS;
  /** Row + 1 by the hash of its prefix. */
  readonly #index = new HashIndex();
  #end = 0;
  #free = 0;

  /** @param own words of each row that belong to the owner; zero when the row is added */
  constructor(own: number) {
    this.#stride = OWN + own;
  }

  get size(): number {
    return this.#index.size;
  }

  /** No row has this number or a greater one. */
  get end(): number {
    return this.#end;
  }

  /** The row of a prefix; -1 when it has none. An address may be signed. */
  find(address: number, length: number): number {
    if (this.size === 0) return -1; // no slots either
    return this.#index.slots[this.#slotFor(address, length, hash(address, length))]! - 1;
  }

  /** The row of a prefix, a new one when it has none. */
  add(address: number, length: number): number {
    return this.#add(address, length, hash(address, length));
  }

  /** The rows of many prefixes, new ones where there are none. Also their places in memory are asked for together. */
  addAll({ addresses, lengths }: PrefixColumns): Uint32Array {
    const codes = new Int32Array(addresses.length);
    for (let i = 0; i < codes.length; i++) codes[i] = hash(addresses[i]!, lengths[i]!);
    this.#touch(codes);
    const rows = new Uint32Array(addresses.length);
    for (let i = 0; i < rows.length; i++) rows[i] = this.#add(addresses[i]!, lengths[i]!, codes[i]!);
    return rows;
  }

  /**
   * Reads where the hashes will be looked for, and depends on nothing it reads, not even for a branch: so the processor waits for a dozen
   * places at a time, where `#add` waits for one. Answers something, lest a compiler leaves it out.
   */
  #touch(codes: Int32Array): number {
    const [{ slots }, words, stride] = [this.#index, this.#words, this.#stride];
    let seen = 0;
    for (let i = 0; words.length > 0 && i < codes.length; i++) {
      const slot = this.#index.home(codes[i]!);
      const row = slots[slot]! - 1;
      const differs = slots[slot + 1]! ^ codes[i]!;
      seen ^= words[(row & ~((row | differs | -differs) >> 31)) * stride]!; // row 0 where the slot is empty or another's
    }
    return seen;
  }

  #add(address: number, length: number, code: number): number {
    this.#index.makeRoom();
    const slot = this.#slotFor(address, length, code);
    const found = this.#index.slots[slot]!;
    if (found !== 0) return found - 1;
    const row = this.#newRow();
    this.#index.fill(slot, row + 1, code);
    this.#words[row * this.#stride + ADDRESS] = address;
    this.#words[row * this.#stride + LENGTH] = length;
    return row;
  }

  remove(row: number): void {
    const at = row * this.#stride;
    const { address, length } = this.prefixOf(row);
    this.#index.clear(this.#slotFor(address, length, hash(address, length)));
    this.#words.fill(0, at, at + this.#stride);
    this.#words[at + LENGTH] = FREE;
    this.#words[at + ADDRESS] = this.#free;
    this.#free = row + 1;
    if (this.size === 0) [this.#words, this.#end, this.#free] = [NO_WORDS, 0, 0]; // an empty table costs nothing
  }

  isUsed(row: number): boolean {
    return row < this.#end && this.#words[row * this.#stride + LENGTH]! !== FREE;
  }

  prefixOf(row: number): Prefix {
    const at = row * this.#stride;
    return { address: this.#words[at + ADDRESS] as Ipv4, length: this.#words[at + LENGTH]! };
  }

  /** As a signed number, which needs no box. */
  addressOf(row: number): number {
    return this.#words[row * this.#stride + ADDRESS]! | 0;
  }

  lengthOf(row: number): number {
    return this.#words[row * this.#stride + LENGTH]!;
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
    if (this.#free > 0) {
      const row = this.#free - 1;
      this.#free = this.#words[row * this.#stride + ADDRESS]!;
      return row;
    }
    if ((this.#end + 1) * this.#stride > this.#words.length) {
      const larger = new Uint32Array(Math.max(FIRST_ROWS, 2 * this.#end) * this.#stride);
      larger.set(this.#words);
      this.#words = larger;
    }
    return this.#end++;
  }

  /** The slot of a prefix, or the empty one where it would be. */
  #slotFor(address: number, length: number, code: number): number {
    const words = this.#words;
    const { slots } = this.#index;
    let slot = this.#index.home(code);
    for (; slots[slot]! !== 0; slot = this.#index.after(slot)) {
      if (slots[slot + 1]! !== code) continue;
      const at = (slots[slot]! - 1) * this.#stride;
      if ((words[at + ADDRESS]! ^ address) === 0 && words[at + LENGTH]! === length) return slot;
    }
    return slot;
  }
}

/** Spreads prefixes, whose low bits are mostly zero, over 32 bits (the finalizer of MurmurHash3). */
function hash(address: number, length: number): number {
  let h = address ^ Math.imul(length, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
