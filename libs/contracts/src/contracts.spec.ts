import { describe, expect, it } from 'vitest';
import { Decision, http, Identity, Name, OneIdentity, PartialTunnelOptions, Psk, TunnelOptions, upcast, weakAlgorithms } from './index.js';

describe('values', () => {
  it.each(['a', '边界网关-1', 'A_b-9', 'x'.repeat(32)])('name %s is good', (name) => expect(Name.safeParse(name).success).toBe(true));
  it.each(['', 'x'.repeat(33), 'a b', 'a.b', 'é'])('name "%s" is refused', (name) => expect(Name.safeParse(name).success).toBe(false));
  it.each(['12345678', 'with space and "quotes"', 'x'.repeat(64)])('PSK "%s" is good', (psk) => expect(Psk.safeParse(psk).success).toBe(true));
  it.each(['1234567', 'x'.repeat(65), '0x12345678', '0sABCDEFGH', 'tab\tinside', 'ünicode-psk'])('PSK "%s" is refused', (psk) => expect(Psk.safeParse(psk).success).toBe(false));
  it.each(['203.0.113.1', 'idc.example', 'a-b.example', 'cafe-babe', 'cpe@example.com', '@#c0ffee', 'keyid:a/b', 'CN=idc,O=example', '2001:db8::1', '::1', 'any'])('identity "%s" is of one', (text) => expect(OneIdentity.safeParse(text).success).toBe(true));
  it.each(['%any', '%ANY6', '0.0.0.0', '::', '0::0', 'ipv4:0.0.0.0', '{1}:0.0.0.0', '*', '*.example', '*@example.com', 'CN=*', '0.0.0.0/0', '10.0.0.0-10.0.0.9', '::/0', '2001:db8::1-2001:db8::9', 'ipv4net:0.0.0.0/0', 'ipv4range:1.0.0.0-2.0.0.0'])(
    'identity "%s" is of many: in no request, and in the log of before', (text) => expect([OneIdentity.safeParse(text).error?.issues[0]?.message.slice(0, 24), Identity.safeParse(text).success]).toEqual(['the identity of one peer', true]));
});

describe('tunnel options', () => {
  it("defaults are the product's recommended set", () =>
    expect(TunnelOptions.parse({})).toEqual({
      ikeVersion: 'v2', ikeMode: 'main', ikeKeyExchange: 'ecp256', ikeCipher: 'aes128', ikeAuth: 'sha256', ikeDpdSec: 10, ikeSaLifeSec: 14400,
      ipsecCipher: 'aes128', ipsecAuth: 'sha256', ipsecKeyExchange: null, ipsecSaLifeSec: 3600, ipsecSaLifepkt: 0, ipsecSaLifebyte: 0, bandwidthMbps: 1500,
    }));
  it.each([-1, null, 5])('dead peer detection %j is refused with the rule', (ikeDpdSec) => expect(TunnelOptions.safeParse({ ikeDpdSec }).error?.issues[0]?.message).toBe('0 (off) or 10 (seconds)'));
  it('a partial set has no defaults of its own', () => expect(PartialTunnelOptions.parse({ ikeVersion: 'v1' })).toEqual({ ikeVersion: 'v1' }));
  it.each([
    [{}, []],
    [{ ikeCipher: '3des', ikeKeyExchange: 'modp1024' }, ['ikeCipher:3des', 'ikeKeyExchange:modp1024']],
    [{ ipsecAuth: 'sha1', ipsecKeyExchange: 'modp1536' }, ['ipsecAuth:sha1', 'ipsecKeyExchange:modp1536']],
    [{ ikeVersion: 'v1', ikeMode: 'aggressive' }, ['ikeMode:aggressive']],
    [{ ikeMode: 'aggressive' }, []],
  ])('weak in %j: %j', (options, weak) => expect(weakAlgorithms(TunnelOptions.parse(options))).toEqual(weak));
});

describe('requests', () => {
  it('name the unknown field', () => {
    const parsed = http.CreateVpc.safeParse({ vpcName: 'a', cidr: '10.0.0.0/16', colour: 'red' });
    expect(parsed.error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['colour'] });
  });
  it.each([[['198.51.100.1']], [['198.51.100.1', '198.51.100.2']], [['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4']]])('customer addresses %j are good', (customerIps) =>
    expect(http.CreateCustomerGateway.safeParse({ customerGatewayName: 'c', customerIps, bgpAsn: 65010 }).success).toBe(true));
  it.each([[[]], [['1.1.1.1', '1.1.1.2', '1.1.1.3']], [['1.1.1.1', '1.1.1.1']]])('customer addresses %j are refused', (customerIps) =>
    expect(http.CreateCustomerGateway.safeParse({ customerGatewayName: 'c', customerIps, bgpAsn: 65010 }).success).toBe(false));
});

describe('monitoring', () => {
  it.each([
    [{}, undefined], [{ metric: 'originalInBps,operUp', window: '14d', step: '3600' }, undefined], [{ start: '2026-11-28T20:00:00Z' }, undefined], [{ start: '2026-11-28T20:00:00+08:00' }, undefined],
    [{ metric: 'inBps' }, 'metric'], [{ metric: 'operUp,' }, 'metric'], [{ window: '2h' }, 'window'], [{ start: 'yesterday' }, 'start'], [{ step: '90' }, 'step'], [{ step: '0' }, 'step'], [{ statistic: 'median' }, 'statistic'],
    [{ start: '2024-02-29T23:59:59.999999Z' }, undefined], [{ start: '1970-01-01T00:00:00Z' }, undefined], [{ start: '9998-12-31T23:59:59Z' }, undefined],
    ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-11-31T00:00:00Z', '2026-11-29T24:00:00Z', '2026-11-29', '2026-11-29T00:00', '2026-11-29T00:00:00', '2026-11-29T00:00Z', '2026-11-29 00:00:00Z', '2026-11-29T00:00:00Z\0junk', '2026-11-29T00:00:00Z ',
      '1969-12-31T23:59:59Z', '1970-01-01T00:00:00+00:01', '9999-01-01T00:00:00Z', '9998-12-31T23:59:59-01:00', '+010000-01-01T00:00:00Z'].map((start): [object, string] => [{ start }, 'start']),
  ])('a query %j: %s', (query, field) => expect(http.MetricsQuery.safeParse(query).error?.issues[0]?.path[0]).toBe(field));

  const rule = { alarmRuleName: 'tunnel down', resources: { kind: 'vpnTunnel' }, conditions: [{ metric: 'operUp', operator: 'lt', threshold: 1 }] };
  it.each(['a', '隧道中断 1', 'half of the tunnels, or more!', '⚠️', 'naïve'])('an alarm rule may be called %s', (alarmRuleName) => expect(http.CreateAlarmRule.safeParse({ ...rule, alarmRuleName }).success).toBe(true));
  it('an alarm rule needs little', () => expect(http.CreateAlarmRule.parse(rule)).toMatchObject({
    resources: { ids: null }, conditions: [{ periodMinutes: 5, statistic: 'avg', consecutivePeriods: 1, level: 'common' }], notify: { onAlarm: true, onInsufficientData: false, onRecovery: true }, effectiveHours: null, enabled: true,
  }));
  it.each([
    ...['x'.repeat(43), '', '   ', '\u00a0\u3000', '\u200b', 'a\u202eb', 'a\u0007', 'a\nb', '\u2028', '\u0301', '\ud800'].map((alarmRuleName): [object, string] => [{ alarmRuleName }, 'alarmRuleName']),
    [{ conditions: [] }, 'conditions'], [{ repeatMinutes: 7 }, 'repeatMinutes'], [{ effectiveHours: { from: '8:00', to: '20:00' } }, 'effectiveHours'],
    [{ effectiveHours: { from: '08:00', to: '20:00', timeZone: 'Mars/Olympus' } }, 'effectiveHours'], [{ webhook: { url: 'file:///etc/passwd', secret: 'x'.repeat(16) } }, 'webhook'],
    [{ conditions: [{ metric: 'operUp', operator: 'lt', threshold: 1, periodMinutes: 3 }] }, 'conditions'],
  ])('an alarm rule with %j is refused', (change, field) => expect(http.CreateAlarmRule.safeParse({ ...rule, ...change }).error?.issues[0]?.path[0]).toBe(field));
  const base64 = (bytes: number) => Buffer.alloc(bytes, 0xfb).toString('base64');
  it.each([
    ...[0, 1, 22, 23, 65, 66, 96].map((bytes) => `whsec_${base64(bytes)}`), 'whsec_!!!!!!!!!!!!!!!!', `whsec_${' '.repeat(32)}`, `whsec_${base64(24)}=`, `whsec_${base64(25).replaceAll('=', '')}`, 'x'.repeat(15), 'x'.repeat(129),
  ])('a webhook is not signed with %j', (secret) => {
    expect(http.CreateAlarmRule.safeParse({ ...rule, webhook: { url: 'https://hooks.example/', secret } }).error?.issues[0]?.path).toEqual(['webhook', 'secret']);
    expect(http.UpdateAlarmRule.safeParse({ webhook: { url: 'https://hooks.example/', secret } }).error?.issues[0]?.path).toEqual(['webhook', 'secret']);
  });
  it.each([...Array.from({ length: 41 }, (_, more) => `whsec_${base64(24 + more)}`), 'x'.repeat(16), ' whsec_ is no key here', 'x'.repeat(128)])('a webhook may be signed with %j', (secret) =>
    expect(http.CreateAlarmRule.safeParse({ ...rule, webhook: { url: 'https://hooks.example/', secret } }).success).toBe(true));
  it.each(['http://hooks.example:0/', 'https://hooks.example:00000/', 'http://[2001:db8::1]:0'])('%s is no address of a webhook', (url) =>
    expect(http.CreateAlarmRule.safeParse({ ...rule, webhook: { url, secret: 'x'.repeat(16) } }).error?.issues[0]?.path).toEqual(['webhook', 'url']));
});

describe('no secret can be written into a decision', () => {
  it('no schema of a decision has a field for one', () => {
    const text = JSON.stringify(Decision.options.map((o) => Object.keys(o.shape)));
    expect(text).not.toMatch(/"psk"|secret|password/);
  });
});

describe('which service answers a path', () => {
  it.each([
    ['/v1/regions/r/borderGateways', 'resources'], ['/v1/regions/r/borderGateways/bgw-1', 'resources'], ['/v1/regions/r/borderGateways/bgw-1/routes', 'routing'],
    ['/v1/regions/r/borderGateways/bgw-1/fib', 'routing'], ['/v1/regions/r/vpcs/vpc-1/routes', 'routing'],
    ['/v1/regions/r/borderGateways/bgw-1/explain', 'routing'], ['/v1/regions/r/vpcs/vpc-1/explain', 'routing'], ['/v1/regions/r/vpnTunnels/tun-1/explain', 'resources'], ['/v1/regions/r/vpnTunnels/tun-1:enable', 'resources'],
    ['/v1/regions/r/vpnTunnels/tun-1/learnedRoutes', 'routing'], ['/v1/regions/r/vpnTunnels/tun-1/state', 'telemetry'], ['/v1/regions/r/live', 'telemetry'], ['/v1/parkedRecords', 'telemetry'], ['/v1/parkedRecords/parked-1:replay', 'telemetry'],
    ['/v1/regions/r/vpnConnections/vpn-1/metrics', 'telemetry'], ['/v1/regions/r/borderGateways/bgw-1/stateChanges', 'telemetry'], ['/v1/regions/r/metrics', 'telemetry'], ['/v1/regions/r/alarms', 'telemetry'],
    ['/v1/regions/r/alarmRules', 'telemetry'], ['/v1/regions/r/alarmRules/ar-1:disable', 'telemetry'], ['/v1/regions/r/vpnConnections/vpn-1:addTunnels', 'resources'],
    ['/internal/v1/psks/x', 'resources'], ['/simulation/v1/customers', 'tunnel-worker'], ['/elsewhere', undefined],
  ])('%s: %s', (path, service) => expect(http.SERVICE_PATHS.find((rule) => rule.path.test(path))?.service).toBe(service));
});

it('an old shape is lifted to the present one', () => {
  const upcasters = new Map([['Old', (stored: any) => ({ ...stored, name: stored.title })]]);
  expect(upcast('Old', { title: 't' }, upcasters)).toEqual({ title: 't', name: 't' });
  expect(upcast('New', { title: 't' }, upcasters)).toEqual({ title: 't' });
});
