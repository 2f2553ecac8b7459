import { keyOf, TOPICS, type Derivation, type TopicName } from '@bordergate/contracts';
import { formatPrefix, toIpv4 } from '@bordergate/kernel';
import { entryOf, type FibTable } from './fib-table.js';

/** One row of a derived table that changed; null removes it. */
export interface DerivationChange {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: Derivation | null;
}

/** Who draws traffic to whom: a VPC route and an advertisement send packets to the FIB entry behind them. */
const DEPENDED_ON_FIRST: readonly TopicName[] = [TOPICS.fib.name, TOPICS.vpcRoutes.name, TOPICS.ribOut.name, TOPICS.limits.name];

/** FIB rows of one gateway that changed, two numbers each: a row is only made of them when someone reads it. */
export class FibDelta {
  /** Address, and length plus 64 times the number of the body. */
  readonly #rows: Int32Array;
  #length = 0;

  /** @param most that can change */
  constructor(readonly borderGatewayId: string, readonly fib: FibTable, most: number) {
    this.#rows = new Int32Array(2 * most);
  }

  get length(): number {
    return this.#length;
  }

  push(address: number, length: number, body: number): void {
    this.#rows[2 * this.#length] = address;
    this.#rows[2 * this.#length + 1] = length + 64 * body;
    this.#length++;
  }

  /** Its rows that are set, or those that are removed. */
  *changes(sets: boolean): Generator<DerivationChange> {
    for (let i = 0; i < this.#length; i++) {
      const [address, rest] = [this.#rows[2 * i]!, this.#rows[2 * i + 1]!];
      const [body, prefix] = [this.fib.body(rest >>> 6), formatPrefix({ address: toIpv4(address), length: rest & 63 })];
      if ((body !== undefined) === sets) yield { topic: TOPICS.fib.name, key: keyOf.fib(this.borderGatewayId, prefix), value: body ? entryOf(body, prefix) : null };
    }
  }
}

/**
 * The rows that changed, in the order of law 5: what is depended on is added first and removed last, so that nobody is drawn to a
 * gateway that cannot forward. Most of a flood are FIB rows, and whoever only asks how many there are, or waits for the end of
 * the flood, has them not made at all.
 */
export class ChangeSet implements Iterable<DerivationChange> {
  readonly #others: DerivationChange[] = [];
  readonly #fibs: FibDelta[] = [];

  get length(): number {
    return this.#others.length + this.#fibs.reduce((sum, { length }) => sum + length, 0);
  }

  push(change: DerivationChange): void {
    this.#others.push(change);
  }

  /** One by one: a limit may refuse more routes than a call may have arguments. */
  pushAll(changes: Iterable<DerivationChange>): void {
    for (const change of changes) this.push(change);
  }

  /** Where the changed FIB rows of a gateway go. */
  fibOf(borderGatewayId: string, fib: FibTable): FibDelta {
    const delta = new FibDelta(borderGatewayId, fib, fib.stale);
    this.#fibs.push(delta);
    return delta;
  }

  *[Symbol.iterator](): Generator<DerivationChange> {
    for (const fib of this.#fibs) yield* fib.changes(true);
    yield* inOrder(this.#others);
    for (const fib of this.#fibs) yield* fib.changes(false);
  }
}

/** Law 5 for rows of other tables than the FIB, too. */
export function inOrder(changes: readonly DerivationChange[]): DerivationChange[] {
  const sets = DEPENDED_ON_FIRST.flatMap((topic) => changes.filter((change) => change.topic === topic && change.value !== null));
  const removals = DEPENDED_ON_FIRST.toReversed().flatMap((topic) => changes.filter((change) => change.topic === topic && change.value === null));
  return [...sets, ...removals];
}

/** Equality of rows: each kind of row is built in one place, so equal rows have equal text. */
export const sameRow = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
