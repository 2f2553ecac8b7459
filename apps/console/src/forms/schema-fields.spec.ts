import { http } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { brokenIn, changesOf, errorsOf, fieldsOf, rebase, requestOf, startValues } from './schema-fields.js';

const field = (schema: Parameters<typeof fieldsOf>[0], name: string) => fieldsOf(schema).find((each) => each.name === name);

describe('fields out of the API’s schemas', () => {
  it.each([
    [http.CreateVpc, 'vpcName', { kind: 'text', required: true, nullable: false }],
    [http.CreateVpc, 'description', { kind: 'text', required: false, default: '' }],
    [http.CreateVpnConnection, 'bgpEnabled', { kind: 'flag', required: false, default: true }],
    [http.CreateVpnConnection, 'bgpHoldSec', { kind: 'number', min: 3, max: 180, default: 30 }],
    [http.CreateVpnConnection, 'localAsn', { kind: 'number', min: 1, max: 4_294_967_294, default: 65000 }],
    [http.CreateCustomerGateway, 'customerIps', { kind: 'texts', required: true }],
    [http.CreateVpnTunnel, 'ikeDpdSec', { kind: 'choice', options: [0, 10], default: 10 }],
    [http.CreateVpnTunnel, 'ikeCipher', { kind: 'choice', options: ['aes128', 'aes192', 'aes256', '3des', 'aes128gcm16', 'aes256gcm16'], default: 'aes128' }],
    [http.CreateVpnTunnel, 'ipsecKeyExchange', { kind: 'choice', nullable: true, default: null }],
    [http.CreateVpnTunnel, 'ipsecSaLifebyte', { kind: 'number', min: 0, max: 107_374_182_400, default: 0 }],
    [http.CreateVpnTunnel, 'psk', { kind: 'text', required: false }],
    [http.CreateVirtualInterface, 'vlanId', { kind: 'number', nullable: true, min: 1, max: 4_094 }],
    [http.CreateRoutePropagation, 'propagationCidrs', { kind: 'texts', required: false, default: ['0.0.0.0/0'] }],
    [http.UpdateVpnConnection, 'trafficSelectors', { kind: 'object' }],
    [http.AlarmCondition, 'threshold', { kind: 'number', decimal: true }],
    [http.AlarmCondition, 'periodMinutes', { kind: 'choice', options: [1, 2, 5, 10, 15, 30, 60], default: 5 }],
    [http.CreateAlarmRule, 'webhook', { kind: 'object', nullable: true, default: null }],
  ] as const)('%#: $1', (schema, name, spec) => expect(field(schema, name)).toMatchObject(spec));

  it('name the first choice "none" where there may be none', () => expect(field(http.CreateVpnTunnel, 'ipsecKeyExchange')?.options?.[0]).toBeNull());
});

describe('a form', () => {
  const fields = fieldsOf(http.CreateVpnConnection);
  it('begins with the defaults and what is given', () =>
    expect(startValues(fields, { bgwId: 'bgw-1' })).toMatchObject({ vpnConnectionName: '', description: '', bgwId: 'bgw-1', cgwId: '', bgpEnabled: true, localAsn: 65000, bfdMultiplier: 3 }));

  it('begins without what may be none', () => expect(startValues(fieldsOf(http.UpdateAlarmRule), { webhook: null })).toMatchObject({ webhook: null, effectiveHours: null, repeatMinutes: null }));

  it('sends no empty field, and no space around a text', () =>
    expect(requestOf(fieldsOf(http.CreateVpc), { vpcName: ' a ', cidr: '10.0.0.0/8', description: '' })).toEqual({ vpcName: 'a', cidr: '10.0.0.0/8' }));

  it('sends the items of a list that are something', () =>
    expect(requestOf(fieldsOf(http.CreateCustomerGateway), { customerGatewayName: 'g', customerIps: ['198.51.100.1 ', ''], bgpAsn: 65010, description: '' })).toEqual({ customerGatewayName: 'g', customerIps: ['198.51.100.1'], bgpAsn: 65010 }));

  it.each([
    ['what is missing, by field', { vpcName: 'a' }, { cidr: 'is required' }],
    ['the API’s own rule', { vpcName: 'a', cidr: '10.0.0.1/8' }, { cidr: 'an IPv4 prefix without host bits, such as 10.0.0.0/16' }],
    ['nothing when all is well', { vpcName: 'a', cidr: '10.0.0.0/8' }, {}],
  ])('says %s', (_, request, errors) => expect(errorsOf(http.CreateVpc, request, 'is required')).toEqual(errors));

  it('says which item of a list is wrong', () =>
    expect(errorsOf(http.CreateCustomerGateway, { customerGatewayName: 'g', customerIps: ['198.51.100.1', 'x'], bgpAsn: 65010 }, '')).toEqual({ customerIps: '2: an IPv4 address such as 203.0.113.1' }));

  it('says what is wrong inside of a field by its path, and what is missing there', () =>
    expect(brokenIn(http.CreateAlarmRule, { alarmRuleName: 'a', resources: { kind: 'vpnTunnel', ids: [] }, conditions: [{ operator: 'eq', threshold: 0 }], webhook: { url: 'x', secret: 'long enough to sign' } }, 'is required').map(({ field, rule }) => [field, rule === 'is required'])).toEqual([
      ['resources.ids', false], ['conditions[0].metric', true], ['webhook.url', false],
    ]));

  it('of an edit sends what differs, also what was emptied', () => {
    const edit = fieldsOf(http.UpdateVpnConnection);
    const before = { vpnConnectionName: 'a', description: 'old', bgpEnabled: true, bgpHoldSec: 30, trafficSelectors: [] };
    expect(changesOf(edit, before, { ...startValues(edit, before), bgpHoldSec: 9, description: '' })).toEqual({ description: '', bgpHoldSec: 9 });
    expect(changesOf(edit, before, startValues(edit, before))).toEqual({});
  });

  it('takes null for a value, where null is one', () => {
    const edit = fieldsOf(http.UpdateVpnTunnel);
    expect(changesOf(edit, { ipsecKeyExchange: 'ecp256', ipsecAuth: null }, { ...startValues(edit, { ipsecKeyExchange: 'ecp256', ipsecAuth: null }), ipsecKeyExchange: null })).toEqual({ ipsecKeyExchange: null });
  });
});

it('keeps what was typed when someone else has changed the rest', () =>
  expect(rebase({ a: 1, b: 1, c: 1, d: [1] }, { a: 2, b: 1, c: 2, d: [1] }, { a: 1, b: 3, c: 3, d: [2] })).toEqual({ values: { a: 2, b: 3, c: 2, d: [2] }, both: ['c'] }));
