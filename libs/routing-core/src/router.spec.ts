import { TOPICS } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { compareFib } from './compare.js';
import { advertisedRoutes, gatewayRoutes, learnedRoutes, vpcRoutes } from './queries.js';
import { Router, type RouterFact } from './router.js';
import { attachment, Story, tunnel } from './story.test-support.js';

/** One gateway, a VPC, a connection with a tunnel on each of two nodes, and a second connection; all up. */
function world(more: (story: Story) => RouterFact[] = () => []) {
  const story = new Story();
  const router = new Router();
  router.apply([
    story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), story.relate('v', 'g'),
    ...story.connection('c', 'g', { t1: 'n1', t2: 'n2' }), ...story.connection('d', 'g', { t3: 'n1' }), ...story.up('t1', 't2', 't3'), ...['t1', 't2', 't3'].map((id) => story.session(id, 1)),
  ]);
  router.apply(more(story));
  return { story, router };
}
const P = '172.16.0.0/16';
const fib = (router: Router) => Object.fromEntries(gatewayRoutes(router, 'g', 'effective')!.filter((route) => route.bgwRouteDestination === P).map((route) => [route.source, `${route.nextHops.map((hop) => hop.id).join(' ')} ${route.because}`]));
const reasons = (router: Router) => Object.fromEntries([...gatewayRoutes(router, 'g', 'static')!, ...gatewayRoutes(router, 'g', 'propagated')!].filter((route) => route.bgwRouteDestination === P).map((route) => [route.source, route.because]));

describe('the FIB', () => {
  it('resolves a connection to its usable tunnels', () => {
    const { story, router } = world((story) => [story.staticRoute('g', 'r', P, 'c')]);
    expect(fib(router)).toEqual({ r: 't1 t2 only-path' });
    router.apply(story.down('t1'));
    expect(fib(router)).toEqual({ r: 't2 only-path' });
    router.apply([story.admin('t2', false)]);
    expect(fib(router)).toEqual({});
    expect(reasons(router)).toEqual({ r: 'no-usable-next-hop' });
  });

  it('gives the next candidate its turn when a better one has no usable next hop', () => {
    const { story, router } = world((story) => [story.staticRoute('g', 'r', P, 'd'), story.announce('t1', P), story.announce('t2', P)]);
    expect(reasons(router)).toEqual({ r: 'best', t1: 'route-type', t2: 'route-type' });
    router.apply(story.down('t3'));
    expect(reasons(router)).toEqual({ r: 'no-usable-next-hop', t1: 'equal-cost', t2: 'equal-cost' });
    router.apply([story.announce('t2', P, { asPath: [65001, 65009] })]);
    expect(reasons(router)).toEqual({ r: 'no-usable-next-hop', t1: 'best', t2: 'as-path-length' });
    router.apply(story.up('t3'));
    expect(fib(router)).toEqual({ r: 't3 best' });
  });

  it('forwards nothing to what it does not know', () => {
    const { story, router } = world((story) => [story.staticRoute('g', 'r', P, 'nowhere'), story.staticRoute('g', 'q', P, 'att-nowhere')]);
    expect(reasons(router)).toEqual({ r: 'no-usable-next-hop', q: 'no-usable-next-hop' });
    router.apply([story.gateway('h'), ...story.connection('nowhere', 'h', { t9: 'n1' }), ...story.up('t9')]);
    expect(reasons(router).r).toBe('no-usable-next-hop'); // another gateway's connection
  });

  it('believes only the node that runs the tunnel', () => {
    const { router } = world((story) => [story.staticRoute('g', 'r', P, 'd')]);
    const gone = { type: 'TunnelGone', region: 'cn-north-1', borderGatewayId: 'g', vpnConnectionId: 'd', tunnelId: 't3', node: 'n7' } as const;
    expect(router.apply([{ kind: 'tunnel', at: '', observation: gone }])).toEqual([]);
    expect(router.apply([{ kind: 'tunnel', at: '', observation: { ...gone, node: 'n1' } }])).not.toEqual([]);
  });
});

describe('a session epoch', () => {
  it('takes all routes of a peer with one fact', () => {
    const { story, router } = world((story) => [1, 2, 3].map((n) => story.announce('t1', `172.16.${n}.0/24`)));
    const lost = router.apply([story.closed('t1', 1)]);
    expect(lost.filter((change) => change.topic === TOPICS.fib.name).map((change) => [change.key, change.value])).toEqual([1, 2, 3].map((n) => [`g/172.16.${n}.0/24`, null]));
    expect(learnedRoutes(router, 't1')!.map((route) => route.because)).toEqual(['session-down', 'session-down', 'session-down']);
  });

  it('brings back only what is announced again', () => {
    const { story, router } = world((story) => [story.announce('t1', P), story.announce('t1', '172.17.0.0/16')]);
    router.apply([story.closed('t1', 1), story.session('t1', 2), story.announce('t1', P, { epoch: 2 })]);
    expect(learnedRoutes(router, 't1')!.map((route) => [route.prefix, route.because])).toEqual([[P, 'only-path'], ['172.17.0.0/16', 'session-down']]);
  });

  it('may arrive after the routes of its session', () => {
    const { story, router } = world((story) => [story.announce('t1', P, { epoch: 2 })]);
    expect(fib(router)).toEqual({});
    router.apply([story.session('t1', 2)]);
    expect(fib(router)).toEqual({ t1: 't1 only-path' });
  });

  it('does not count for a connection without BGP, nor a tunnel that is down', () => {
    const { story, router } = world((story) => [story.announce('t1', P), story.bgp('c', false)]);
    expect(reasons(router)).toEqual({ t1: 'session-down' });
    router.apply([story.bgp('c', true), ...story.down('t1')]);
    expect(reasons(router)).toEqual({ t1: 'no-usable-next-hop' });
  });
});

describe('the Adj-RIB-Out', () => {
  const told = (router: Router, tunnelId: string) => advertisedRoutes(router, tunnelId)!.map((route) => `${route.prefix} ${route.because}`);

  it('has what leads into VPCs, propagated or static, and nothing that leads to an outside leg', () => {
    const { router } = world((story) => [story.announce('t1', '172.18.0.0/16'), story.staticRoute('g', 'r', P, 'c'), story.staticRoute('g', 'q', '10.9.0.0/16', 'att-v')]);
    for (const id of ['t1', 't2', 't3']) expect(told(router, id)).toEqual(['10.0.1.0/24 attachment-route', '10.9.0.0/16 static-route']);
  });

  it('has only what is in the FIB', () => {
    const { story, router } = world((story) => [story.staticRoute('g', 'q', '10.9.0.0/16', 'att-v')]);
    router.apply([story.removeStatic('g', 'q')]);
    expect(told(router, 't3')).toEqual(['10.0.1.0/24 attachment-route']);
  });

  it('does not depend on the session or the status of its own tunnel, but on BGP being on', () => {
    const { story, router } = world();
    expect(router.apply([story.closed('t3', 1), story.admin('t3', false), ...story.down('t3')]).filter((change) => change.topic === TOPICS.ribOut.name)).toEqual([]);
    expect(router.apply([story.bgp('d', false)])).toMatchObject([{ key: 'g/t3/10.0.1.0/24', value: null }]);
    expect(router.apply([story.bgp('d', true)])).toMatchObject([{ key: 'g/t3/10.0.1.0/24', value: { because: 'attachment-route' } }]);
    expect(router.apply([story.ofConnection('d', { type: 'TunnelRemoved', tunnelId: 't3' })])).toMatchObject([{ key: 'g/t3/10.0.1.0/24', value: null }]);
  });
});

describe('changes', () => {
  it('come in the order of law 5', () => {
    const { story, router } = world();
    const topics = (facts: RouterFact[]) => router.apply(facts).map((change) => `${change.value ? '+' : '-'}${change.topic}`);
    const told = ['t1', 't2', 't3'].map(() => 'routing.rib-out.v1');
    expect(topics([story.staticRoute('g', 'r', P, 'c')])).toEqual(['+routing.fib.v1', '+routing.vpc-routes.v1']);
    expect(topics([story.staticRoute('g', 'q', '10.9.0.0/16', 'att-v')])).toEqual(['+routing.fib.v1', '+routing.vpc-routes.v1', ...told.map((topic) => `+${topic}`)]);
    expect(topics([story.removeStatic('g', 'q')])).toEqual([...told.map((topic) => `-${topic}`), '-routing.vpc-routes.v1', '-routing.fib.v1']);
  });

  it('are none when a batch changes nothing in the end', () => {
    const { story, router } = world();
    expect(router.apply([story.announce('t1', P), story.withdraw('t1', P), ...story.down('t2'), ...story.up('t2')])).toEqual([]);
  });

  it('are none for decisions that arrive twice', () => {
    const { story, router } = world();
    const [added, removed] = [story.staticRoute('g', 'r', P, 'c'), story.removeStatic('g', 'r')];
    router.apply([added, removed]);
    expect(router.apply([added])).toEqual([]);
  });
});

describe('the comparison with the kernels', () => {
  it('expects of a node what that node can do', () => {
    const { story, router } = world((story) => [story.staticRoute('g', 'r', P, 'c'), story.announce('t3', P)]);
    expect(compareFib(router, 'g')).toMatchObject({ agreed: null, nodes: [] });
    const own = { '10.0.1.0/24': [attachment('att-v')] };
    router.apply([story.kernel('g', 'n1', { ...own, [P]: [tunnel('t1')] })]);
    expect(compareFib(router, 'g')).toMatchObject({ agreed: null, nodes: [{ node: 'n1', agreed: true, differences: [] }] });
    router.apply([story.kernel('g', 'n2', { ...own, [P]: [tunnel('t2')] })]);
    expect(compareFib(router, 'g')!.agreed).toBe(true);
    // t1 down: the gateway still has the static route over t2, but node 1 has only what t3 announced.
    router.apply([...story.down('t1'), story.kernel('g', 'n1', { ...own, [P]: [tunnel('t3')] })]);
    expect(compareFib(router, 'g')).toMatchObject({ agreed: true, expected: [{ prefix: '10.0.1.0/24' }, { prefix: P, nextHops: [tunnel('t2')] }] });
  });

  it('does not mind the order, and names what differs', () => {
    const { story, router } = world((story) => [...story.connection('e', 'g', { t4: 'n1' }), ...story.up('t4'), story.staticRoute('g', 'r', P, 'd'), story.staticRoute('g', 'q', P, 'e')]);
    router.apply([story.kernel('g', 'n1', { '198.18.0.0/15': [{ kind: 'unknown', id: 'eth9' }], [P]: [tunnel('t4'), tunnel('t3')] }), story.kernel('g', 'n2', { '10.0.1.0/24': [attachment('att-v')] })]);
    expect(compareFib(router, 'g')).toMatchObject({
      agreed: false,
      nodes: [{ node: 'n1', differences: [{ prefix: '10.0.1.0/24', expected: [attachment('att-v')], kernel: [] }, { prefix: '198.18.0.0/15', expected: [], kernel: [{ kind: 'unknown', id: 'eth9' }] }] }, { node: 'n2', agreed: true }],
    });
  });

  it('counts a node without tunnels when it reports, as long as something is attached', () => {
    const { story, router } = world();
    router.apply(['n1', 'n2', 'n3'].map((node) => story.kernel('g', node, { '10.0.1.0/24': [attachment('att-v')] })));
    expect(compareFib(router, 'g')).toMatchObject({ agreed: true, nodes: [{ node: 'n1' }, { node: 'n2' }, { node: 'n3' }] });
    router.apply([story.detach('g', 'v')]);
    expect(compareFib(router, 'g')!.nodes.map((node) => node.node)).toEqual(['n1', 'n2']);
  });

  it('agrees where no node runs the gateway, and waits for one as soon as something is attached', () => {
    const story = new Story();
    const router = new Router();
    router.apply([story.gateway('idle'), ...story.vpc('v2', '10.2.0.0/16', { s2: '10.2.1.0/24' })]);
    expect(compareFib(router, 'idle')).toEqual({ bgwId: 'idle', agreed: true, expected: [], nodes: [] });
    router.apply([story.attach('idle', 'v2')]);
    expect(compareFib(router, 'idle')!.agreed).toBeNull();
    router.apply([story.kernel('idle', 'n1', Object.fromEntries(compareFib(router, 'idle')!.expected.map(({ prefix, nextHops }) => [prefix, nextHops])))]);
    expect(compareFib(router, 'idle')!.agreed).toBe(true);
  });
});

it('knows what it does not know', () => {
  const { router } = world();
  expect([gatewayRoutes(router, 'x', 'static'), vpcRoutes(router, 'x'), vpcRoutes(router, 'v', 'x'), learnedRoutes(router, 'x'), advertisedRoutes(router, 'x'), compareFib(router, 'x')]).toEqual(Array(6).fill(undefined));
  expect(vpcRoutes(router, 'v', 'rtb-v')).toHaveLength(2);
});
