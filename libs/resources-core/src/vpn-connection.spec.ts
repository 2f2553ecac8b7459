import { TunnelOptions, type TunnelSpec, type VpnConnectionDecision } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { given, quotas, quotasOf, REGION } from './given.test-support.js';
import { vpnConnectionDecider, type VpnConnectionCommand } from './vpn-connection.js';

const vpnConnectionId = 'c';
const cloudPublicIps = [{ address: '198.51.100.1', node: 'n1' }, { address: '198.51.100.2', node: 'n2' }];
const bgpOptions = { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 };
const { keepaliveSec: _, ...bgpTimers } = bgpOptions;
const created: VpnConnectionDecision = {
  type: 'VpnConnectionCreated', vpnConnectionId, region: REGION, name: 'c', description: '', borderGatewayId: 'g', customerGatewayId: 'cg', bgpEnabled: true, localAsn: 65000, customerAsn: 65001, cloudPublicIps, bgpOptions,
};
const options = TunnelOptions.parse({});
const spec: TunnelSpec = {
  tunnelId: 't1', cloudPublicIp: '198.51.100.1', node: 'n1', customerIp: '203.0.113.1', tunnelIp: '169.254.0.0/30', localTunnelIp: '169.254.0.2', remoteTunnelIp: '169.254.0.1',
  localId: '198.51.100.1', remoteId: '203.0.113.1', pskRef: 'psk-1', options,
};
const added = (more: Partial<TunnelSpec> = {}): VpnConnectionDecision => ({ type: 'TunnelAdded', vpnConnectionId, tunnel: { ...spec, ...more } });
const disabled: VpnConnectionDecision = { type: 'TunnelDisabled', vpnConnectionId, tunnelId: 't1' };

const facts = { quotas, borderGateway: { vpnConnections: 0 }, customerGateway: { bgpAsn: 65001 }, cloudPublicIps };
const create = (more: object = {}, moreFacts: object = {}): VpnConnectionCommand => ({
  type: 'CreateVpnConnection', vpnConnectionId, region: REGION, name: 'c', description: '', borderGatewayId: 'g', customerGatewayId: 'cg', bgpEnabled: true, localAsn: 65000, bgpTimers, facts: { ...facts, ...moreFacts }, ...more,
});
const update = (more: object): VpnConnectionCommand => ({ type: 'UpdateVpnConnection', facts: { quotas }, ...more });
const tunnelFacts = { customerIps: ['203.0.113.1', '203.0.113.2'], innerPrefixes: [] as string[], subnetCidrs: [] as string[], weakAlgorithms: 'accept' as 'accept' | 'refuse' };
const add = (more: object = {}, moreFacts: object = {}): VpnConnectionCommand =>
  ({ type: 'AddTunnel', tunnel: { tunnelId: 't1', cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1', pskRef: 'psk-1', options, ...more }, facts: { ...tunnelFacts, ...moreFacts } });
const change = (change: object, facts: Partial<typeof tunnelFacts> = {}): VpnConnectionCommand => ({ type: 'ReconfigureTunnel', tunnelId: 't1', change, facts: { ...tunnelFacts, ...facts } });
const secrets = (n: number) => Array.from({ length: n }, (_, i) => ({ tunnelId: `t${i + 1}`, pskRef: `psk-${i + 1}` }));
const initial = (tunnels: object[], customerIps: string[], n: number, innerPrefixes: string[] = []): VpnConnectionCommand => ({ type: 'AddTunnels', tunnels, secrets: secrets(n), facts: { ...tunnelFacts, customerIps, innerPrefixes } });

describe('a VPN connection', () => {
  it('is created with the addresses of the pool and the AS number of its customer gateway', () => given(vpnConnectionDecider).when(create()).decides(created));
  it('may have equal AS numbers with static routing', () => {
    given(vpnConnectionDecider).when(create({ bgpEnabled: false, localAsn: 65001 })).decides({ ...created, bgpEnabled: false, localAsn: 65001 } as VpnConnectionDecision);
  });
  it('changes name, routing mode and BGP timers, the keepalive a third of the hold time', () => {
    given(vpnConnectionDecider, created).when(update({ bgpEnabled: false, bgpTimers: { holdSec: 9 } }))
      .decides({ type: 'VpnConnectionUpdated', vpnConnectionId, name: 'c', description: '', bgpEnabled: false, bgpOptions: { ...bgpOptions, holdSec: 9, keepaliveSec: 3 } });
    given(vpnConnectionDecider, created, added()).when(update({ name: 'c', bgpTimers: { holdSec: 30 } })).decides();
  });
  it('is deleted without tunnels', () => given(vpnConnectionDecider, created).when({ type: 'DeleteVpnConnection', facts: { staticRouteIds: [] } }).decides({ type: 'VpnConnectionDeleted', vpnConnectionId }));
});

describe('traffic selectors', () => {
  const isStatic = { ...created, bgpEnabled: false } as VpnConnectionDecision;
  const selector = { localSubnet: '10.0.0.0/16', remoteSubnets: ['192.168.1.0/24', '192.168.2.0/24'], description: 'office' };
  const changed = (...trafficSelectors: (typeof selector)[]): VpnConnectionDecision => ({ type: 'TrafficSelectorsChanged', vpnConnectionId, trafficSelectors });
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ ...selector, localSubnet: `10.${i}.0.0/16` }));
  const switched = (bgpEnabled: boolean): VpnConnectionDecision => ({ type: 'VpnConnectionUpdated', vpnConnectionId, name: 'c', description: '', bgpEnabled, bgpOptions });

  it('are replaced as a whole, and taken away by an empty list', () => {
    given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: [selector] })).decides(changed(selector));
    given(vpnConnectionDecider, isStatic, changed(selector)).when(update({ trafficSelectors: [selector] })).decides();
    given(vpnConnectionDecider, isStatic, changed(selector)).when(update({ trafficSelectors: [] })).decides(changed());
    given(vpnConnectionDecider, isStatic, changed(selector)).when(update({ name: 'c' })).decides();
  });
  it('go with static routing only', () => {
    given(vpnConnectionDecider, created).when(update({ trafficSelectors: [selector] })).refused('traffic-selectors-need-static-routing', 'trafficSelectors');
    given(vpnConnectionDecider, created).when(update({ trafficSelectors: [] })).decides();
    given(vpnConnectionDecider, isStatic, changed(selector)).when(update({ bgpEnabled: true })).refused('vpn-connection-has-selectors', 'bgpEnabled');
  });
  it('and the routing mode may change in one request', () => {
    given(vpnConnectionDecider, created).when(update({ bgpEnabled: false, trafficSelectors: [selector] })).decides(switched(false), changed(selector));
    given(vpnConnectionDecider, isStatic, changed(selector)).when(update({ bgpEnabled: true, trafficSelectors: [] })).decides(switched(true), changed());
  });
  it('are as many as the quota says', () => {
    expect(isRejection(given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: many(10) })).decided)).toBe(false);
    given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: many(11) })).refused('quota-exceeded', 'trafficSelectors');
    given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: many(11), facts: { quotas: new Map([['vpn_traffic_selector', 11]]) } })).decides(changed(...many(11)));
    given(vpnConnectionDecider, isStatic, changed(...many(3))).when(update({ description: 'x', facts: { quotas: quotasOf(1) } })).decides({ ...switched(false), description: 'x' } as VpnConnectionDecision);
  });
  it('name each pair of networks once', () => {
    given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: [selector, { ...selector, remoteSubnets: ['10.1.0.0/16', '192.168.2.0/24'] }] })).refused('traffic-selector-twice', 'trafficSelectors[1].remoteSubnets[1]');
    given(vpnConnectionDecider, isStatic).when(update({ trafficSelectors: [{ ...selector, remoteSubnets: ['10.1.0.0/16', '10.1.0.0/16'] }] })).refused('traffic-selector-twice', 'trafficSelectors[0].remoteSubnets[1]');
  });
});

describe('a tunnel', () => {
  it('gets what was not said: inner addresses, identities, customer first and cloud second', () => given(vpnConnectionDecider, created).when(add()).decides(added()));
  it('takes what was said', () => {
    const said = { tunnelIp: '10.9.9.4/30', localTunnelIp: '10.9.9.5', localId: 'cloud.example', remoteId: 'idc@example' };
    given(vpnConnectionDecider, created).when(add(said)).decides(added({ ...said, remoteTunnelIp: '10.9.9.6' }));
  });
  it('gets the first /30 that no tunnel of the gateway has', () => {
    given(vpnConnectionDecider, created).when(add({}, { innerPrefixes: ['169.254.0.0/30', '169.254.0.8/30'] })).decides(added({ tunnelIp: '169.254.0.4/30', localTunnelIp: '169.254.0.6', remoteTunnelIp: '169.254.0.5' }));
  });
  it('is reconfigured, UP or not', () => {
    const reconfigured = (more: Partial<TunnelSpec>): VpnConnectionDecision => ({ type: 'TunnelReconfigured', vpnConnectionId, tunnel: { ...spec, ...more } });
    given(vpnConnectionDecider, created, added()).when(change({ pskRef: 'psk-2', options: { ikeCipher: 'aes256', ikeAuth: undefined } })).decides(reconfigured({ pskRef: 'psk-2', options: { ...options, ikeCipher: 'aes256' } }));
    given(vpnConnectionDecider, created, added()).when(change({ localTunnelIp: '169.254.0.1' })).decides(reconfigured({ localTunnelIp: '169.254.0.1', remoteTunnelIp: '169.254.0.2' }));
    given(vpnConnectionDecider, created, added(), disabled).when(change({ tunnelIp: '192.168.7.0/30' })).decides(reconfigured({ tunnelIp: '192.168.7.0/30', localTunnelIp: '192.168.7.2', remoteTunnelIp: '192.168.7.1' }));
    given(vpnConnectionDecider, created, added()).when(change({ options: { ikeCipher: 'aes128' }, tunnelIp: '169.254.0.0/30' })).decides();
  });
  it('is enabled and disabled, and asking again changes nothing', () => {
    given(vpnConnectionDecider, created, added()).when({ type: 'DisableTunnel', tunnelId: 't1' }).decides(disabled);
    given(vpnConnectionDecider, created, added(), disabled).when({ type: 'DisableTunnel', tunnelId: 't1' }).decides();
    given(vpnConnectionDecider, created, added(), disabled).when({ type: 'EnableTunnel', tunnelId: 't1' }).decides({ type: 'TunnelEnabled', vpnConnectionId, tunnelId: 't1' });
    given(vpnConnectionDecider, created, added()).when({ type: 'EnableTunnel', tunnelId: 't1' }).decides();
  });
  it('keeps it that its secret was shown', () => given(vpnConnectionDecider, created, added()).when({ type: 'RevealTunnelPsk', tunnelId: 't1' }).decides({ type: 'TunnelPskRevealed', vpnConnectionId, tunnelId: 't1' }));
  it('is removed once it is disabled', () => given(vpnConnectionDecider, created, added(), disabled).when({ type: 'RemoveTunnel', tunnelId: 't1' }).decides({ type: 'TunnelRemoved', vpnConnectionId, tunnelId: 't1' }));
});

describe('a region that refuses weak algorithms', () => {
  const refuse = { weakAlgorithms: 'refuse' } as const;
  const weak = { ...options, ikeAuth: 'sha1' as const };
  it.each<[field: string, options: Partial<TunnelOptions>]>([
    ['ikeCipher', { ikeCipher: '3des' }], ['ikeAuth', { ikeAuth: 'sha1' }], ['ipsecAuth', { ipsecAuth: 'sha1' }], ['ikeKeyExchange', { ikeKeyExchange: 'modp1536' }],
    ['ipsecKeyExchange', { ipsecKeyExchange: 'modp1024' }], ['ikeMode', { ikeVersion: 'v1', ikeMode: 'aggressive' }],
  ])('refuses a weak %s, new or changed', (field, more) => {
    given(vpnConnectionDecider, created).when(add({ options: { ...options, ...more } }, refuse)).refused('weak-algorithm', field);
    given(vpnConnectionDecider, created, added()).when(change({ options: more }, refuse)).refused('weak-algorithm', field);
    expect(isRejection(given(vpnConnectionDecider, created).when(add({ options: { ...options, ...more } })).decided)).toBe(false);
  });
  it('names the tunnel of an initial set', () =>
    given(vpnConnectionDecider, created).when({ ...initial([{}, { options: { ikeAuth: 'sha1' } }], ['203.0.113.1'], 2), facts: { ...tunnelFacts, ...refuse } } as VpnConnectionCommand).refused('weak-algorithm', 'tunnels[1].ikeAuth'));
  it('lets a tunnel keep what it has, and refuses what would be weak anew', () => {
    given(vpnConnectionDecider, created, added({ options: weak })).when(change({ pskRef: 'psk-2' }, refuse)).decides({ type: 'TunnelReconfigured', vpnConnectionId, tunnel: { ...spec, options: weak, pskRef: 'psk-2' } });
    given(vpnConnectionDecider, created, added({ options: weak })).when(change({ options: { ipsecAuth: 'sha1' } }, refuse)).refused('weak-algorithm', 'ipsecAuth');
  });
});

describe('the initial set', () => {
  const pairsOf = (customerIps: string[], n: number) => {
    const { decided } = given(vpnConnectionDecider, created).when(initial([], customerIps, n));
    if (isRejection(decided)) throw new Error(decided.because);
    return decided.map((event) => (event.type === 'TunnelAdded' ? [event.tunnel.cloudPublicIp, event.tunnel.customerIp, event.tunnel.tunnelIp] : event));
  };
  const [c1, c2] = ['198.51.100.1', '198.51.100.2'];
  it('crosses both cloud addresses with the one customer address', () => expect(pairsOf(['203.0.113.1'], 2)).toEqual([[c1, '203.0.113.1', '169.254.0.0/30'], [c2, '203.0.113.1', '169.254.0.4/30']]));
  it('pairs two with two', () => expect(pairsOf(['203.0.113.1', '203.0.113.2'], 2).map((p) => (p as string[]).slice(0, 2))).toEqual([[c1, '203.0.113.1'], [c2, '203.0.113.2']]));
  it('gives each cloud address two of four', () => {
    expect(pairsOf(['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'], 4).map((p) => (p as string[]).slice(0, 2)))
      .toEqual([[c1, '203.0.113.1'], [c1, '203.0.113.2'], [c2, '203.0.113.3'], [c2, '203.0.113.4']]);
  });
  it('copies options from tunnel 1 and lets each tunnel differ', () => {
    const { decided } = given(vpnConnectionDecider, created).when(initial([{ options: { ikeCipher: 'aes256', ikeAuth: 'sha512' } }, { options: { ikeAuth: 'sha256' }, tunnelIp: '169.254.0.0/30' }], ['203.0.113.1'], 2));
    expect(decided).toMatchObject([
      { tunnel: { options: { ikeCipher: 'aes256', ikeAuth: 'sha512' }, tunnelIp: '169.254.0.4/30', pskRef: 'psk-1' } }, // the first tunnel leaves alone what the second asks for
      { tunnel: { options: { ikeCipher: 'aes256', ikeAuth: 'sha256' }, tunnelIp: '169.254.0.0/30', pskRef: 'psk-2' } },
    ]);
  });
  it('is followed by several more in one request, each with both ends named, options as the first of the request', () => {
    const { decided } = given(vpnConnectionDecider, created, added()).when(
      initial([{ cloudPublicIp: c1, customerIp: '203.0.113.2', options: { ikeCipher: 'aes256' } }, { cloudPublicIp: c2, customerIp: '203.0.113.1' }], ['203.0.113.1', '203.0.113.2'], 2, ['169.254.0.0/30']),
    );
    expect(decided).toMatchObject([
      { tunnel: { cloudPublicIp: c1, customerIp: '203.0.113.2', tunnelIp: '169.254.0.4/30', options: { ikeCipher: 'aes256' } } },
      { tunnel: { cloudPublicIp: c2, customerIp: '203.0.113.1', tunnelIp: '169.254.0.8/30', options: { ikeCipher: 'aes256' } } },
    ]);
  });
  it('takes further tunnels when both ends are named', () => {
    const { decided } = given(vpnConnectionDecider, created).when(initial([{}, {}, { cloudPublicIp: c1, customerIp: '203.0.113.2' }], ['203.0.113.1', '203.0.113.2'], 3));
    expect(decided).toHaveLength(3);
  });
});

describe('a VPN connection refuses', () => {
  const withTunnel = [created, added()];
  it.each<[code: string, field: string | undefined, history: VpnConnectionDecision[], command: VpnConnectionCommand]>([
    ['id-taken', 'vpnConnectionId', [created], create()],
    ['unknown-border-gateway', 'bgwId', [], create({}, { borderGateway: undefined })],
    ['unknown-customer-gateway', 'cgwId', [], create({}, { customerGateway: undefined })],
    ['ebgp-needs-different-asn', 'localAsn', [], create({ localAsn: 65001 })],
    ['quota-exceeded', 'bgwId', [], create({}, { borderGateway: { vpnConnections: 10 } })],
    ['address-pool-exhausted', undefined, [], create({}, { cloudPublicIps: reject('address-pool-exhausted', 'two') })],
    ['unknown-vpn-connection', 'vpnConnectionId', [], update({})],
    ['unknown-vpn-connection', 'vpnConnectionId', [created, { type: 'VpnConnectionDeleted', vpnConnectionId }], add()],
    ['ebgp-needs-different-asn', 'bgpEnabled', [{ ...created, bgpEnabled: false, localAsn: 65001 } as VpnConnectionDecision], update({ bgpEnabled: true })],
    ['cloud-ip-not-of-connection', 'cloudPublicIp', [created], add({ cloudPublicIp: '198.51.100.9' })],
    ['customer-ip-not-of-gateway', 'customerIp', [created], add({ customerIp: '203.0.113.9' })],
    ['tunnel-pair-taken', 'customerIp', withTunnel, add({ tunnelId: 't2' })],
    ['tunnel-ip-not-a-slash-30', 'tunnelIp', [created], add({ tunnelIp: '169.254.0.0/29' })],
    ['tunnel-ip-out-of-range', 'tunnelIp', [created], add({ tunnelIp: '169.254.16.0/30' })],
    ['tunnel-ip-out-of-range', 'tunnelIp', [created], add({ tunnelIp: '172.32.0.0/30' })],
    ['tunnel-ip-taken', 'tunnelIp', [created], add({ tunnelIp: '10.0.0.0/30' }, { innerPrefixes: ['10.0.0.0/30'] })],
    ['inner-addresses-exhausted', 'tunnelIp', [created], add({}, { innerPrefixes: Array.from({ length: 1024 }, (_, n) => `169.254.${n >> 6}.${(n & 63) * 4}/30`) })],
    ['local-tunnel-ip-not-in-the-middle', 'localTunnelIp', [created], add({ tunnelIp: '10.0.0.0/30', localTunnelIp: '10.0.0.3' })],
    ['local-tunnel-ip-not-in-the-middle', 'localTunnelIp', [created], add({ localTunnelIp: '10.0.0.1' })],
    ['tunnel-ip-taken', 'tunnelIp', withTunnel, change({ tunnelIp: '10.0.0.0/30' }, { innerPrefixes: ['10.0.0.0/30'] })],
    ['local-tunnel-ip-not-in-the-middle', 'localTunnelIp', withTunnel, change({ localTunnelIp: '169.254.0.3' })],
    ['unknown-tunnel', 'vpnTunnelId', [created], change({})],
    ['tunnel-not-disabled', 'adminStatus', withTunnel, { type: 'RemoveTunnel', tunnelId: 't1' }],
    ['tunnels-exist', 'tunnels', withTunnel, initial([], ['203.0.113.1'], 0)],
    ['end-point-needed', 'tunnels[0].cloudPublicIp', withTunnel, initial([{ customerIp: '203.0.113.2' }], ['203.0.113.1', '203.0.113.2'], 1)],
    ['tunnel-pair-taken', 'tunnels[1].customerIp', [created, added({ tunnelId: 't0' })], initial([{ cloudPublicIp: '198.51.100.2', customerIp: '203.0.113.1' }, { cloudPublicIp: '198.51.100.1', customerIp: '203.0.113.1' }], ['203.0.113.1'], 2)],
    ['tunnel-ends-equal', 'customerIp', [created], add({ customerIp: '198.51.100.1' }, { customerIps: ['198.51.100.1'] })],
    ['subnet-overlaps-tunnel', 'tunnelIp', [created], add({ tunnelIp: '10.0.1.4/30' }, { subnetCidrs: ['10.0.2.0/24', '10.0.1.0/24'] })],
    ['subnet-overlaps-tunnel', 'tunnelIp', withTunnel, change({ tunnelIp: '10.0.1.4/30' }, { subnetCidrs: ['10.0.1.6/32'] })],
    ['end-point-needed', 'tunnels[2].cloudPublicIp', [created], initial([{}, {}, { customerIp: '203.0.113.1' }], ['203.0.113.1'], 3)],
    ['end-point-needed', 'tunnels[2].customerIp', [created], initial([{}, {}, { cloudPublicIp: '198.51.100.1' }], ['203.0.113.1'], 3)],
    ['tunnel-pair-taken', 'tunnels[1].customerIp', [created], initial([{}, { cloudPublicIp: '198.51.100.1' }], ['203.0.113.1'], 2)],
    ['tunnel-ip-taken', 'tunnels[1].tunnelIp', [created], initial([{ tunnelIp: '10.0.0.0/30' }, { tunnelIp: '10.0.0.0/30' }], ['203.0.113.1'], 2)],
    ['tunnel-ip-not-a-slash-30', 'tunnels[1].tunnelIp', [created], initial([{}, { tunnelIp: '169.254.0.0/20' }], ['203.0.113.1'], 2)],
    ['vpn-connection-has-tunnels', 'vpnTunnelIds', withTunnel, { type: 'DeleteVpnConnection', facts: { staticRouteIds: [] } }],
    ['vpn-connection-in-use', 'bgwRouteNexthop', [created], { type: 'DeleteVpnConnection', facts: { staticRouteIds: ['r1'] } }],
  ])('%s (%s)', (code, field, history, command) => given(vpnConnectionDecider, ...history).when(command).refused(code, field));
});
