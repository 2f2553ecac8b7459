import { formatIpv4, ipv4Between, toIpv4, type Ipv4 } from './ipv4.js';

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
  const slash = text.indexOf('/', start);
  const address = slash < 0 ? undefined : ipv4Between(text, start, slash);
  const length = lengthAt(text, slash + 1);
  if (address === undefined || length > 32 || (address & maskOf(length)) >>> 0 !== address) return undefined;
  return { address, length };
}

/** One or two digits without a leading zero up to the end of the text; NO_LENGTH when there is something else. */
function lengthAt(text: string, start: number): number {
  const first = text.charCodeAt(start) - 48;
  const second = text.charCodeAt(start + 1) - 48;
  if (text.length === start + 1) return first >= 0 && first <= 9 ? first : NO_LENGTH;
  return text.length === start + 2 && first >= 1 && first <= 9 && second >= 0 && second <= 9 ? 10 * first + second : NO_LENGTH;
}
const NO_LENGTH = 99;

/** Parses text that is known to be a prefix (it came through a schema); a broken promise throws. */
export const prefixOf = (text: string): Prefix => prefixAt(text, 0);

/** The same of the end of a text, from `start` on. */
export function prefixAt(text: string, start: number): Prefix {
  const prefix = prefixFrom(text, start);
  if (!prefix) throw new Error(`not a prefix: ${text.slice(start)}`);
  return prefix;
}

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
