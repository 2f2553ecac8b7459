import { describe, expect, it } from 'vitest';
import { parseIkeSa, ViciDecodeError, type ViciMessage } from './index.js';

const child: ViciMessage = {
  name: 'net', uniqueid: '7', reqid: '1', state: 'INSTALLED', mode: 'tunnel', protocol: 'ESP', encap: 'yes', 'spi-in': 'c1b2a3d4', 'spi-out': 'cafebabe',
  'encr-alg': 'AES_CBC', 'encr-keysize': '128', 'integ-alg': 'HMAC_SHA2_256_128', 'dh-group': 'MODP_2048', 'bytes-in': '252', 'packets-in': '3', 'use-in': '4',
  'bytes-out': '4294967296', 'packets-out': '5', 'rekey-time': '3300', 'life-time': '3960', 'install-time': '12', 'local-ts': ['0.0.0.0/0'], 'remote-ts': ['10.2.0.0/24'],
};

const ike: ViciMessage = {
  uniqueid: '3', version: '2', state: 'ESTABLISHED', 'local-host': '203.0.113.1', 'local-port': '4500', 'local-id': 'gw', 'remote-host': '198.51.100.1', 'remote-port': '4500',
  'remote-id': 'cpe', initiator: 'yes', 'nat-any': 'yes', 'encr-alg': 'AES_CBC', 'encr-keysize': '128', 'integ-alg': 'HMAC_SHA2_256_128', 'prf-alg': 'PRF_HMAC_SHA2_256',
  'dh-group': 'MODP_1024', established: '12', 'rekey-time': '13000', 'child-sas': { 'net-7': child },
};

describe('parseIkeSa', () => {
  it('reads an established SA', () => {
    expect(parseIkeSa('tun-1', ike)).toEqual({
      name: 'tun-1', uniqueId: 3, version: 2, state: 'ESTABLISHED', localHost: '203.0.113.1', remoteHost: '198.51.100.1', localPort: 4500, remotePort: 4500,
      localId: 'gw', remoteId: 'cpe', initiator: true, nat: true, establishedSeconds: 12, rekeySeconds: 13000, encrAlg: 'AES_CBC', encrKeySize: 128,
      integAlg: 'HMAC_SHA2_256_128', prfAlg: 'PRF_HMAC_SHA2_256', dhGroup: 'MODP_1024',
      childSas: [{
        key: 'net-7', name: 'net', uniqueId: 7, reqId: 1, state: 'INSTALLED', spiIn: 'c1b2a3d4', spiOut: 'cafebabe', encap: true, bytesIn: 252, bytesOut: 4294967296,
        packetsIn: 3, packetsOut: 5, useInSeconds: 4, rekeySeconds: 3300, lifeSeconds: 3960, installSeconds: 12, encrAlg: 'AES_CBC', encrKeySize: 128,
        integAlg: 'HMAC_SHA2_256_128', dhGroup: 'MODP_2048', localTs: ['0.0.0.0/0'], remoteTs: ['10.2.0.0/24'],
      }],
    });
  });

  it('reads one that is still negotiating', () => {
    const sa = parseIkeSa('tun-1', {
      uniqueid: '1', version: '1', state: 'CONNECTING', 'local-host': '0.0.0.0', 'remote-host': '198.51.100.1',
      'child-sas': { 'net-1': { name: 'net', uniqueid: '1', reqid: '1', state: 'CREATED' } },
    });
    expect(sa).toMatchObject({ version: 1, initiator: false, nat: false });
    expect(Object.keys(sa)).not.toContain('localId');
    expect(sa.childSas[0]).toEqual({
      key: 'net-1', name: 'net', uniqueId: 1, reqId: 1, state: 'CREATED', spiIn: '', spiOut: '', encap: false, bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0, localTs: [], remoteTs: [],
    });
  });

  it('takes a time that is over', () => {
    expect(parseIkeSa('x', { ...ike, 'rekey-time': '-3' })).toMatchObject({ rekeySeconds: -3 });
  });

  it.each(['uniqueid', 'version', 'state', 'local-host'])('refuses an SA without %s', key => {
    const { [key]: _, ...rest } = ike;
    expect(() => parseIkeSa('x', rest)).toThrow(ViciDecodeError);
  });

  it('refuses a number that is none', () => {
    expect(() => parseIkeSa('x', { ...ike, established: 'soon' })).toThrow(ViciDecodeError);
  });
});
