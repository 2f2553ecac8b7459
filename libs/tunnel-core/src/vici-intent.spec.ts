import { encodeMessage, sectionsOf, type ViciMessage } from '@bordergate/vici';
import { describe, expect, it } from 'vitest';
import { spec } from './fixtures.test-support.js';
import { isNameOf, viciIntent } from './vici-intent.js';

const CASES = {
  defaults: spec('tun-1'),
  'ikev1-main-weak': spec('tun-1', { options: { ikeVersion: 'v1', ikeCipher: '3des', ikeAuth: 'sha1', ikeKeyExchange: 'modp1024', ipsecCipher: 'aes256', ipsecAuth: 'sha1', ipsecKeyExchange: 'modp1536' } }),
  'ikev1-aggressive-no-dpd': spec('tun-1', { localId: 'cloud.example', remoteId: 'cpe@example.com', options: { ikeVersion: 'v1', ikeMode: 'aggressive', ikeDpdSec: 0 } }),
  'ikev2-gcm': spec('tun-1', { options: { ikeCipher: 'aes256gcm16', ikeAuth: 'sha384', ikeKeyExchange: 'ecp384', ipsecCipher: 'aes256gcm16', ipsecKeyExchange: 'curve25519' } }),
  'short-lifetimes': spec('tun-1', { options: { ikeSaLifeSec: 61, ipsecSaLifeSec: 65, ipsecSaLifebyte: 1_000_001, ipsecSaLifepkt: 15 } }),
};

describe('viciIntent', () => {
  it.each(Object.entries(CASES))('%s', async (name, tunnel) => {
    await expect(`${JSON.stringify(viciIntent(tunnel), null, 2)}\n`).toMatchFileSnapshot(`./golden/vici-${name}.json`);
  });

  const SELECTORS = [{ localSubnet: '10.1.1.0/24', remoteSubnets: ['10.20.1.0/24', '10.20.2.0/24'], description: '' }, { localSubnet: '10.1.2.0/24', remoteSubnets: ['10.20.1.0/24'], description: '' }];
  it.each([
    ['v2', [['10.1.1.0/24'], ['10.20.1.0/24', '10.20.2.0/24']], [['10.1.2.0/24'], ['10.20.1.0/24']]],
    ['v1', [['10.1.1.0/24'], ['10.20.1.0/24']], [['10.1.1.0/24'], ['10.20.2.0/24']], [['10.1.2.0/24'], ['10.20.1.0/24']]],
  ] as const)('has a child per traffic selector with IKE%s (v1: per pair of networks), and another name', (ikeVersion, ...expected) => {
    const tunnel = spec('tun-1', { options: { ikeVersion } });
    const { children, connection, connectionName } = viciIntent(tunnel, SELECTORS);
    expect(children.map(({ localTs, remoteTs }) => [localTs, remoteTs])).toEqual(expected);
    expect(sectionsOf(connection.children as ViciMessage).map(([name, child]) => [name, child.local_ts, child.remote_ts])).toEqual(children.map(({ name, localTs, remoteTs }) => [name, localTs, remoteTs]));
    expect(connectionName).not.toBe(viciIntent(tunnel).connectionName);
  });

  it('is a message that VICI can carry', () => {
    for (const tunnel of Object.values(CASES)) expect(() => encodeMessage({ [viciIntent(tunnel).connectionName]: viciIntent(tunnel).connection })).not.toThrow();
  });

  it('names what it says: any change of connection or key is another name, anything else is not', () => {
    const base = viciIntent(spec('tun-1'));
    expect(viciIntent(spec('tun-1'))).toEqual(base);
    const changes = [spec('tun-1', { pskRef: 'psk-new' }), spec('tun-1', { remoteId: 'cpe.example' }), spec('tun-1', { options: { ikeSaLifeSec: 3600 } })];
    const again = viciIntent(spec('tun-1'), [], 1);
    expect(again).toMatchObject({ connection: base.connection, secret: base.secret });
    expect(new Set([base, again, ...changes.map(change => viciIntent(change))].map(intent => intent.connectionName)).size).toBe(5);
    expect(viciIntent(spec('tun-1', { pskRef: 'psk-new' })).secret.id).not.toBe(base.secret.id);
    expect(viciIntent(spec('tun-1', { options: { bandwidthMbps: 10 } })).connectionName).toBe(base.connectionName);
    expect(viciIntent(spec('tun-1', { localTunnelIp: '169.254.1.1', remoteTunnelIp: '169.254.1.2' })).connectionName).toBe(base.connectionName);
  });

  it('knows its names from those of other tunnels', () => {
    expect(isNameOf('tun-1', viciIntent(spec('tun-1')).connectionName)).toBe(true);
    expect(isNameOf('tun-1', 'tun-1-00000000')).toBe(true);
    expect(isNameOf('tun-1', 'tun-12-0000000')).toBe(false);
    expect(isNameOf('tun-1', '(unnamed)')).toBe(false);
  });
});
