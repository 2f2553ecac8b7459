import { DH_GROUPS, isAead, type DhGroup, type TunnelOptions } from '@bordergate/contracts';
import type { Unsupported } from './device.js';

type Words<K extends string> = Readonly<Partial<Record<K, string>>>;
type Range = readonly [min: number, max: number];

/** A device's words for our options. A value without a word is one the device cannot do: refusing needs no second list. */
export interface Vocabulary {
  readonly device: string;
  readonly ikeCipher: Words<TunnelOptions['ikeCipher']>;
  readonly ikeAuth: Words<TunnelOptions['ikeAuth']>;
  readonly ikeKeyExchange: Words<DhGroup>;
  readonly ipsecCipher: Words<TunnelOptions['ipsecCipher']>;
  readonly ipsecAuth: Words<NonNullable<TunnelOptions['ipsecAuth']>>;
  readonly ipsecKeyExchange: Words<DhGroup>;
  /** Life times it accepts. */
  readonly ikeSaLifeSec: Range;
  readonly ipsecSaLifeSec: Range;
}

const WORDED = ['ikeCipher', 'ikeAuth', 'ikeKeyExchange', 'ipsecCipher', 'ipsecAuth', 'ipsecKeyExchange'] as const;
type Worded = (typeof WORDED)[number];
const LIFE_TIMES = ['ikeSaLifeSec', 'ipsecSaLifeSec'] as const;

export function unsupportedBy(vocabulary: Vocabulary, options: TunnelOptions): Unsupported[] {
  const { device } = vocabulary;
  const missing = WORDED.filter((option) => isUsed(option, options) && wordFor(vocabulary, option, options) === undefined)
    .map((option) => ({ option, because: `${device} has no ${options[option]}` }));
  const outside = LIFE_TIMES.filter((option) => options[option] < vocabulary[option][0] || options[option] > vocabulary[option][1])
    .map((option) => ({ option, because: `${device} takes ${vocabulary[option].join(' to ')} seconds, not ${options[option]}` }));
  return [...missing, ...aeadInIkeV1(options), ...outside];
}

/** AEAD ciphers protect IKEv2 messages only (RFC 5282); IKEv1 can still negotiate them for ESP. */
export const aeadInIkeV1 = ({ ikeVersion, ikeCipher }: TunnelOptions): Unsupported[] =>
  ikeVersion === 'v1' && isAead(ikeCipher) ? [{ option: 'ikeCipher', because: `IKEv1 has no ${ikeCipher} (RFC 5282 is IKEv2 only)` }] : [];

export type OptionWords = Readonly<Record<Exclude<Worded, 'ipsecKeyExchange'>, string>> & { readonly ipsecKeyExchange: string | null };

/** The words of options that have been checked; PFS may be off. What is not used (integrity beside AEAD) is empty. */
export function wordsOf(vocabulary: Vocabulary, options: TunnelOptions): OptionWords {
  const words = Object.fromEntries(WORDED.map((option) => {
    if (!isUsed(option, options)) return [option, option === 'ipsecKeyExchange' ? null : ''];
    const word = wordFor(vocabulary, option, options);
    if (word === undefined) throw new Error(`${vocabulary.device} has no word for ${option} ${options[option]}`);
    return [option, word];
  }));
  return words as unknown as OptionWords;
}

/** IKE needs the PRF even with an AEAD cipher (RFC 5282, 8); ESP needs no integrity algorithm then. */
const isUsed = (option: Worded, options: TunnelOptions): boolean =>
  option === 'ipsecKeyExchange' ? options.ipsecKeyExchange !== null : option !== 'ipsecAuth' || !isAead(options.ipsecCipher);

const wordFor = (vocabulary: Vocabulary, option: Worded, options: TunnelOptions): string | undefined =>
  (vocabulary[option] as Words<string>)[String(options[option])];

/** Diffie-Hellman groups by number, the usual way to name them: `dhWords('group', ['modp2048'])` is { modp2048: 'group14' }. */
export const dhWords = (prefix: string, groups: readonly DhGroup[]): Words<DhGroup> =>
  Object.fromEntries(groups.map((group) => [group, `${prefix}${DH_GROUPS[group]}`]));
