import { formatPrefix, prefixOf } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { overLimit, roomOf } from './limit.js';
import { gatewayLimit, gatewayRoutes, learnedRoutes, vpcLimits, vpcRoutes } from './queries.js';
import { Router, type RouterFact } from './router.js';
import { Story } from './story.test-support.js';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const block = (n: number): string => `172.16.${n}.0/24`;

describe('over a limit', () => {
  const claim = (prefix: string, age: string, source = '') => ({ prefix: prefixOf(prefix), age, source });
  it.each<[string, ReturnType<typeof claim>[], number, string[]]>([
    ['nobody, while there is room', [claim('10.1.0.0/16', 'b'), claim('10.0.0.0/16', 'a')], 2, []],
    ['the youngest', [claim('10.0.0.0/16', 'c'), claim('10.1.0.0/16', 'a'), claim('10.2.0.0/16', 'b')], 2, ['10.0.0.0/16']],
    ['of one age, the last prefixes', [claim('10.2.0.0/16', 'a'), claim('10.0.0.0/16', 'a'), claim('10.1.0.0/16', 'a')], 1, ['10.1.0.0/16', '10.2.0.0/16']],
    ['of one age and prefix, the last sources', [claim('10.0.0.0/16', 'a', 'y'), claim('10.0.0.0/16', 'a', 'x')], 1, ['10.0.0.0/16']],
    ['all, without room', [claim('10.0.0.0/16', 'a')], 0, ['10.0.0.0/16']],
  ])('is %s', (_who, claims, maxLimit, refused) => {
    expect(overLimit(claims, maxLimit).map((one) => formatPrefix(one.prefix))).toEqual(refused);
    expect(overLimit(claims.toReversed(), maxLimit)).toEqual(overLimit(claims, maxLimit));
  });

  it.each([[0, 10, 'ok', 0], [7, 10, 'ok', 0], [8, 10, 'near-limit', 0], [10, 10, 'near-limit', 0], [11, 10, 'over-limit', 1], [0, 0, 'ok', 0], [1, 0, 'over-limit', 1], [239, 300, 'ok', 0], [240, 300, 'near-limit', 0]])(
    '%i of %i is %s', (count, maxLimit, status, refused) => expect(roomOf(count, maxLimit)).toEqual({ maxLimit, count, refused, status }));
});

describe("a gateway's limit of dynamic routes", () => {
  /** A gateway with one subnet and room for five. */
  function world(): { story: Story; router: Router; refused(): string[]; say(...facts: RouterFact[]): string[] } {
    const story = new Story();
    const router = new Router();
    router.apply([
      story.quota('bgw_propagated_route', 5), story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), ...story.connection('c', 'g', { t1: 'n1', t2: 'n2' }), ...story.up('t1', 't2'),
      story.session('t1', 1), story.session('t2', 1),
    ]);
    const refused = () => gatewayRoutes(router, 'g', 'propagated')!.filter((route) => route.because === 'over-limit').map((route) => route.bgwRouteDestination);
    const say = (...facts: RouterFact[]) => router.apply(facts).filter((change) => change.topic === 'routing.limits.v1').map(({ key, value }) => `${key} ${value === null ? 'null' : value.type === 'RouteLimitReached' ? value.status : value.type}`);
    return { story, router, refused, say };
  }

  it('refuses the youngest, tells who and warns, and lets them in when there is room', () => {
    const { story, router, refused, say } = world();
    expect(say(...[1, 2].map((n) => story.announce('t1', block(n), { since: at(n) })))).toEqual([]);
    expect(say(story.announce('t1', block(3), { since: at(3) }))).toEqual(['g/status near-limit']);
    expect(say(...[9, 4, 8].map((n) => story.announce('t1', block(n), { since: at(n) })))).toEqual(['g/172.16.8.0/24 RouteRefused', 'g/172.16.9.0/24 RouteRefused', 'g/status over-limit']);
    expect(gatewayLimit(router, 'g')).toEqual({ maxLimit: 5, count: 7, refused: 2, status: 'over-limit' });
    expect(learnedRoutes(router, 't1')!.filter((route) => !route.effective)).toMatchObject([{ prefix: block(8), because: 'over-limit', since: at(8) }, { prefix: block(9), because: 'over-limit' }]);
    expect(say(story.withdraw('t1', block(1)))).toEqual(['g/172.16.8.0/24 null']);
    expect(refused()).toEqual([block(9)]);
    expect(say(story.quota('bgw_propagated_route', 100, 'g'))).toEqual(['g/172.16.9.0/24 null', 'g/status null']);
    expect(refused()).toEqual([]);
  });

  it('forgets a refused route that its peer withdraws, though it was never in the FIB', () => {
    const { story, refused, say } = world();
    say(...[1, 2, 3, 4, 5].map((n) => story.announce('t1', block(n), { since: at(n) })));
    expect(refused()).toEqual([block(5)]);
    expect(say(story.withdraw('t1', block(5)))).toEqual(['g/status near-limit', 'g/172.16.5.0/24 null']);
    expect(refused()).toEqual([]);
  });

  it('does not let a new prefix push out an old one, whatever its place among prefixes', () => {
    const { story, refused, say } = world();
    say(...[5, 6, 7, 8].map((n) => story.announce('t1', block(n), { since: at(1) })));
    say(story.announce('t1', block(0), { since: at(2) }));
    expect(refused()).toEqual([block(0)]);
  });

  it('counts a destination once, however many peers announce it, and refuses it to all of them', () => {
    const { story, router, refused, say } = world();
    say(...[1, 2, 3, 4].flatMap((n) => [story.announce('t1', block(n), { since: at(1) }), story.announce('t2', block(n), { since: at(2) })]));
    expect(gatewayLimit(router, 'g')).toEqual({ maxLimit: 5, count: 5, refused: 0, status: 'near-limit' });
    say(story.announce('t2', block(0), { since: at(3) }), story.announce('t1', block(0), { since: at(3) }));
    expect(refused()).toEqual([block(0), block(0)]);
    say(story.closed('t1', 1)); // a tunnel less is no place more
    expect(refused()).toEqual([block(0)]);
  });

  it("lets the cloud's own subnets in first", () => {
    const { story, refused, say } = world();
    say(...[1, 2, 3, 4].map((n) => story.announce('t1', block(n), { since: at(1) })));
    say(story.subnet('v', 's2', '10.0.2.0/24'));
    expect(refused()).toEqual([block(4)]);
  });

  it('counts what a static route hides, and refuses no static route', () => {
    const { story, router, refused, say } = world();
    say(...[1, 2, 3, 4, 5].map((n) => story.announce('t1', block(n), { since: at(n) })), story.staticRoute('g', 'r', block(1), 'c'), story.staticRoute('g', 'r5', block(5), 'c'));
    expect(gatewayLimit(router, 'g')).toMatchObject({ count: 6 });
    expect(refused()).toEqual([block(5)]);
    expect(gatewayRoutes(router, 'g', 'effective')!.find((route) => route.bgwRouteDestination === block(5))).toMatchObject({ routeType: 'static', effective: true });
  });

  it('does not count what is no candidate: martians, and what comes by a tunnel that is down', () => {
    const { story, router, say } = world();
    say(story.announce('t1', '169.254.3.0/24'), story.announce('t2', block(1)), ...story.down('t2'));
    expect(gatewayLimit(router, 'g')).toMatchObject({ count: 1 });
  });
});

describe("a route table's limit of propagated routes", () => {
  it('counts the ineffective too, refuses the youngest and keeps the table in use', () => {
    const story = new Story();
    const router = new Router();
    router.apply([
      story.quota('vpc_propagated_route', 4), story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), story.relate('v', 'g'), ...story.connection('c', 'g', { t1: 'n1' }), ...story.up('t1'),
      story.session('t1', 1), ...[3, 1, 2].map((n) => story.announce('t1', block(n), { since: at(n) })),
    ]);
    const table = () => vpcRoutes(router, 'v')!.filter((route) => route.routeType === 'propagated').map((route) => `${route.destination} ${route.because}`);
    expect(vpcLimits(router, 'v')).toEqual([{ routeTableId: 'rtb-v', maxLimit: 4, count: 4, refused: 0, status: 'near-limit' }]);
    router.apply([story.announce('t1', block(0), { since: at(9) })]);
    expect(table()).toEqual(['10.0.1.0/24 inside-vpc', '172.16.0.0/24 over-limit', '172.16.1.0/24 only-route', '172.16.2.0/24 only-route', '172.16.3.0/24 only-route']);
    router.apply([story.announce('t1', block(3), { since: at(10) })]); // said anew, and now the youngest
    expect(table()).toEqual(['10.0.1.0/24 inside-vpc', '172.16.0.0/24 only-route', '172.16.1.0/24 only-route', '172.16.2.0/24 only-route', '172.16.3.0/24 over-limit']);
    router.apply([story.withdraw('t1', block(1))]);
    expect(table()).not.toContain('172.16.3.0/24 over-limit');
  });
});
