import type { FibEntryInstalled } from '@bordergate/contracts';
import { formatPrefix, type Prefix, type PrefixRows } from '@bordergate/kernel';
import type { FibBody } from './fib.js';
import { FIB, type Rib } from './rib.js';

/** The word of a row: the number of its body (0 is none) above the bit that says that the row is to be judged anew. */
const STALE = 1;

/**
 * The FIB a gateway should have, in the rows of its RIB: a destination names its body by a number, and an entry is made when
 * someone asks for it. Also the list of destinations to be judged anew, because it takes one bit in the same word.
 */
export class FibTable {
  readonly #rows: PrefixRows;
  readonly #bodies: FibBody[] = [];
  readonly #numbers = new Map<string, number>();
  #stale: number[] = [];
  #size = 0;

  constructor(private readonly rib: Rib) {
    this.#rows = rib.rows;
  }

  get size(): number {
    return this.#size;
  }

  /** How many destinations are to be judged anew. */
  get stale(): number {
    return this.#stale.length;
  }

  get({ address, length }: Prefix): FibEntryInstalled | undefined {
    const row = this.#rows.find(address, length);
    return row < 0 ? undefined : this.#entryAt(row);
  }

  *entries(): Generator<[Prefix, FibEntryInstalled]> {
    for (const row of this.#rows.rows()) yield* this.#pairAt(row);
  }

  /** Entries that contain the prefix (itself included), most specific first. */
  *covering(prefix: Prefix): Generator<[Prefix, FibEntryInstalled]> {
    for (const row of this.#rows.covering(prefix)) yield* this.#pairAt(row);
  }

  /** Equal bodies have equal numbers; undefined is 0. Numbers stay: there are few, and a row compares them instead of bodies. */
  numberOf(body: FibBody | undefined): number {
    if (!body) return 0;
    const text = JSON.stringify(body); // bodies are built in one place (fib.ts), so equal ones have equal text
    const known = this.#numbers.get(text) ?? this.#bodies.push(body);
    this.#numbers.set(text, known);
    return known;
  }

  body(number: number): FibBody | undefined {
    return this.#bodies[number - 1];
  }

  numberAt(row: number): number {
    return this.#rows.get(row, FIB) >>> 1;
  }

  /** Something at the destination changed; one that has neither routes nor an entry is none. */
  touch({ address, length }: Prefix): void {
    this.touchRow(this.#rows.find(address, length));
  }

  /** @param row may be -1: of a destination that was let go nothing is left to judge */
  touchRow(row: number): void {
    if (row < 0) return;
    const word = this.#rows.get(row, FIB);
    if (word & STALE) return;
    this.#rows.set(row, FIB, word | STALE);
    this.#stale.push(row);
  }

  /** Gives each row to be judged anew the body of the number that is selected, tells which rows have another one, and lets go of those that nothing is at any more. */
  settle(select: (row: number) => number, moved: (row: number, number: number) => void): void {
    const stale = this.#stale;
    this.#stale = [];
    for (const row of stale) {
      const before = this.numberAt(row);
      const now = select(row);
      this.#rows.set(row, FIB, now * 2);
      if (now !== before) {
        this.#size += Number(now !== 0) - Number(before !== 0);
        moved(row, now);
      }
      if (now === 0) this.rib.letGo(row);
    }
  }

  #entryAt(row: number): FibEntryInstalled | undefined {
    const body = this.body(this.numberAt(row));
    return body && entryOf(body, formatPrefix(this.#rows.prefixOf(row)));
  }

  *#pairAt(row: number): Generator<[Prefix, FibEntryInstalled]> {
    const entry = this.#entryAt(row);
    if (entry) yield [this.#rows.prefixOf(row), entry];
  }
}

/** Written out, so that a million of them are made of one hidden class. */
export const entryOf = ({ type, region, borderGatewayId, nextHopType, routeType, nextHops, because, nodes }: FibBody, prefix: string): FibEntryInstalled =>
  ({ type, region, borderGatewayId, prefix, nextHopType, routeType, nextHops, because, nodes });
