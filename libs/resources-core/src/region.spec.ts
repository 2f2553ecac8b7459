import { QUOTAS, QuotaType, limitOf, type RegionDecision } from '@bordergate/contracts';
import { fold, isRejection } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { given, REGION as region } from './given.test-support.js';
import { overQuota, regionDecider } from './region.js';

const set = (quotaType: QuotaType, maxLimit: number | null, parentResourceId: string | null = null): RegionDecision => ({ type: 'QuotaSet', region, quotaType, parentResourceId, maxLimit });
const ask = (quotaType: QuotaType, maxLimit: number | null, parentResourceId: string | null = null, parentExists = true) =>
  ({ type: 'SetQuota', region, quotaType, parentResourceId, maxLimit, facts: { parentExists } }) as const;

describe('a quota', () => {
  it('can be set for a region, and for one parent', () => {
    given(regionDecider).when(ask('bgw', 7)).decides(set('bgw', 7));
    given(regionDecider).when(ask('bgw_route', 200, 'bgw-1')).decides(set('bgw_route', 200, 'bgw-1'));
  });
  it('that is asked for again, or taken back where nothing is set, is no event', () => {
    given(regionDecider, set('bgw', 7)).when(ask('bgw', 7)).decides();
    given(regionDecider).when(ask('bgw', null)).decides();
    given(regionDecider, set('bgw', 7)).when(ask('bgw', null)).decides(set('bgw', null));
  });
  it('may be lowered to nothing: what is there stays', () => given(regionDecider).when(ask('vpc', 0)).decides(set('vpc', 0)));
  it.each(QuotaType.options.filter((type) => 'fixed' in QUOTAS[type]))('%s is fixed by the product', (type) => given(regionDecider).when(ask(type, 100)).refused('quota-fixed', 'type'));
  it('of a region has no parent', () => given(regionDecider).when(ask('bgw', 7, 'bgw-1')).refused('quota-has-no-parent', 'parentResourceId'));
  it('of a parent that is not in the region is refused', () => given(regionDecider).when(ask('bgw_route', 7, 'bgw-1', false)).refused('unknown-parent-resource', 'parentResourceId'));

  const settings = (...events: RegionDecision[]) => fold(regionDecider, events).quotas;
  it.each<[string, RegionDecision[], string | null, number]>([
    ['default', [], 'bgw-1', 50],
    ["region's", [set('bgw_route', 60)], 'bgw-1', 60],
    ["parent's own", [set('bgw_route', 60), set('bgw_route', 5, 'bgw-1')], 'bgw-1', 5],
    ["region's for another parent", [set('bgw_route', 60), set('bgw_route', 5, 'bgw-1')], 'bgw-2', 60],
    ["region's again", [set('bgw_route', 60), set('bgw_route', 5, 'bgw-1'), set('bgw_route', null, 'bgw-1')], 'bgw-1', 60],
  ])('counts the %s limit', (_, events, parent, limit) => expect(limitOf(settings(...events), 'bgw_route', parent)).toBe(limit));

  it('refuses what is over it, with field, limit and count', () => {
    expect(overQuota(settings(), 'bgw', null, 4, 'region')).toBeUndefined();
    expect(overQuota(settings(), 'bgw', null, 5, 'region')).toMatchObject({ code: 'quota-exceeded', field: 'region', because: 'at most 5 border gateways in a region; there are 5 (quota bgw)' });
    expect(isRejection(overQuota(settings(set('bgw', 3)), 'bgw', null, 4, 'region'))).toBe(true);
    expect(isRejection(overQuota(settings(), 'bgw_route', 'bgw-1', 48, 'bgwId', 3))).toBe(true);
    expect(overQuota(settings(), 'bgw_route', 'bgw-1', 48, 'bgwId', 2)).toBeUndefined();
  });
});

describe("a region's policy", () => {
  it('accepts weak algorithms until it is told not to', () => {
    given(regionDecider).when({ type: 'ChangeRegionPolicy', region, weakAlgorithms: 'refuse' }).decides({ type: 'RegionPolicyChanged', region, weakAlgorithms: 'refuse' });
    given(regionDecider).when({ type: 'ChangeRegionPolicy', region, weakAlgorithms: 'accept' }).decides();
    given(regionDecider).when({ type: 'ChangeRegionPolicy', region }).decides();
  });
});
