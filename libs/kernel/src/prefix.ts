import { formatIpv4, ipv4Between, NO_IPV4, toIpv4, type Ipv4 } from './ipv4.js';

/** An IPv4 prefix (RFC 4632): a network address whose host bits are zero, and a length of 0..32. */
export interface Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

/** The netmask of a prefix length, as an unsigned integer. */
export const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

/** "10.0.0.0/16"; undefined when it is no prefix or has host bits set (10.0.0.1/16 is a mistake, not a prefix). */
export const parsePrefix = (text: string): Prefix | undefined => prefixFrom(text, 0);

/** The same of the end of a text. */
function prefixFrom(text: string, start: number): Prefix | undefined {
  const length = lengthAtEnd(text);
  const address = addressFrom(text, start, length);
  return address === NO_IPV4 ? undefined : { address: toIpv4(address), length };
}

/** The address in front of a length, its host bits zero. */
function addressFrom(text: string, start: number, length: number): number {
  const slash = text.length - (length < 10 ? 2 : 3);
  if (length > 32 || text.charCodeAt(slash) !== SLASH) return NO_IPV4;
  const address = ipv4Between(text, start, slash);
  return (address & maskOf(length)) >>> 0 === address ? address : NO_IPV4;
}

/** One or two digits without a leading zero; NO_LENGTH when there is something else. */
function lengthAtEnd(text: string): number {
  const units = text.charCodeAt(text.length - 1) - ZERO;
  const tens = text.charCodeAt(text.length - 2) - ZERO;
  if (!(units >= 0 && units <= 9)) return NO_LENGTH;
  if (tens === SLASH - ZERO) return units;
  return tens >= 1 && tens <= 9 ? 10 * tens + units : NO_LENGTH;
}
const NO_LENGTH = 99;
const [SLASH, ZERO] = [47, 48];

/** Parses text that is known to be a prefix (it came through a schema); a broken promise throws. */
export const prefixOf = (text: string): Prefix => prefixAt(text, 0);

/** The same of the end of a text, from `start` on. */
export function prefixAt(text: string, start: number): Prefix {
  const prefix = prefixFrom(text, start);
  if (!prefix) throw notPrefix(text, start);
  return prefix;
}

/** Many prefixes as two columns of numbers. Of a flood of them, an object for each would be garbage at once. */
export interface PrefixColumns {
  /** Signed numbers, which need no box. */
  readonly addresses: Int32Array;
  readonly lengths: Uint8Array;
}

export const prefixColumns = (size: number): PrefixColumns => ({ addresses: new Int32Array(size), lengths: new Uint8Array(size) });

/** Reads the end of a text, as prefixAt does, into the n-th place. */
export function readPrefix(text: string, start: number, { addresses, lengths }: PrefixColumns, n: number): void {
  const length = lengthAtEnd(text);
  const address = addressFrom(text, start, length);
  if (address === NO_IPV4) throw notPrefix(text, start);
  addresses[n] = address;
  lengths[n] = length;
}

const notPrefix = (text: string, start: number): Error => new Error(`not a prefix: ${text.slice(start)}`);

const SUFFIXES = Array.from({ length: 33 }, (_, length) => `/${length}`);

export const formatPrefix = (prefix: Prefix): string => formatIpv4(prefix.address) + SUFFIXES[prefix.length]!;

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
