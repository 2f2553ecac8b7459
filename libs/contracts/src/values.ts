import { parseAsn, parseIpv4, parsePrefix } from '@bordergate/kernel';
import { z } from 'zod';

/** A rule that only we know: zod would call each of them "custom", which says nothing to a program. */
export const rule = (code: string, message: string) => ({ error: message, params: { code } });

/**
 * The small schemas everything is made of. A failed one names the field (by its path) and the rule (its message). What JSON
 * Schema cannot say as we do, because its patterns know no \p{…}, `meta` says for the OpenAPI document: a format, or a
 * pattern for the texts that one meets.
 */
export const Name = z.string().regex(/^[\p{Script=Han}A-Za-z0-9_-]{1,32}$/u, '1 to 32 characters: Chinese, letters, digits, "_" and "-"').meta({ pattern: '^[A-Za-z0-9_\\u3400-\\u4dbf\\u4e00-\\u9fff-]{1,32}$' });
/** NUL and halves of surrogate pairs are no text: Postgres keeps neither in jsonb. */
export const Description = z.string().max(256, 'at most 256 characters').regex(/^[^\0\p{Surrogate}]*$/u, 'text without NUL characters or lone surrogates').meta({ pattern: '^[^\\u0000]*$' });
export const Region = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a region: lower-case letters, digits and "-", at most 32');
export const Ipv4Text = z.string().refine((text) => parseIpv4(text) !== undefined, rule('not-an-address', 'an IPv4 address such as 203.0.113.1')).meta({ format: 'ipv4' });
export const PrefixText = z.string().refine((text) => parsePrefix(text) !== undefined, rule('not-a-prefix', 'an IPv4 prefix without host bits, such as 10.0.0.0/16')).meta({ format: 'ipv4-prefix' });
export const AsnNumber = z.int().refine((value) => parseAsn(value) !== undefined, rule('reserved-as-number', 'a public or private AS number, not a reserved one (RFC 7607, 7300, 5398, 6793)')).meta({ minimum: 1, maximum: 4_294_967_294 });
export const AdminStatus = z.enum(['UP', 'DOWN']);
export type AdminStatus = z.infer<typeof AdminStatus>;
export const OperStatus = z.enum(['UP', 'DOWN']);
export type OperStatus = z.infer<typeof OperStatus>;
/** 8 to 64 printable characters. "0x" and "0s" in front would make strongSwan read it as hex or base64. */
export const Psk = z.string().regex(/^(?!0[xs])[\x20-\x7e]{8,64}$/, '8 to 64 printable ASCII characters, not starting with 0x or 0s');
export const Identity = z.string().regex(/^[\x21-\x7e]{1,128}$/, '1 to 128 printable ASCII characters without spaces: an address, a domain name or user@domain');
/** What strongSwan reads as more than one peer: a wildcard, a network, a range, "any" in each of its spellings. Whoever has the key could then present any identity. */
const NOT_ONE = /\*|^(\w+:|\{\d+\}:)?(%any6?|0\.0\.0\.0|::|0::0)$|^(ipv[46]net|ipv[46]range):|^\d+\.[\d.]*[/-]\d[\d.]*$|^[0-9a-f]*:[0-9a-f:.]*[/-][0-9a-f:.]+$/i;
/** An identity as a request may choose it. */
export const OneIdentity = Identity.refine((text) => !NOT_ONE.test(text), rule('identity-of-many', 'the identity of one peer: no "*", no network or range, not %any or 0.0.0.0'));
export const Node = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'a node name: lower-case letters, digits, "." and "-"');

/** Ids are a kind prefix and ten random lower-case letters and digits. */
export const ID_PREFIX = {
  vpc: 'vpc', subnet: 'subnet', routeTable: 'rtb', routePropagation: 'prop', vpcRoute: 'vpcrt', borderGateway: 'bgw', vpcAttachment: 'vpcatt',
  staticRoute: 'bgwrt', customerGateway: 'cgw', vpnConnection: 'vpn', vpnTunnel: 'tun', virtualInterface: 'vif',
} as const;
