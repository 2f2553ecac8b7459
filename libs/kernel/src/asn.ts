/** AS numbers, 4-octet (RFC 6793), in asplain text (RFC 5396). */
declare const asn: unique symbol;
export type Asn = number & { readonly [asn]: true };

export const AS_TRANS = 23456; // RFC 6793: stands for a 4-octet number in 2-octet messages; nobody's own

/** Undefined for what no network may use: 0 (RFC 7607), AS_TRANS, 65535 and 4294967295 (RFC 7300), 64496-64511 and 65536-65551 (RFC 5398). */
export function parseAsn(value: number): Asn | undefined {
  if (!Number.isInteger(value) || value < 1 || value >= 4294967295 || value === AS_TRANS || value === 65535) return undefined;
  if ((value >= 64496 && value <= 64511) || (value >= 65536 && value <= 65551)) return undefined;
  return value as Asn;
}

/** RFC 6996. */
export const isPrivateAsn = (value: number): boolean => (value >= 64512 && value <= 65534) || (value >= 4200000000 && value <= 4294967294);
