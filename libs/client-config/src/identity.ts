import { parseIpv4 } from '@bordergate/kernel';

export type IdentityKind = 'address' | 'fqdn' | 'email' | 'other';
export interface IkeIdentity { readonly kind: IdentityKind; readonly value: string }

/**
 * What strongSwan, at the cloud's end, makes of the text of an identity: the router has to send the same type. "other"
 * are key ids, distinguished names, explicit types ("keyid:…", "@#…", "CN=…") and whatever has a character that some
 * command line minds.
 */
export function identityOf(text: string): IkeIdentity {
  if (parseIpv4(text) !== undefined) return { kind: 'address', value: text };
  const [, at, name, domain] = /^(@?)([A-Za-z0-9._-]+)(@[A-Za-z0-9._-]+)?$/.exec(text) ?? [];
  if (name === undefined || (at && domain)) return { kind: 'other', value: text };
  return domain === undefined ? { kind: 'fqdn', value: name } : { kind: 'email', value: text };
}

/** The device's word for each kind that it has. */
export function identityWords(text: string, words: Readonly<Record<'address' | 'fqdn' | 'email', string>>): string {
  const { kind, value } = identityOf(text);
  if (kind === 'other') throw new Error('an identity of a kind the device has not was not refused');
  return `${words[kind]} ${value}`;
}

/** What every router can be told. */
export const COMMON_IDENTITIES = ['address', 'fqdn', 'email'] as const satisfies readonly IdentityKind[];
