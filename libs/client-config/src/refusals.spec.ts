import type { TunnelOptions } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { clientConfig } from './client-config.js';
import { DEVICES } from './devices.js';
import { identityOf } from './identity.js';
import { siteOf } from './sites.test-support.js';

/** [code, field] of a refusal, or the text of what is rendered. */
function asked(device: string, options: Partial<TunnelOptions>, change: { psk?: string; cloudId?: string; customerId?: string } = {}) {
  const { psk, ...ids } = change;
  const site = siteOf('one', 'bgp', options);
  const tunnels = site.tunnels.map((tunnel) => ({ ...tunnel, ...ids }));
  const config = clientConfig(device, { site: { ...site, tunnels }, hash: 'f'.repeat(64), local: { networks: [] }, ...(psk ? { psks: new Map(tunnels.map(({ tunnelId }) => [tunnelId, psk])) } : {}) });
  return isRejection(config) ? [config.code, config.field] : config.files.map(({ content }) => content).join('');
}

describe('what a device cannot do is refused by the name of the option', () => {
  it.each([
    ['cisco-ios', { ikeKeyExchange: 'curve25519' }, 'ikeKeyExchange'],
    ['cisco-ios', { ipsecKeyExchange: 'modp8192' }, 'ipsecKeyExchange'],
    ['cisco-ios', { ikeSaLifeSec: 60 }, 'ikeSaLifeSec'],
    ['cisco-ios', { ikeVersion: 'v1', ikeCipher: 'aes128gcm16' }, 'ikeCipher'],
    ['huawei-usg', { ikeCipher: 'aes256gcm16' }, 'ikeCipher'],
    ['h3c-msr', { ikeKeyExchange: 'modp4096' }, 'ikeKeyExchange'],
    ['h3c-msr', { ikeVersion: 'v1', ikeKeyExchange: 'ecp256' }, 'ikeKeyExchange'],
    ['h3c-msr', { ikeVersion: 'v1', ikeKeyExchange: 'modp2048', ipsecCipher: 'aes128gcm16' }, 'ipsecCipher'],
    ['h3c-msr', { ipsecSaLifeSec: 120 }, 'ipsecSaLifeSec'],
    ['juniper-srx', { ipsecKeyExchange: 'curve25519' }, 'ipsecKeyExchange'],
    ['fortigate', { ikeSaLifeSec: 60 }, 'ikeSaLifeSec'],
    ['strongswan-frr', { ikeVersion: 'v1', ikeCipher: 'aes256gcm16' }, 'ikeCipher'],
  ] as const)('%s: %o', (device, options, field) => {
    expect(asked(device, options)).toEqual(['device-cannot', field]);
  });

  it.each([
    ['cisco-ios', { cloudId: 'keyid:cloud' }, 'localId'],
    ['fortigate', { customerId: 'router"' }, 'remoteId'],
    ['huawei-usg', { customerId: 'CN=router' }, 'remoteId'],
    ['cisco-ios', { psk: 'what? a key' }, 'psk'],
    ['fortigate', { psk: 'with "quotes"' }, 'psk'],
  ] as const)('%s: %o', (device, change, field) => {
    expect(asked(device, {}, change)).toEqual(['device-cannot', field]);
  });

  it('every device does the defaults', () => {
    for (const { id } of DEVICES) expect(asked(id, {}), id).toEqual(expect.any(String));
  });

  it('an unknown device is refused with the list', () => {
    const refused = clientConfig('pix', { site: siteOf('one', 'bgp'), hash: 'f'.repeat(64), local: { networks: [] } });
    expect(refused).toMatchObject({ code: 'unknown-device', field: 'device', because: expect.stringContaining('cisco-ios') });
  });
});

describe('traffic selectors', () => {
  const trafficSelectors = [{ customerSubnets: ['192.168.1.0/24', '192.168.2.0/24'], cloudSubnet: '10.1.0.0/16' }, { customerSubnets: ['192.168.9.0/24'], cloudSubnet: '10.2.0.0/16' }];
  const config = (device: string, options: Partial<TunnelOptions> = {}) => clientConfig(device, { site: { ...siteOf('one', 'static', options), trafficSelectors }, hash: 'f'.repeat(64), local: { networks: [] } });
  const childrenIn = (options: Partial<TunnelOptions> = {}) => {
    const made = config('strongswan-frr', options);
    if (isRejection(made)) throw new Error(made.because);
    const text = made.files.map(({ content }) => content).join('');
    return { children: [...text.matchAll(/^ {6}(tun-abcdefghi1\S*) \{\n.*\n\s+local_ts = (.*)\n\s+remote_ts = (.*)$/gm)].map(([, ...found]) => found.join(' ')), text };
  };
  it('are a CHILD SA each for strongSwan, a pair of networks each with IKEv1', () => {
    expect(childrenIn().children).toEqual(['tun-abcdefghi1_1 192.168.1.0/24,192.168.2.0/24 10.1.0.0/16', 'tun-abcdefghi1_2 192.168.9.0/24 10.2.0.0/16']);
    expect(childrenIn({ ikeVersion: 'v1', ikeKeyExchange: 'modp2048' }).children).toEqual(['tun-abcdefghi1_1 192.168.1.0/24 10.1.0.0/16', 'tun-abcdefghi1_2 192.168.2.0/24 10.1.0.0/16', 'tun-abcdefghi1_3 192.168.9.0/24 10.2.0.0/16']);
  });
  it('share the device of their tunnel, which stays up while one of them is', () => {
    expect(childrenIn().text).toContain(`device=\${PLUTO_CONNECTION%_*}\n`);
    expect(childrenIn().text).toContain('--noblock --ike "$device" | grep -qE "(INSTALLED');
  });
  it('are refused by name for devices whose tunnels are interfaces that take everything', () => {
    for (const { id } of DEVICES) expect(isRejection(config(id)) ? (config(id) as { field?: string }).field : 'rendered', id).toBe(id.startsWith('strongswan') ? 'rendered' : 'trafficSelectors');
  });
});

it('a key that could be misread is hexadecimal for strongSwan', () => {
  expect(asked('strongswan-frr', {}, { psk: 'a "b" {c}' })).toContain('secret = 0x6120226222207b637d\n');
});

it('integrity beside an AEAD cipher is not said for ESP, and is the PRF for IKE', () => {
  expect(asked('cisco-ios', { ikeCipher: 'aes256gcm16', ipsecCipher: 'aes128gcm16' })).toMatch(/encryption aes-gcm-256\n prf sha256\n[\s\S]*transform-set \S+ esp-gcm 128\n/);
});

it.each([['203.0.113.1', 'address'], ['vpn.example.net', 'fqdn'], ['@vpn.example.net', 'fqdn'], ['a@example.net', 'email'], ['keyid:x', 'other'], ['CN=x', 'other'], ['@#0a', 'other'], ['a"b', 'other'], ['a;b', 'other'], ['@a@b', 'other']])('%s is an identity of kind %s', (text, kind) => {
  expect(identityOf(text).kind).toBe(kind);
});

it('ids and values of all devices are distinct and fit where they are used', () => {
  expect(new Set(DEVICES.map(({ id }) => id)).size).toBe(DEVICES.length);
  for (const { id } of DEVICES) expect(id).toMatch(/^[a-z0-9-]{1,32}$/);
});
