import { comparePrefixes, type Prefix } from '@bordergate/kernel';

/** Goes through a table and offers each of its prefixes once, in any order. */
export type Walk = (offer: (prefix: Prefix) => void) => void;

const FIRST_WALK = 256;

/**
 * The prefixes of a table in the order of listings, from one on. Tables are not kept in this order, and one of a million prefixes
 * is not sorted for a page of fifty: a walk picks the next few, and the walk after it twice as many.
 */
export function* inListingOrder(walk: Walk, from?: Prefix): Generator<Prefix> {
  let wanted = (prefix: Prefix): boolean => from === undefined || comparePrefixes(prefix, from) >= 0;
  for (let count = FIRST_WALK; ; count *= 2) {
    const next = firstOf(walk, wanted, count);
    yield* next;
    if (next.length < count) return;
    const last = next.at(-1)!;
    wanted = (prefix) => comparePrefixes(prefix, last) > 0;
  }
}

/** The first so many of those wanted; at no time are more than twice as many in the hand. */
function firstOf(walk: Walk, wanted: (prefix: Prefix) => boolean, count: number): Prefix[] {
  const hand: Prefix[] = [];
  let last: Prefix | undefined;
  const sort = (): void => {
    hand.sort(comparePrefixes).splice(count);
    last = hand[count - 1];
  };
  walk((prefix) => {
    if (!wanted(prefix) || (last && comparePrefixes(prefix, last) > 0)) return;
    if (hand.push(prefix) === 2 * count) sort();
  });
  sort();
  return hand;
}
