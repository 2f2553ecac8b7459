import { addressIn, contains, formatIpv4, formatPrefix, prefixOf, reject, toIpv4, type Prefix, type Rejection } from '@bordergate/kernel';

/**
 * Inner addresses of tunnels (semantics 2): a /30 that no other tunnel of the border gateway has, the customer on its
 * first host address and the cloud on its second unless asked otherwise.
 */
export interface InnerAddresses { readonly tunnelIp: string; readonly localTunnelIp: string; readonly remoteTunnelIp: string }

/** Where omitted ones are allocated. Nothing in it is skipped: a peer that reserves some (AWS: 169.254.0-5.0/30) is given an explicit tunnelIp. */
export const INNER_POOL = prefixOf('169.254.0.0/20');
const ALLOWED = [INNER_POOL, prefixOf('10.0.0.0/8'), prefixOf('172.16.0.0/12'), prefixOf('192.168.0.0/16')];

export interface InnerAddressRequest { readonly tunnelIp?: string | undefined; readonly localTunnelIp?: string | undefined }

/** Checks what was asked for, allocates what was not. `used` are the inner prefixes of the gateway's other tunnels. */
export function innerAddresses(request: InnerAddressRequest, used: readonly string[]): InnerAddresses | Rejection {
  // All of them are /30s: two clash exactly when they begin at the same address.
  const taken = new Set<number>(used.map((other) => prefixOf(other).address));
  let inner: Prefix;
  if (request.tunnelIp === undefined) {
    const free = firstFree(taken);
    if (!free) return reject('inner-addresses-exhausted', `no /30 of ${formatPrefix(INNER_POOL)} is free on this border gateway: name one of another range`, 'tunnelIp');
    inner = free;
  } else {
    inner = prefixOf(request.tunnelIp);
    if (inner.length !== 30) return reject('tunnel-ip-not-a-slash-30', 'a prefix of length 30', 'tunnelIp');
    if (!ALLOWED.some((range) => contains(range, inner))) return reject('tunnel-ip-out-of-range', `inside ${ALLOWED.map(formatPrefix).join(', ')}`, 'tunnelIp');
    if (taken.has(inner.address)) return reject('tunnel-ip-taken', 'apart from the inner addresses of every other tunnel on the border gateway', 'tunnelIp');
  }
  const hosts = [formatIpv4(addressIn(inner, 1)), formatIpv4(addressIn(inner, 2))] as const;
  const localTunnelIp = request.localTunnelIp ?? hosts[1];
  if (!hosts.includes(localTunnelIp)) return reject('local-tunnel-ip-not-in-the-middle', `one of the two middle addresses of ${formatPrefix(inner)}: ${hosts.join(' or ')}`, 'localTunnelIp');
  return { tunnelIp: formatPrefix(inner), localTunnelIp, remoteTunnelIp: localTunnelIp === hosts[0] ? hosts[1] : hosts[0] };
}

/** Lowest first: which one a tunnel gets is a function of the gateway's present tunnels. */
export function firstFree(taken: ReadonlySet<number>): Prefix | undefined {
  const end = INNER_POOL.address + 2 ** (32 - INNER_POOL.length);
  for (let address: number = INNER_POOL.address; address < end; address += 4) {
    if (!taken.has(address)) return { address: toIpv4(address), length: 30 };
  }
  return undefined;
}
