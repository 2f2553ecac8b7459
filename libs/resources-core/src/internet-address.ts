import { containsAddress, parseIpv4, prefixOf } from '@bordergate/kernel';

/**
 * Addresses that cannot be reached over the internet (IANA special-purpose registry, RFC 6890). The documentation
 * ranges 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 (RFC 5737) are left out on purpose: laboratories live there.
 */
const NOT_ON_THE_INTERNET = ([
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared by carrier-grade NAT'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved for protocols'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'for benchmarks'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
] as const).map(([text, why]) => ({ range: prefixOf(text), text, why }));

/** Why the address cannot be reached over the internet; undefined when it can. */
export function notOnTheInternet(text: string): string | undefined {
  const address = parseIpv4(text);
  if (address === undefined) return 'not an IPv4 address';
  return NOT_ON_THE_INTERNET.find(({ range }) => containsAddress(range, address))?.why;
}

/** No routed host is there at all: at a private address there may be one (a laboratory, one-to-one NAT), at these never. */
export const NOT_FOR_HOSTS = NOT_ON_THE_INTERNET.filter(({ why }) => ['this network', 'loopback', 'link-local', 'multicast', 'reserved'].includes(why));

export function isNoHost(text: string): boolean {
  const address = parseIpv4(text);
  return address === undefined || NOT_FOR_HOSTS.some(({ range }) => containsAddress(range, address));
}
