/** The two ends of a tunnel. */
export interface Pair { readonly cloudPublicIp: string; readonly customerIp: string }

/**
 * The initial tunnels of a connection (semantics 1.5): of one customer address both cloud addresses to it, of two each to its own, of four
 * each cloud address to two.
 */
export function initialPairs(cloud: readonly string[], customer: readonly string[]): Pair[] {
  const [c1, c2] = [cloud[0]!, cloud[1] ?? cloud[0]!];
  const pair = (cloudPublicIp: string, customerIp: string): Pair => ({ cloudPublicIp, customerIp });
  switch (customer.length) {
    case 1: return [pair(c1, customer[0]!), pair(c2, customer[0]!)];
    case 2: return [pair(c1, customer[0]!), pair(c2, customer[1]!)];
    default: return customer.slice(0, 4).map((address, n) => pair(n < 2 ? c1 : c2, address));
  }
}

/** Pairs that have no tunnel yet: there is at most one between two addresses. */
export function freePairs(cloud: readonly string[], customer: readonly string[], taken: readonly Pair[]): Pair[] {
  const has = new Set(taken.map(({ cloudPublicIp, customerIp }) => `${cloudPublicIp} ${customerIp}`));
  return cloud.flatMap((cloudPublicIp) => customer.map((customerIp) => ({ cloudPublicIp, customerIp }))).filter((free) => !has.has(`${free.cloudPublicIp} ${free.customerIp}`));
}
