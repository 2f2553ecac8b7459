import { addressIn, contains, formatIpv4, formatPrefix, prefixOf, reject, type Rejection } from '@bordergate/kernel';
import { firstFree, INNER_POOL } from './inner-addresses.js';

/** Private and link-local ranges (RFC 1918, RFC 3927): what the two ends of a line may number it from. */
const ALLOWED = ['169.254.0.0/16', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefixOf);

export interface VifAddresses { readonly vifIp: string; readonly localVifIp: string; readonly remoteVifIp: string }

/**
 * The /30 of a virtual interface, checked or allocated: the customer has the first address and the cloud the second
 * (semantics 3.5). `used` are the /30s of all tunnels and other virtual interfaces of the gateway.
 */
export function vifAddresses(vifIp: string | undefined, used: readonly string[]): VifAddresses | Rejection {
  const taken = new Set<number>(used.map((other) => prefixOf(other).address));
  const inner = vifIp === undefined ? firstFree(taken) : prefixOf(vifIp);
  if (!inner) return reject('inner-addresses-exhausted', `no /30 of ${formatPrefix(INNER_POOL)} is free on this border gateway: name one of another range`, 'vifIp');
  if (inner.length !== 30) return reject('vif-ip-not-a-slash-30', 'a prefix of length 30', 'vifIp');
  if (!ALLOWED.some((range) => contains(range, inner))) return reject('vif-ip-out-of-range', `inside ${ALLOWED.map(formatPrefix).join(', ')}`, 'vifIp');
  if (taken.has(inner.address)) return reject('vif-ip-taken', 'apart from the inner addresses of every tunnel and other virtual interface on the border gateway', 'vifIp');
  return { vifIp: formatPrefix(inner), remoteVifIp: formatIpv4(addressIn(inner, 1)), localVifIp: formatIpv4(addressIn(inner, 2)) };
}
