/**
 * IPv4 addresses as unsigned 32-bit integers. Text is parsed once, at the door; inside, an address is a number
 * that compares and masks without allocation.
 */
declare const ipv4: unique symbol;
export type Ipv4 = number & { readonly [ipv4]: true };

const [DOT, ZERO, NINE] = [46, 48, 57];

/** Dotted quad without leading zeros, e.g. "203.0.113.1"; undefined when the text is anything else. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const value = ipv4Between(text, 0, text.length);
  return value === NO_IPV4 ? undefined : toIpv4(value);
}

export const NO_IPV4 = -1;

/** The same of a part of a text. By character and as a plain number, because every route passes here. */
export function ipv4Between(text: string, start: number, end: number): number {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i <= end; i++) {
    const code = i < end ? text.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (digits === 0 || octet > 255 || ++dots > 4) return NO_IPV4;
      value = (value << 8) | octet;
      octet = digits = 0;
    } else {
      if (code < ZERO || code > NINE || (digits > 0 && octet === 0) || ++digits > 3) return NO_IPV4;
      octet = octet * 10 + code - ZERO;
    }
  }
  return dots === 4 ? value >>> 0 : NO_IPV4;
}

/** "a.b" of the 16-bit halves that were asked for: two pieces make an address, where four and their dots would be seven. */
const HALVES: string[] = [];
const half = (n: number): string => (HALVES[n] ??= `${n >>> 8}.${n & 255}`);

/** The dotted quad of an address. */
export const formatIpv4 = (address: Ipv4): string => `${half(address >>> 16)}.${half(address & 0xffff)}`;

/** Any integer as an address: for arithmetic on addresses (wraps at 2^32). */
export const toIpv4 = (value: number): Ipv4 => (value >>> 0) as Ipv4;
