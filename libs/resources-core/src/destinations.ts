import { contains, overlaps, prefixOf, reject, type Rejection } from '@bordergate/kernel';
import { NOT_FOR_HOSTS } from './internet-address.js';

/**
 * Where a route may lead, and how tunnels' inner addresses and networks stay apart. An inner /30 is directly connected on the gateway: a
 * route into it would never be used, and a subnet that holds it would have two owners.
 */
export function destinationProblem(destination: string, innerPrefixes: readonly string[], field: string): Rejection | undefined {
  const prefix = prefixOf(destination);
  const special = NOT_FOR_HOSTS.find(({ range }) => contains(range, prefix));
  if (special) return reject('destination-not-routable', `not inside ${special.text} (${special.why}): no network of hosts is there`, field);
  const inner = innerPrefixes.find((each) => contains(prefixOf(each), prefix));
  return inner === undefined ? undefined : reject('destination-overlaps-tunnel', `not inside ${inner}: the inner addresses of a tunnel are directly connected`, field);
}

/** Networks that hold, or lie inside, the inner addresses of a tunnel. */
export function overlapsTunnel(cidrs: readonly string[], innerPrefixes: readonly string[], field: string): Rejection | undefined {
  for (const cidr of cidrs) {
    const inner = innerPrefixes.find((each) => overlaps(prefixOf(each), prefixOf(cidr)));
    if (inner !== undefined) return reject('subnet-overlaps-tunnel', `the inner addresses ${inner} of a tunnel on the border gateway and the subnet ${cidr} overlap`, field);
  }
  return undefined;
}
