import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorityText, select, type Comparable } from './decision.js';

const path = (nextHopType: Comparable['nextHopType'], routeType: Comparable['routeType'], asPathLength = 0): Comparable => ({ nextHopType, routeType, asPathLength });

describe('selection', () => {
  // Semantics 3.2, row by row, and the rows between them.
  it.each([
    ['static wins over BGP within VPN', path('vpn_connection', 'static'), path('vpn_connection', 'ebgp', 1), 'route-type'],
    ['BGP via direct connect beats static via VPN', path('direct_connect', 'ebgp', 3), path('vpn_connection', 'static'), 'next-hop-type'],
    ['attachment-propagated beats static via direct connect', path('vpc_attachment', 'propagated'), path('direct_connect', 'static'), 'next-hop-type'],
    ['attachment-propagated beats static via VPN', path('vpc_attachment', 'propagated'), path('vpn_connection', 'static'), 'next-hop-type'],
    ['the shorter AS_PATH wins', path('vpn_connection', 'ebgp', 1), path('vpn_connection', 'ebgp', 3), 'as-path-length'],
    ['direct connect beats VPN whatever the AS_PATH', path('direct_connect', 'ebgp', 5), path('vpn_connection', 'ebgp', 1), 'next-hop-type'],
    ['static via an attachment beats what it propagates', path('vpc_attachment', 'static'), path('vpc_attachment', 'propagated'), 'route-type'],
    ['EBGP beats IBGP whatever the AS_PATH', path('vpn_connection', 'ebgp', 9), path('vpn_connection', 'ibgp', 1), 'route-type'],
  ] as const)('%s', (_, winner, loser, step) => {
    for (const candidates of [[winner, loser], [loser, winner]]) expect(select(candidates)).toEqual({ best: [winner], because: 'best', lost: new Map([[loser, step]]) });
  });

  it('keeps what is equal: ECMP', () => {
    const [a, b, c] = [path('vpn_connection', 'ebgp', 2), path('vpn_connection', 'ebgp', 2), path('vpn_connection', 'ebgp', 3)];
    expect(select([a, c, b])).toEqual({ best: [a, b], because: 'equal-cost', lost: new Map([[c, 'as-path-length']]) });
  });

  it('has a word for one and none for nothing', () => {
    const only = path('vpn_connection', 'static');
    expect(select([only])).toEqual({ best: [only], because: 'only-path', lost: new Map() });
    expect(select([])).toBeUndefined();
  });

  it('removes the losers of an early step before a later one is asked', () => {
    const [winner, shortButStatic, long] = [path('direct_connect', 'ebgp', 4), path('vpn_connection', 'static'), path('direct_connect', 'ebgp', 5)];
    expect(select([shortButStatic, long, winner])!.lost).toEqual(new Map([[shortButStatic, 'next-hop-type'], [long, 'as-path-length']]));
  });

  it('shows the ranks to people', () => expect(priorityText(path('vpn_connection', 'ebgp', 2))).toBe('140/150/2'));

  const anyPath = fc.record({
    nextHopType: fc.constantFrom('vpc_attachment', 'direct_connect', 'vpn_connection'), routeType: fc.constantFrom('static', 'propagated', 'ebgp', 'ibgp'), asPathLength: fc.nat({ max: 3 }),
  }) as fc.Arbitrary<Comparable>;

  it('does not know in which order candidates came', () => {
    const shuffled = fc.array(anyPath, { minLength: 1, maxLength: 6 }).chain((paths) => fc.tuple(fc.constant(paths), fc.shuffledSubarray(paths, { minLength: paths.length })));
    fc.assert(fc.property(shuffled, ([paths, other]) => {
      const [a, b] = [select(paths)!, select(other)!];
      expect(new Set(b.best)).toEqual(new Set(a.best));
      expect(b.because).toBe(a.because);
      for (const candidate of paths) expect(b.lost.get(candidate)).toBe(a.lost.get(candidate));
    }), { numRuns: 2_000 });
  });

  it('agrees with a plain sort', () => {
    const rank = ({ nextHopType, routeType, asPathLength }: Comparable) => ['vpc_attachment', 'direct_connect', 'vpn_connection'].indexOf(nextHopType) * 10_000 + ['static', 'propagated', 'ebgp', 'ibgp'].indexOf(routeType) * 100 + asPathLength;
    fc.assert(fc.property(fc.array(anyPath, { minLength: 1, maxLength: 8 }), (paths) => {
      const best = Math.min(...paths.map(rank));
      expect([...select(paths)!.best]).toEqual(paths.filter((candidate) => rank(candidate) === best));
      expect(select(paths)!.lost.size).toBe(paths.filter((candidate) => rank(candidate) > best).length);
    }), { numRuns: 2_000 });
  });
});
