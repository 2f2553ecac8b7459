import { http, TunnelOptions, type Decision } from '@bordergate/contracts';
import { fold } from '@bordergate/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateOf } from './aggregates.js';
import { changedDocuments, type ResourceDocument } from './documents.js';
import { REGION } from './given.test-support.js';
import { haStatus } from './ha-status.js';

const options = TunnelOptions.parse({ ikeCipher: '3des', ikeAuth: 'sha1' });
const tunnel = (tunnelId: string, more: object = {}) => ({
  tunnelId, cloudPublicIp: '198.51.100.1', node: 'n1', customerIp: '203.0.113.1', tunnelIp: '169.254.0.0/30', localTunnelIp: '169.254.0.2', remoteTunnelIp: '169.254.0.1', localId: 'l', remoteId: 'r', pskRef: `psk-${tunnelId}`, options, ...more,
});
const HISTORIES: Record<string, Decision[]> = {
  'vpc-v': [
    { type: 'VpcCreated', vpcId: 'v', region: REGION, name: 'v', description: '', cidr: '10.0.0.0/16', mainRouteTableId: 'main' },
    { type: 'SubnetCreated', vpcId: 'v', subnetId: 's', name: 's', cidr: '10.0.0.0/24', routeTableId: 'main' },
    { type: 'VpcRouteTableCreated', vpcId: 'v', routeTableId: 't', name: 't' },
    { type: 'SubnetRouteTableChanged', vpcId: 'v', subnetId: 's', routeTableId: 't' },
    { type: 'RoutePropagationAdded', vpcId: 'v', routeTableId: 'main', propagationId: 'p', borderGatewayId: 'g', cidrs: ['0.0.0.0/0'] },
    { type: 'VpcStaticRouteAdded', vpcId: 'v', routeTableId: 'main', vpcRouteId: 'r', destination: '10.9.0.0/16', borderGatewayId: 'g', description: '' },
    { type: 'RoutePropagationRemoved', vpcId: 'v', routeTableId: 'main', propagationId: 'p' },
    { type: 'VpcUpdated', vpcId: 'v', name: 'w', description: 'd' },
    { type: 'VpcDeleted', vpcId: 'v' },
  ],
  'border-gateway-g': [
    { type: 'BorderGatewayCreated', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000 },
    { type: 'VpcAttached', borderGatewayId: 'g', vpcAttachmentId: 'a', vpcId: 'v', name: 'a', propagateType: 'partial', subnetIds: ['s'] },
    { type: 'StaticRouteAdded', borderGatewayId: 'g', staticRouteId: 'r', destination: '10.9.0.0/16', nextHopType: 'vpc_attachment', nextHopId: 'a', description: '' },
    { type: 'BorderGatewayUpdated', borderGatewayId: 'g', name: 'h', description: '' },
    { type: 'StaticRouteRemoved', borderGatewayId: 'g', staticRouteId: 'r' },
    { type: 'VpcDetached', borderGatewayId: 'g', vpcAttachmentId: 'a' },
  ],
  'customer-gateway-c': [
    { type: 'CustomerGatewayCreated', customerGatewayId: 'c', region: REGION, name: 'c', description: '', customerIps: ['203.0.113.1'], bgpAsn: 65001 },
    { type: 'CustomerGatewayUpdated', customerGatewayId: 'c', name: 'd', description: '', customerIps: ['203.0.113.1'] },
  ],
  'vpn-connection-c': [
    {
      type: 'VpnConnectionCreated', vpnConnectionId: 'c', region: REGION, name: 'c', description: '', borderGatewayId: 'g', customerGatewayId: 'cg', bgpEnabled: true, localAsn: 65000, customerAsn: 65001,
      cloudPublicIps: [{ address: '198.51.100.1', node: 'n1' }], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 },
    },
    { type: 'TunnelAdded', vpnConnectionId: 'c', tunnel: tunnel('t1') },
    { type: 'TunnelAdded', vpnConnectionId: 'c', tunnel: tunnel('t2', { customerIp: '203.0.113.2' }) },
    { type: 'TunnelDisabled', vpnConnectionId: 'c', tunnelId: 't1' },
    { type: 'TunnelPskRevealed', vpnConnectionId: 'c', tunnelId: 't2' },
    { type: 'TunnelRemoved', vpnConnectionId: 'c', tunnelId: 't1' },
  ],
  'virtual-interface-d': [
    {
      type: 'VirtualInterfaceCreated', vifId: 'd', region: REGION, name: 'line', description: '', borderGatewayId: 'g', line: { node: 'n1', interface: 'eth1', vlanId: 100 }, vifIp: '10.255.0.0/30',
      localVifIp: '10.255.0.2', remoteVifIp: '10.255.0.1', bgpEnabled: true, localAsn: 64512, customerAsn: 65010, adminStatus: 'UP',
      bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 },
    },
    { type: 'VirtualInterfaceDisabled', vifId: 'd' },
  ],
  [`address-pool-${REGION}`]: [
    { type: 'PublicAddressAdded', region: REGION, address: '198.51.100.1', node: 'n1' },
    { type: 'PublicAddressesAllocated', region: REGION, vpnConnectionId: 'c', addresses: [{ address: '198.51.100.1', node: 'n1' }] },
  ],
};
const documentsAfter = (stream: string, events: Decision[]): ResourceDocument[] => aggregateOf(stream).documents(fold(aggregateOf(stream), events));

// What is joined on reading, for the schemas that need all of a document.
const JOINED = {
  region: REGION, tenant: 'default', createdTime: '', updatedTime: '', vpnConnectionIds: [], vifIds: [], propagateCidrInfos: [], haStatus: 'no_redundancy',
  opStatus: 'DOWN', opReason: 'negotiating', opDetail: '', opSince: null, driver: null, bgpStatus: 'down',
};
const SCHEMAS: Record<http.ResourceKind, { parse(data: unknown): unknown }> = {
  vpc: http.Vpc, subnet: http.Subnet, routeTable: http.RouteTable, routePropagation: http.RoutePropagation, vpcRoute: http.VpcStaticRoute, borderGateway: http.BorderGateway, vpcAttachment: http.VpcAttachment,
  staticRoute: http.StaticRoute, customerGateway: http.CustomerGateway, vpnConnection: http.VpnConnection, vpnTunnel: http.VpnTunnel, publicAddress: http.PublicAddress,
  virtualInterface: http.VirtualInterface,
};

/** Without what is for those who join. */
const promised = ({ generation: _, ...fields }: ResourceDocument['fields'] & { generation?: number }): object => fields;

describe('documents', () => {
  it.each(Object.entries(HISTORIES))('of %s are what the API promises, at every step', (stream, events) => {
    for (let n = 1; n <= events.length; n++) {
      for (const { kind, id, fields } of documentsAfter(stream, events.slice(0, n))) {
        expect(SCHEMAS[kind].parse({ ...fields, ...JOINED, ...(kind === 'virtualInterface' ? { status: 'Pending', opReason: 'preparing' } : {}) })).toMatchObject(promised(fields));
        expect(Object.values(fields)).toContain(id);
      }
    }
  });
  it('carry no reference to a secret, and name weak algorithms', () => {
    const documents = documentsAfter('vpn-connection-c', HISTORIES['vpn-connection-c']!);
    expect(JSON.stringify(documents)).not.toContain('psk');
    expect(documents.at(-1)).toMatchObject({ kind: 'vpnTunnel', id: 't2', fields: { bgwId: 'g', weakAlgorithms: ['ikeCipher:3des', 'ikeAuth:sha1'], adminStatus: 'UP' } });
  });
  it('are gone with the resource', () => expect(documentsAfter('vpc-v', HISTORIES['vpc-v']!)).toEqual([]));
  it('belong to a known stream', () => expect(() => aggregateOf('nobody-1')).toThrow('no aggregate'));
});

it('changes, applied one event at a time or many at once, give the same documents as a replay', () => {
  fc.assert(fc.property(fc.constantFrom(...Object.keys(HISTORIES)), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 9, maxLength: 9 }), (stream, sizes) => {
    const view = new Map<string, ResourceDocument>();
    const events = HISTORIES[stream]!;
    for (let done = 0, n = 0; done < events.length; n++) {
      const next = Math.min(events.length, done + (sizes[n] ?? 1));
      const { put, removed } = changedDocuments(documentsAfter(stream, events.slice(0, done)), documentsAfter(stream, events.slice(0, next)));
      for (const document of put) view.set(`${document.kind}/${document.id}`, document);
      for (const { kind, id } of removed) view.delete(`${kind}/${id}`);
      done = next;
    }
    expect([...view.values()]).toEqual(expect.arrayContaining(documentsAfter(stream, events)));
    expect(view.size).toBe(documentsAfter(stream, events).length);
  }), { numRuns: 60 });
});

it.each(['border-gateway-g', 'vpc-v'])('of %s, a route that stays is the very same document: a long list is compared by what has changed', (stream) => {
  const { initial, evolve, documents } = aggregateOf(stream);
  let state: unknown = initial;
  let seen = 0;
  for (const decision of HISTORIES[stream]!) {
    const before = documents(state).filter(({ kind }) => /[rR]oute$/.test(kind));
    state = evolve(state, decision);
    const after = documents(state);
    for (const document of before) {
      const same = after.find(({ kind, id }) => kind === document.kind && id === document.id);
      if (!same || JSON.stringify(same) !== JSON.stringify(document)) continue;
      expect(same).toBe(document);
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(0);
});

describe('haStatus', () => {
  const [c, g] = [['c1', 'c2'], ['g1', 'g2']];
  const t = (cloudPublicIp: string, customerIp: string, opStatus: 'UP' | 'DOWN' = 'UP') => ({ cloudPublicIp, customerIp, opStatus });
  it.each([
    ['redundancy', c, g, [t('c1', 'g1'), t('c2', 'g2')]],
    ['redundancy', c, g, [t('c1', 'g1'), t('c2', 'g1'), t('c2', 'g2', 'DOWN')]],
    ['no_redundancy', c, g, [t('c1', 'g1'), t('c2', 'g2', 'DOWN')]],
    ['no_redundancy', c, g, [t('c1', 'g1'), t('c2', 'g1')]],
    ['no_redundancy', c, g, [t('c1', 'g1'), t('c1', 'g2')]],
    ['no_redundancy', c, ['g1'], [t('c1', 'g1'), t('c2', 'g1')]],
    ['no_redundancy', c, g, []],
  ] as const)('%s', (expected, cloud, customer, tunnels) => expect(haStatus([...cloud], [...customer], [...tunnels])).toBe(expected));
});
