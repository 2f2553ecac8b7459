import type { VirtualInterfaceDecision } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { given, quotas, quotasOf, REGION } from './given.test-support.js';
import { shownVif } from './vif-status.js';
import { virtualInterfaceDecider, type VirtualInterfaceCommand } from './virtual-interface.js';

const bgpTimers = { holdSec: 30, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 };
const routing = {
  vifIp: '169.254.0.4/30', remoteVifIp: '169.254.0.5', localVifIp: '169.254.0.6', bgpEnabled: true, localAsn: 64512, customerAsn: 65010, bgpOptions: { ...bgpTimers, keepaliveSec: 10 },
};
const line = { node: 'n1', interface: 'eth1', vlanId: 100 };
const created: VirtualInterfaceDecision = { type: 'VirtualInterfaceCreated', vifId: 'd', region: REGION, name: 'line', description: '', borderGatewayId: 'g', line, ...routing, adminStatus: 'UP' };
const changed: VirtualInterfaceDecision = { type: 'VirtualInterfaceChanged', vifId: 'd', name: 'line', description: '', ...routing };
const disabled: VirtualInterfaceDecision = { type: 'VirtualInterfaceDisabled', vifId: 'd' };

type Create = Extract<VirtualInterfaceCommand, { type: 'CreateVirtualInterface' }>;
const facts: Create['facts'] = { quotas, borderGateway: { virtualInterfaces: 0 }, innerPrefixes: ['169.254.0.0/30'], onInterface: [] };
const create = (more: Partial<Create> = {}, about: Partial<Create['facts']> = {}): Create =>
  ({ type: 'CreateVirtualInterface', vifId: 'd', region: REGION, name: 'line', description: '', borderGatewayId: 'g', line, bgpEnabled: true, localAsn: 64512, customerAsn: 65010, bgpTimers, facts: { ...facts, ...about }, ...more });
const update = (more: object): VirtualInterfaceCommand => ({ type: 'UpdateVirtualInterface', facts: { innerPrefixes: ['169.254.0.0/30'] }, ...more });

describe('a virtual interface', () => {
  it('is made with the next free /30: the customer first, the cloud second', () => given(virtualInterfaceDecider).when(create()).decides(created));
  it.each(['10.255.0.0/30', '172.16.9.8/30', '192.168.0.0/30', '169.254.200.0/30'])('takes %s', (vifIp) =>
    expect(given(virtualInterfaceDecider).when(create({ vifIp })).decided).toMatchObject([{ vifIp }]));
  it("needs no customer's AS number without BGP", () =>
    given(virtualInterfaceDecider).when(create({ bgpEnabled: false, customerAsn: undefined })).decides({ ...created, bgpEnabled: false, customerAsn: null }));
  it('shares an interface with other VLANs', () => given(virtualInterfaceDecider).when(create({}, { onInterface: [{ vifId: 'e', vlanId: 101 }] })).decides(created));
  it('changes names, addresses and routing, and nothing when nothing differs', () => {
    given(virtualInterfaceDecider, created).when(update({ name: 'backbone' })).decides({ ...changed, name: 'backbone' });
    given(virtualInterfaceDecider, created).when(update({ vifIp: '10.255.0.0/30' })).decides({ ...changed, vifIp: '10.255.0.0/30', remoteVifIp: '10.255.0.1', localVifIp: '10.255.0.2' });
    given(virtualInterfaceDecider, created).when(update({ bgpTimers: { holdSec: 9 } })).decides({ ...changed, bgpOptions: { ...routing.bgpOptions, holdSec: 9, keepaliveSec: 3 } });
    given(virtualInterfaceDecider, created).when(update({ name: 'line', vifIp: '169.254.0.4/30' })).decides();
  });
  it('is disabled and enabled', () => {
    given(virtualInterfaceDecider, created).when({ type: 'DisableVirtualInterface' }).decides(disabled);
    given(virtualInterfaceDecider, created, disabled).when({ type: 'DisableVirtualInterface' }).decides();
    given(virtualInterfaceDecider, created, disabled).when({ type: 'EnableVirtualInterface' }).decides({ type: 'VirtualInterfaceEnabled', vifId: 'd' });
  });
  it('is deleted when no static route leads to it', () => {
    given(virtualInterfaceDecider, created).when({ type: 'DeleteVirtualInterface', facts: { staticRouteIds: [] } }).decides({ type: 'VirtualInterfaceDeleted', vifId: 'd' });
    given(virtualInterfaceDecider, created).when({ type: 'DeleteVirtualInterface', facts: { staticRouteIds: ['r'] } }).refused('virtual-interface-in-use', 'bgwRouteNexthop');
  });

  it.each<[code: string, field: string | undefined, history: VirtualInterfaceDecision[], command: VirtualInterfaceCommand]>([
    ['id-taken', 'vifId', [created], create()],
    ['unknown-virtual-interface', 'vifId', [], { type: 'DisableVirtualInterface' }],
    ['unknown-border-gateway', 'bgwId', [], create({}, { borderGateway: undefined })],
    ['quota-exceeded', 'bgwId', [], create({}, { quotas: quotasOf(1), borderGateway: { virtualInterfaces: 1 } })],
    ['line-taken', 'vlanId', [], create({}, { onInterface: [{ vifId: 'e', vlanId: 100 }] })],
    ['line-taken', 'interface', [], create({}, { onInterface: [{ vifId: 'e', vlanId: null }] })],
    ['line-taken', 'interface', [], create({ line: { ...line, vlanId: null } }, { onInterface: [{ vifId: 'e', vlanId: 7 }] })],
    ['customer-asn-needed', 'customerAsn', [], create({ customerAsn: undefined })],
    ['ebgp-needs-different-asn', 'customerAsn', [], create({ customerAsn: 64512 })],
    ['ebgp-needs-different-asn', 'customerAsn', [created], update({ customerAsn: 64512 })],
    ['vif-ip-not-a-slash-30', 'vifIp', [], create({ vifIp: '10.255.0.0/29' })],
    ['vif-ip-out-of-range', 'vifIp', [], create({ vifIp: '100.64.0.0/30' })],
    ['vif-ip-taken', 'vifIp', [], create({ vifIp: '169.254.0.0/30' })],
    ['vif-ip-taken', 'vifIp', [created], update({ vifIp: '169.254.0.0/30' })],
  ])('is refused: %s (%s)', (code, field, history, command) => given(virtualInterfaceDecider, ...history).when(command).refused(code, field));
});

describe('the state that is shown', () => {
  const said = (operStatus: 'UP' | 'DOWN', reason: 'link-up' | 'no-carrier' | 'admin-down', at = 2) =>
    ({ at: `2026-01-01T00:00:0${at}.000Z`, operStatus, reason, detail: 'seen', since: '2026-01-01T00:00:00.000Z', driver: 'linux' as const });
  const decidedAt = '2026-01-01T00:00:01.000Z';
  it.each([
    ['Pending', 'UP', undefined], ['InActive', 'DOWN', undefined], ['Active', 'UP', said('UP', 'link-up')], ['Down', 'UP', said('DOWN', 'no-carrier')], ['InActive', 'DOWN', said('DOWN', 'admin-down')],
    ['InActive', 'DOWN', said('UP', 'link-up', 0)], ['Pending', 'UP', said('DOWN', 'admin-down', 0)], ['Active', 'UP', said('UP', 'link-up', 0)],
  ] as const)('%s: admin %s, %o', (status, adminStatus, reported) => expect(shownVif(adminStatus, decidedAt, reported).status).toBe(status));
  it.each([
    ['Down', 'node-silent', 'UP', said('UP', 'link-up')], ['Down', 'node-silent', 'UP', undefined], ['InActive', 'admin-down', 'DOWN', said('DOWN', 'admin-down')], ['InActive', 'node-silent', 'DOWN', said('UP', 'link-up')],
  ] as const)('of a node that is not heard: %s, %s: admin %s, %o', (status, opReason, adminStatus, reported) =>
    expect(shownVif(adminStatus, decidedAt, reported, { node: 'n1', since: decidedAt })).toMatchObject({ status, opStatus: 'DOWN', opReason }));
});
