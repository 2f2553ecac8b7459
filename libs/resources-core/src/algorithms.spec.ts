import { TunnelOptions, type PartialTunnelOptions } from '@bordergate/contracts';
import { reject } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { effectiveOptions, newOptions } from './algorithms.js';

const defaults = TunnelOptions.parse({});
const gcm = newOptions({ ipsecCipher: 'aes128gcm16' }) as TunnelOptions;

describe('algorithms that cannot go together', () => {
  it.each<[PartialTunnelOptions, string, string]>([
    [{ ikeVersion: 'v1', ikeCipher: 'aes128gcm16' }, 'aead-needs-ikev2', 'ikeCipher'],
    [{ ikeVersion: 'v1', ikeKeyExchange: 'curve25519' }, 'group-needs-ikev2', 'ikeKeyExchange'],
    [{ ikeVersion: 'v1', ipsecKeyExchange: 'curve25519' }, 'group-needs-ikev2', 'ipsecKeyExchange'],
    [{ ipsecCipher: 'aes256gcm16', ipsecAuth: 'sha256' }, 'aead-has-own-integrity', 'ipsecAuth'],
    [{ ipsecAuth: null }, 'integrity-needed', 'ipsecAuth'],
  ])('%j is refused: %s', (asked, code, field) => {
    expect(newOptions(asked)).toEqual(reject(code, expect.any(String) as never, field));
    expect(effectiveOptions(defaults, asked)).toEqual(newOptions(asked));
  });
  it('are refused too when only the version changes', () => expect(effectiveOptions(newOptions({ ikeCipher: 'aes256gcm16' }) as TunnelOptions, { ikeVersion: 'v1' })).toMatchObject({ field: 'ikeCipher' }));
  it('AES-GCM in phase 2 goes with IKEv1, and ikeMode with IKEv2, where it has no effect', () => {
    expect(newOptions({ ikeVersion: 'v1', ipsecCipher: 'aes256gcm16' })).toMatchObject({ ipsecCipher: 'aes256gcm16' });
    expect(newOptions({ ikeMode: 'aggressive' })).toEqual({ ...defaults, ikeMode: 'aggressive' });
  });
});

describe('the integrity algorithm of phase 2', () => {
  it('is none beside an AEAD cipher, and the default again without one', () => {
    expect(gcm.ipsecAuth).toBeNull();
    expect(effectiveOptions(defaults, { ipsecCipher: 'aes128gcm16' })).toEqual(gcm);
    expect(effectiveOptions(gcm, { ipsecCipher: 'aes128' })).toEqual(defaults);
  });
  it('of a document that is sent back unchanged is no change', () => {
    for (const options of [defaults, gcm]) expect(effectiveOptions(options, options)).toEqual(options);
  });
  it('undefined is not asked', () => expect(newOptions({ ipsecAuth: undefined, ikeAuth: undefined })).toEqual(defaults));
});
