import type { CustomerGatewayDecision } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { customerGatewayDecider, type CustomerGatewayCommand } from './customer-gateway.js';
import { given, quotas, REGION } from './given.test-support.js';
import { notOnTheInternet } from './internet-address.js';

const created: CustomerGatewayDecision = { type: 'CustomerGatewayCreated', customerGatewayId: 'c', region: REGION, name: 'c', description: '', customerIps: ['203.0.113.1'], bgpAsn: 65001 };
const create = (more: object = {}): CustomerGatewayCommand => ({ type: 'CreateCustomerGateway', customerGatewayId: 'c', region: REGION, name: 'c', description: '', customerIps: ['203.0.113.1'], bgpAsn: 65001, facts: { quotas, customerGatewaysInRegion: 0 }, ...more });
const update = (more: object = {}): CustomerGatewayCommand => ({ type: 'UpdateCustomerGateway', facts: { tunnelIds: [] }, ...more });

describe('a customer gateway', () => {
  it('is created, renamed and deleted', () => {
    given(customerGatewayDecider).when(create()).decides(created);
    given(customerGatewayDecider, created).when(update({ name: 'd', facts: { tunnelIds: ['t'] } })).decides({ type: 'CustomerGatewayUpdated', customerGatewayId: 'c', name: 'd', description: '', customerIps: ['203.0.113.1'] });
    given(customerGatewayDecider, created).when({ type: 'DeleteCustomerGateway', facts: { vpnConnectionIds: [] } }).decides({ type: 'CustomerGatewayDeleted', customerGatewayId: 'c' });
  });
  it('changes its addresses, and their number, while it has no tunnel', () => {
    const customerIps = ['52.1.1.1', '52.1.1.2', '52.1.1.3', '52.1.1.4'];
    given(customerGatewayDecider, created).when(update({ customerIps })).decides({ type: 'CustomerGatewayUpdated', customerGatewayId: 'c', name: 'c', description: '', customerIps });
  });
  it('keeps its addresses in their order when the same ones are given in another while it has tunnels', () => {
    const two = { ...created, customerIps: ['203.0.113.1', '203.0.113.2'] } as CustomerGatewayDecision;
    const swapped = ['203.0.113.2', '203.0.113.1'];
    given(customerGatewayDecider, two).when(update({ customerIps: swapped, facts: { tunnelIds: ['t'] } })).decides();
    given(customerGatewayDecider, two).when(update({ customerIps: swapped })).decides({ type: 'CustomerGatewayUpdated', customerGatewayId: 'c', name: 'c', description: '', customerIps: swapped });
  });
  it('takes the addresses it has without looking at tunnels', () => given(customerGatewayDecider, created).when(update({ customerIps: ['203.0.113.1'], facts: { tunnelIds: ['t'] } })).decides());
});

describe('a customer gateway refuses', () => {
  it.each<[code: string, field: string | undefined, history: CustomerGatewayDecision[], command: CustomerGatewayCommand]>([
    ['id-taken', 'customerGatewayId', [created], create()],
    ['quota-exceeded', 'region', [], create({ facts: { quotas, customerGatewaysInRegion: 10 } })],
    ['customer-ip-not-routable', 'customerIps[1]', [], create({ customerIps: ['203.0.113.1', '10.0.0.1'] })],
    ['customer-ip-not-routable', 'customerIps[0]', [created], update({ customerIps: ['127.0.0.1'] })],
    ['customer-gateway-has-tunnels', 'customerIps', [created], update({ customerIps: ['203.0.113.2'], facts: { tunnelIds: ['t'] } })],
    ['unknown-customer-gateway', 'customerGatewayId', [], update()],
    ['customer-gateway-in-use', 'vpnConnectionIds', [created], { type: 'DeleteCustomerGateway', facts: { vpnConnectionIds: ['c1'] } }],
  ])('%s (%s)', (code, field, history, command) => given(customerGatewayDecider, ...history).when(command).refused(code, field));
});

describe('addresses', () => {
  it.each(['0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '169.254.1.1', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.168.1.1', '198.18.0.1', '224.0.0.5', '239.1.1.1', '240.0.0.1', '255.255.255.255'])(
    '%s cannot be reached over the internet', (address) => expect(notOnTheInternet(address)).toBeTypeOf('string'));
  it.each(['1.1.1.1', '100.63.0.1', '172.32.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '223.255.255.1'])(
    '%s can', (address) => expect(notOnTheInternet(address)).toBeUndefined());
});
