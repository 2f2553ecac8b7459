import { formatIpv4, parseIpv4, toIpv4, type Ipv4 } from './ipv4.js';

/** An IPv4 prefix (RFC 4632): a network address whose host bits are zero, and a length of 0..32. */
export interface Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

/** The netmask of a prefix length, as an unsigned integer. */
export const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

/** "10.0.0.0/16"; undefined when it is no prefix or has host bits set (10.0.0.1/16 is a mistake, not a prefix). */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIpv4(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d?)$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  if (length > 32 || (address & maskOf(length)) >>> 0 !== address) return undefined;
  return { address, length };
}

/** Parses text that is known to be a prefix (it came through a schema); a broken promise throws. */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`not a prefix: ${text}`);
  return prefix;
}

export const formatPrefix = (prefix: Prefix): string => `${formatIpv4(prefix.address)}/${prefix.length}`;

/** The prefix of this length that holds the address. */
export const prefixAround = (address: Ipv4, length: number): Prefix => ({ address: toIpv4(address & maskOf(length)), length });

/** True when `inner` is `outer` or a part of it. */
export const contains = (outer: Prefix, inner: Prefix): boolean =>
  inner.length >= outer.length && (inner.address & maskOf(outer.length)) >>> 0 === outer.address;

export const containsAddress = (prefix: Prefix, address: Ipv4): boolean => (address & maskOf(prefix.length)) >>> 0 === prefix.address;

export const overlaps = (a: Prefix, b: Prefix): boolean => contains(a, b) || contains(b, a);

/** Order for listings: by address, then shorter first. */
export const comparePrefixes = (a: Prefix, b: Prefix): number => a.address - b.address || a.length - b.length;

/** The n-th address of a prefix (0 is the network address). */
export const addressIn = (prefix: Prefix, n: number): Ipv4 => toIpv4(prefix.address + n);
