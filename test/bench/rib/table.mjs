// The table everybody gets: a function of its seed, so that our RIB and the daemons are told the same.

/** Share of each prefix length in percent, close to the public table of the 2020s: three fifths are /24. */
const LENGTHS = [[24, 60], [23, 10], [22, 11], [21, 5], [20, 4.5], [19, 2.7], [18, 1.6], [17, 1], [16, 1.6], [15, 0.3], [14, 0.3], [13, 0.2], [12, 0.1], [11, 0.05], [10, 0.03]];
const ORIGINS = ['IGP', 'EGP', 'Incomplete'];

/** mulberry32: small, and the same on every machine. @param {number} seed */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Distinct unicast prefixes that no daemon takes for martians: 1.0.0.0 to 223.255.255.255 without 127/8 and 169.254/16. @param {number} count */
export function prefixesOf(count, seed = 1) {
  const random = randomOf(seed);
  const dice = LENGTHS.flatMap(([length, share]) => Array(Math.round(share * 100)).fill(length));
  const [addresses, lengths, seen] = [new Uint32Array(count), new Uint8Array(count), new Set()];
  for (let n = 0; n < count;) {
    const length = dice[Math.floor(random() * dice.length)];
    const address = ((random() * 2 ** 32) & (0xffffffff << (32 - length))) >>> 0;
    const first = address >>> 24;
    if (first === 0 || first === 127 || first > 223 || (address >>> 16) === 0xa9fe) continue;
    const key = address * 64 + length;
    if (seen.has(key)) continue;
    seen.add(key);
    [addresses[n], lengths[n]] = [address, length];
    n++;
  }
  return { count, addresses, lengths };
}

/** A table whose attribute sets are text off the heap: a RIB that shares the process does not pay for walking them when garbage is collected. */
export function offHeap(table) {
  const texts = table.attributes.map((set) => Buffer.from(JSON.stringify(set)));
  const ends = Uint32Array.from(texts, ((end) => ({ length }) => (end += length))(0));
  const all = Buffer.concat(texts);
  let [last, set] = [-1];
  const at = (n) => {
    if (n !== last) [last, set] = [n, JSON.parse(all.toString('latin1', n === 0 ? 0 : ends[n - 1], ends[n]))];
    return set;
  };
  return { ...table, attributes: { at } };
}

/**
 * What one peer announces: every prefix, with one of `sets` attribute sets, in the order of the sets, because that is how a speaker
 * packs UPDATE messages. Few sets have many prefixes and many have few, as in the public table.
 */
export function announcementsOf({ count, addresses, lengths }, peer, sets) {
  const random = randomOf(1000 + peer);
  const attributes = Array.from({ length: sets }, () => ({
    asPath: [65000 + peer, ...Array.from({ length: 1 + Math.floor(random() * 5) }, () => 100_000 + Math.floor(random() * 80_000))],
    origin: ORIGINS[random() < 0.9 ? 0 : random() < 0.5 ? 1 : 2],
    med: random() < 0.3 ? Math.floor(random() * 1000) : null,
    communities: Array.from({ length: Math.floor(random() * 4) }, () => [65000 + peer, Math.floor(random() * 65536)]),
  }));
  const setOf = Uint32Array.from({ length: count }, () => Math.floor(sets * random() ** 2));
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => setOf[a] - setOf[b]);
  return { count, addresses: order.map((i) => addresses[i]), lengths: Uint8Array.from(order, (i) => lengths[i]), setOf: order.map((i) => setOf[i]), attributes };
}
