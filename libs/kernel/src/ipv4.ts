/**
 * IPv4 addresses as unsigned 32-bit integers. Text is parsed once, at the door; inside, an address is a number
 * that compares and masks without allocation.
 */
declare const ipv4: unique symbol;
export type Ipv4 = number & { readonly [ipv4]: true };

const OCTET = /^(0|[1-9]\d{0,2})$/;

/** Dotted quad without leading zeros, e.g. "203.0.113.1"; undefined when the text is anything else. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!OCTET.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return value as Ipv4;
}

/** The dotted quad of an address. */
export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Any integer as an address: for arithmetic on addresses (wraps at 2^32). */
export const toIpv4 = (value: number): Ipv4 => (value >>> 0) as Ipv4;
