import { prefixOf } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { fairShares, firstRefused, isRefused } from './limit.js';
import { gatewayRoutes, learnedRoutes } from './queries.js';
import { Router } from './router.js';
import { Story } from './story.test-support.js';

describe('the limit of dynamic routes', () => {
  it.each([
    [{ a: 3, b: 2 }, 10, { a: 3, b: 2 }],
    [{ a: 1_000, b: 2 }, 10, { a: 8, b: 2 }],
    [{ a: 1_000, b: 1_000 }, 5, { a: 2, b: 3 }],
    [{ a: 4, b: 4, c: 1 }, 6, { a: 2, b: 3, c: 1 }],
    [{ a: 4 }, 0, { a: 0 }],
  ])('shares %j in a room of %i fairly', (wanted, room, shares) => {
    expect(Object.fromEntries(fairShares(new Map(Object.entries(wanted)), room))).toEqual(shares);
  });

  it('refuses from a prefix on', () => {
    const prefixes = ['10.2.0.0/16', '10.0.0.0/16', '10.1.0.0/16'].map(prefixOf);
    expect(firstRefused(prefixes, 3)).toBeUndefined();
    expect(firstRefused(prefixes, 1)).toEqual(prefixOf('10.1.0.0/16'));
    expect(prefixes.map((prefix) => isRefused(prefix, prefixOf('10.1.0.0/16')))).toEqual([true, false, true]);
  });

  it('lets subnets in first, then a share of every peer, and takes no session down', () => {
    const story = new Story();
    const router = new Router({ dynamicRoutes: 5 });
    const flood = () => [9, 4, 7, 1, 3].map((n) => story.announce('t1', `172.16.${n}.0/24`));
    router.apply([
      story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), ...story.connection('c', 'g', { t1: 'n1', t2: 'n2' }), ...story.up('t1', 't2'),
      story.session('t1', 1), story.session('t2', 1), ...flood(), story.announce('t2', '172.17.0.0/16'),
    ]);
    const refused = () => gatewayRoutes(router, 'g', 'propagated')!.filter((route) => route.because === 'over-prefix-limit').map((route) => route.bgwRouteDestination);
    expect(refused()).toEqual(['172.16.7.0/24', '172.16.9.0/24']);
    expect(learnedRoutes(router, 't2')).toMatchObject([{ effective: true }]);
    // Room is made: what was refused counts at once, without being announced again.
    router.apply([story.withdraw('t1', '172.16.1.0/24'), story.closed('t2', 1)]);
    expect(refused()).toEqual([]);
  });
});
