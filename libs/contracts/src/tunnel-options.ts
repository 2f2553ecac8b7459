import { z } from 'zod';

/** IKE and IPsec parameters of a tunnel (product rule: semantics 2; modern algorithms beyond the list: design 3). */
export const DH_GROUPS = {
  modp1024: 2, modp1536: 5, modp2048: 14, modp3072: 15, modp4096: 16, modp6144: 17, modp8192: 18,
  ecp256: 19, ecp384: 20, ecp521: 21, curve25519: 31,
} as const;
export type DhGroup = keyof typeof DH_GROUPS;
const dhGroup = z.enum(Object.keys(DH_GROUPS) as [DhGroup, ...DhGroup[]]);

export const IkeCipher = z.enum(['aes128', 'aes192', 'aes256', '3des', 'aes128gcm16', 'aes256gcm16']);
export const IpsecCipher = z.enum(['aes128', 'aes192', 'aes256', 'aes128gcm16', 'aes256gcm16']);
export const Integrity = z.enum(['sha1', 'sha256', 'sha384', 'sha512']);

const lifetimeSec = z.int().min(60).max(86_400);

/** Every parameter with its default; a GCM cipher brings its own integrity, so ikeAuth then names the PRF and ipsecAuth is null. */
export const TunnelOptions = z.object({
  ikeVersion: z.enum(['v1', 'v2']).default('v2'),
  ikeMode: z.enum(['main', 'aggressive']).default('main').describe('IKEv1 only'),
  ikeKeyExchange: dhGroup.default('ecp256').describe('Diffie-Hellman group of phase 1'),
  ikeCipher: IkeCipher.default('aes128'),
  ikeAuth: Integrity.default('sha256'),
  ikeDpdSec: z.union([z.literal(0), z.literal(10)], '0 (off) or 10 (seconds)').default(10).describe('dead peer detection: 0 is off, else the delay in seconds'),
  ikeSaLifeSec: lifetimeSec.default(14_400),
  ipsecCipher: IpsecCipher.default('aes128'),
  ipsecAuth: Integrity.nullable().default('sha256').describe('null beside a GCM cipher, which has its own integrity'),
  ipsecKeyExchange: dhGroup.nullable().default(null).describe('PFS group; null is no PFS'),
  ipsecSaLifeSec: lifetimeSec.default(3_600),
  ipsecSaLifepkt: z.int().min(0).max(100_000_000).default(0).describe('packets; 0 is off'),
  ipsecSaLifebyte: z.int().min(0).max(107_374_182_400).default(0).describe('bytes; 0 is off'),
  bandwidthMbps: z.int().min(1).max(1_500).default(1_500),
});
export type TunnelOptions = z.infer<typeof TunnelOptions>;

/** The same fields, each optional and without default: for change requests and for "as tunnel 1". */
export const PartialTunnelOptions = z.object(
  Object.fromEntries(Object.entries(TunnelOptions.shape).map(([name, field]) => [name, field.unwrap().optional()])) as {
    [K in keyof typeof TunnelOptions.shape]: z.ZodOptional<ReturnType<(typeof TunnelOptions.shape)[K]['unwrap']>>;
  },
);
export type PartialTunnelOptions = z.infer<typeof PartialTunnelOptions>;

/** Algorithms that NIST or RFC 8247 advise against: accepted, and marked in every answer. */
export function weakAlgorithms(options: TunnelOptions): string[] {
  const weak = new Set<string>();
  if (options.ikeCipher === '3des') weak.add('ikeCipher:3des');
  if (options.ikeAuth === 'sha1') weak.add('ikeAuth:sha1');
  if (options.ipsecAuth === 'sha1') weak.add('ipsecAuth:sha1');
  if (DH_GROUPS[options.ikeKeyExchange] < 14) weak.add(`ikeKeyExchange:${options.ikeKeyExchange}`);
  if (options.ipsecKeyExchange && DH_GROUPS[options.ipsecKeyExchange] < 14) weak.add(`ipsecKeyExchange:${options.ipsecKeyExchange}`);
  if (options.ikeVersion === 'v1' && options.ikeMode === 'aggressive') weak.add('ikeMode:aggressive');
  return [...weak];
}

/** A cipher that brings its own integrity. */
export const isAead = (cipher: string): boolean => cipher.includes('gcm');

/** Phase 1 as strongSwan writes a proposal: our values are its words. An AEAD cipher needs the PRF by name (RFC 5282, 8). */
export const ikeProposal = ({ ikeCipher, ikeAuth, ikeKeyExchange }: TunnelOptions): string =>
  [ikeCipher, isAead(ikeCipher) ? `prf${ikeAuth}` : ikeAuth, ikeKeyExchange].join('-');

/** Phase 2 as strongSwan writes a proposal. */
export const espProposal = ({ ipsecCipher, ipsecAuth, ipsecKeyExchange }: TunnelOptions): string =>
  [ipsecCipher, ...(isAead(ipsecCipher) ? [] : [ipsecAuth]), ...(ipsecKeyExchange ? [ipsecKeyExchange] : [])].join('-');
