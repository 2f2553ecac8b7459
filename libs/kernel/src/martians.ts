import { toIpv4 } from './ipv4.js';
import { contains, prefixAround, prefixOf, type Prefix } from './prefix.js';

/**
 * Prefixes that no peer can offer a way to (RFC 6890): "this network", loopback, link-local (the tunnels' own inner addresses) and
 * what is no unicast address. The data plane's filter and the RIB read this one list, so that they refuse the same.
 */
export const MARTIANS: readonly string[] = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

const ranges = MARTIANS.map(prefixOf);
const firstOctets = Uint8Array.from({ length: 256 }, (_, octet) => Number(ranges.some((range) => contains(prefixAround(range.address, Math.min(range.length, 8)), { address: toIpv4(octet << 24), length: 8 }))));

/** None is wider than /3 or deeper than its first octet tells; every route asks, and for most this answers. */
export const mayBeMartian = (address: number): boolean => firstOctets[address >>> 24] === 1;

/** True for a martian and each part of it; 0.0.0.0/0 is none. */
export const isMartian = (prefix: Prefix): boolean => mayBeMartian(prefix.address) && ranges.some((range) => contains(range, prefix));
