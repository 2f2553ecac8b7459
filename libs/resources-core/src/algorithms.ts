import { isAead, TunnelOptions, type PartialTunnelOptions } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';

/**
 * The options of a tunnel after some were asked for, or why they cannot go together. What was not asked for stays as in
 * `base`, except the integrity algorithm of phase 2, which follows its cipher: none beside an AEAD cipher, which has
 * its own (RFC 4106), and the default when the cipher stops being one.
 */
export function effectiveOptions(base: TunnelOptions, asked: PartialTunnelOptions): TunnelOptions | Rejection {
  const options = { ...base, ...given(asked) };
  return inIkeV1(options) ?? withIntegrity(options, asked);
}

/** The options of a tunnel that has none yet. */
export const newOptions = (asked: PartialTunnelOptions): TunnelOptions | Rejection => effectiveOptions(TunnelOptions.parse({}), asked);

/** AEAD in phase 1 (RFC 5282) and Curve25519 (RFC 8031) were defined for IKEv2 alone. `ikeMode` is IKEv1's and without effect in IKEv2 (product rule). */
function inIkeV1({ ikeVersion, ikeCipher, ikeKeyExchange, ipsecKeyExchange }: TunnelOptions): Rejection | undefined {
  if (ikeVersion !== 'v1') return undefined;
  if (isAead(ikeCipher)) return reject('aead-needs-ikev2', `${ikeCipher} in phase 1 needs IKEv2 (RFC 5282)`, 'ikeCipher');
  if (ikeKeyExchange === 'curve25519') return reject('group-needs-ikev2', 'curve25519 needs IKEv2 (RFC 8031)', 'ikeKeyExchange');
  if (ipsecKeyExchange === 'curve25519') return reject('group-needs-ikev2', 'curve25519 needs IKEv2 (RFC 8031)', 'ipsecKeyExchange');
  return undefined;
}

function withIntegrity(options: TunnelOptions, asked: PartialTunnelOptions): TunnelOptions | Rejection {
  const { ipsecCipher, ipsecAuth } = options;
  if (isAead(ipsecCipher)) {
    return asked.ipsecAuth ? reject('aead-has-own-integrity', `${ipsecCipher} has its own integrity: ipsecAuth must be null or left out`, 'ipsecAuth') : { ...options, ipsecAuth: null };
  }
  if (asked.ipsecAuth === null) return reject('integrity-needed', `${ipsecCipher} has no integrity of its own: name an algorithm`, 'ipsecAuth');
  return { ...options, ipsecAuth: ipsecAuth ?? TunnelOptions.shape.ipsecAuth.parse(undefined) };
}

/** Without the members that are undefined: a spread would let them overwrite. */
export const given = <T extends object>(partial: T): T => Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as T;

