import { describe, expect, it } from 'vitest';
import type { Document } from './client.js';
import { type Decided, madeOverQuota, QUOTA_DECISIONS, QUOTAS } from './quotas.js';

const event = (type: string, decision: Document): Decided => ({ type, decision });
const vpc = event('VpcCreated', { vpcId: 'vpc-1', region: 'r', mainRouteTableId: 'rtb-1' });
const subnets = (n: number, from = 1): Decided[] => Array.from({ length: n }, (_, i) => event('SubnetCreated', { vpcId: 'vpc-1', subnetId: `subnet-${from + i}` }));
const limit = (quotaType: string, maxLimit: number | null, parentResourceId: string | null = null, region = 'r'): Decided => event('QuotaSet', { region, quotaType, parentResourceId, maxLimit });

describe('of a log, what was made beyond the quota in force', () => {
  it('is nothing within the default, and the one more', () => {
    expect(madeOverQuota([vpc, ...subnets(10)])).toEqual([]);
    expect(madeOverQuota([vpc, ...subnets(11)])).toEqual(['subnet-11 was made as number 11 of vpc_subnet in vpc-1, where 10 were allowed']);
  });
  it('is nothing when the limit was raised, and lowered again beneath what is there', () => {
    expect(madeOverQuota([vpc, limit('vpc_subnet', 13), ...subnets(13), limit('vpc_subnet', null)])).toEqual([]);
    expect(madeOverQuota([vpc, limit('vpc_subnet', 13), ...subnets(13), limit('vpc_subnet', null), ...subnets(1, 14)])).toHaveLength(1);
    expect(madeOverQuota([vpc, ...subnets(10), limit('vpc_subnet', 13)])).toEqual([]);
  });
  it('goes by the limit of the parent before that of its region, and not by another region\'s', () => {
    expect(madeOverQuota([vpc, limit('vpc_subnet', 0), limit('vpc_subnet', 2, 'vpc-1'), ...subnets(2)])).toEqual([]);
    expect(madeOverQuota([vpc, limit('vpc_subnet', 20), limit('vpc_subnet', 1, 'vpc-1'), ...subnets(2)])).toHaveLength(1);
    expect(madeOverQuota([vpc, limit('vpc_subnet', 1, null, 's'), limit('vpc_subnet', 1, 'vpc-2'), ...subnets(10)])).toEqual([]);
  });
  it('counts what has ended no longer, alone or with its parent', () => {
    expect(madeOverQuota([vpc, ...subnets(10), event('SubnetDeleted', { subnetId: 'subnet-3' }), ...subnets(1, 11)])).toEqual([]);
    const route = (n: number) => event('VpcStaticRouteAdded', { vpcId: 'vpc-1', routeTableId: 'rtb-1', vpcRouteId: `route-${n}` });
    expect(madeOverQuota([vpc, limit('vpc_route', 1), route(1), event('VpcDeleted', { vpcId: 'vpc-1' }), vpc, route(2)])).toEqual([]);
    expect(madeOverQuota([vpc, limit('vpc_route', 1), route(1), route(2)])).toHaveLength(1);
  });
  it('has the main route table of a VPC among its tables, which a limit does not forbid', () => {
    const table = (n: number) => event('VpcRouteTableCreated', { vpcId: 'vpc-1', routeTableId: `table-${n}` });
    expect(madeOverQuota([limit('vpc_route_table', 0), vpc])).toEqual([]);
    expect(madeOverQuota([limit('vpc_route_table', 2), vpc, table(1)])).toEqual([]);
    expect(madeOverQuota([limit('vpc_route_table', 2), vpc, table(1), table(2)])).toHaveLength(1);
  });
  it('is found for every quota', () => {
    const parents = [
      event('BorderGatewayCreated', { borderGatewayId: 'bgw-1', region: 'r' }), event('CustomerGatewayCreated', { customerGatewayId: 'cgw-1', region: 'r' }), vpc, event('VpnConnectionCreated', { vpnConnectionId: 'vpn-1', borderGatewayId: 'bgw-1' }),
    ];
    const none = Object.keys(QUOTAS).map((quota) => limit(quota, 0));
    const more = { borderGatewayId: 'bgw-1', vpcId: 'vpc-1', routeTableId: 'rtb-1', vpnConnectionId: 'vpn-1', customerGatewayId: 'x', vpcAttachmentId: 'x', staticRouteId: 'x', vifId: 'x', tunnel: { tunnelId: 'x' }, subnetId: 'x', vpcRouteId: 'x', region: 'r' };
    const creations = QUOTA_DECISIONS.filter((type) => /(Created|Added|Attached)$/.test(type));
    const over = creations.flatMap((type) => madeOverQuota([...parents, ...none, event(type, more)]));
    expect(over.map((text) => /of (\w+) in/.exec(text)![1]).sort()).toEqual(Object.keys(QUOTAS).sort());
  });
  it('cannot be said of a part of nothing', () => expect(() => madeOverQuota(subnets(1))).toThrow('vpc-1 was never made'));
});
