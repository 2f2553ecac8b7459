import { comparePrefixes, formatPrefix, prefixAround, prefixOf, toIpv4, type Prefix } from '@bordergate/kernel';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { inListingOrder, type Walk } from './listing.js';
import { advertisedRoutes, advertisedRoutesFrom, gatewayRoutes, gatewayRoutesFrom, learnedRoutes, learnedRoutesFrom } from './queries.js';
import { Router } from './router.js';
import { Story } from './story.test-support.js';

const walkOf = (prefixes: readonly Prefix[]): Walk => (offer) => prefixes.forEach(offer);
const prefix = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 })).map(([address, length]) => prefixAround(toIpv4(address), length));

it('is the order of prefixes, from any of them on, however many there are', () => {
  fc.assert(fc.property(fc.uniqueArray(prefix, { selector: formatPrefix, maxLength: 2_000, size: 'max' }), fc.nat(), (prefixes, start) => {
    const sorted = [...prefixes].sort(comparePrefixes);
    const at = prefixes.length > 0 ? start % prefixes.length : 0;
    expect([...inListingOrder(walkOf(prefixes))]).toEqual(sorted);
    expect([...inListingOrder(walkOf(prefixes), sorted[at])]).toEqual(sorted.slice(at));
  }), { numRuns: 20 });
});

it('begins anywhere, there or not', () => {
  const [a, b, c] = ['10', '20', '30'].map((n) => prefixAround(toIpv4(Number(n) * 2 ** 24), 8)) as [Prefix, Prefix, Prefix];
  expect([...inListingOrder(walkOf([c, a]), b)]).toEqual([c]);
});

it('of routes makes the rows that are asked for, and no others', () => {
  const story = new Story();
  const router = new Router();
  const learned = Array.from({ length: 600 }, (_, n) => `172.${16 + (n % 3)}.${Math.floor(n / 3)}.0/24`);
  router.apply([
    story.gateway('g'), ...story.connection('c', 'g', { t1: 'n1', t2: 'n1' }), ...story.up('t1', 't2'), story.session('t1', 1), story.session('t2', 1), story.transit('g', true), story.quota('bgw_propagated_route', 1_000),
    ...learned.map((destination) => story.announce('t1', destination)), story.staticRoute('g', 'r', '172.17.9.0/24', 'c'),
  ]);
  const judged = vi.spyOn(router.gateways.get('g')!, 'verdicts');
  const from = prefixOf('172.17.9.0/24');
  const first = <T>(rows: Iterable<T>): T[] => {
    const taken: T[] = [];
    for (const row of rows) if (taken.push(row) === 3) break;
    return taken;
  };
  const tables = [
    [gatewayRoutesFrom(router, 'g', 'effective', from)!, gatewayRoutes(router, 'g', 'effective')!.filter(({ bgwRouteDestination }) => comparePrefixes(prefixOf(bgwRouteDestination), from) >= 0)],
    [learnedRoutesFrom(router, 't1', from)!, learnedRoutes(router, 't1')!.filter(({ prefix }) => comparePrefixes(prefixOf(prefix), from) >= 0)],
    [advertisedRoutesFrom(router, 't2', from)!, advertisedRoutes(router, 't2')!.filter(({ prefix }) => comparePrefixes(prefixOf(prefix), from) >= 0)],
  ] as const;
  judged.mockClear();
  for (const [rows, whole] of tables) expect(first<unknown>(rows)).toEqual(whole.slice(0, 3));
  expect(judged.mock.calls.length).toBeLessThanOrEqual(6);
  expect([...gatewayRoutesFrom(router, 'g', 'static')!].map(({ source }) => source)).toEqual(['r']);
});
