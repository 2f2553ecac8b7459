import { describe, expect, it } from 'vitest';
import { compareFib } from './compare.js';
import { explainInGateway, questionOf } from './explain.js';
import { advertisedRoutes, gatewayRoutes, learnedRoutes } from './queries.js';
import { Router, type RouterFact } from './router.js';
import { attachment, Story, tunnel, vif } from './story.test-support.js';

const P = '172.16.0.0/16';

/** A gateway with a VPC, a VPN connection (t1) and a direct line (d1) on one node; all up, all sessions established. */
function world(more: (story: Story) => RouterFact[] = () => []) {
  const story = new Story();
  const router = new Router();
  router.apply([
    story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), story.relate('v', 'g'),
    ...story.connection('c', 'g', { t1: 'n1' }), story.vif('d1', 'g', 'n1'), ...story.up('t1', 'd1'), story.session('t1', 1), story.session('d1', 1),
  ]);
  router.apply(more(story));
  return { story, router };
}
const standings = (router: Router) => Object.fromEntries([...gatewayRoutes(router, 'g', 'static')!, ...gatewayRoutes(router, 'g', 'propagated')!].filter((route) => route.bgwRouteDestination === P).map((route) => [route.source, route.because]));
const hops = (router: Router) => gatewayRoutes(router, 'g', 'effective')!.filter((route) => route.bgwRouteDestination === P).flatMap((route) => route.nextHops);

// Semantics 3.2: the exceptions to "static beats BGP", row by row, on candidates as they come from decisions and peers.
describe('the exceptions table', () => {
  it.each<[row: string, more: (story: Story) => RouterFact[], standing: Record<string, string>]>([
    ['static via VPN, BGP via VPN: static', (s) => [s.staticRoute('g', 'r', P, 'c'), s.announce('t1', P)], { r: 'best', t1: 'route-type' }],
    ['static via VPN, BGP via direct connect: BGP', (s) => [s.staticRoute('g', 'r', P, 'c'), s.announce('d1', P)], { r: 'next-hop-type', d1: 'best' }],
    ['static via direct connect, attachment-propagated: attachment', (s) => [s.subnet('v', 's2', P), s.staticRoute('g', 'r', P, 'd1')], { r: 'next-hop-type', 'att-v/s2': 'best' }],
    ['static via VPN, attachment-propagated: attachment', (s) => [s.subnet('v', 's2', P), s.staticRoute('g', 'r', P, 'c')], { r: 'next-hop-type', 'att-v/s2': 'best' }],
    ['BGP via direct connect with a long AS_PATH, BGP via VPN with a short one: direct connect', (s) => [s.announce('d1', P, { asPath: [65001, 1, 2, 3, 4] }), s.announce('t1', P)], { d1: 'best', t1: 'next-hop-type' }],
    ['static and BGP via direct connect: static', (s) => [s.staticRoute('g', 'r', P, 'd1'), s.announce('d1', P)], { r: 'best', d1: 'route-type' }],
    ['static via direct connect, static via VPN: direct connect', (s) => [s.staticRoute('g', 'r', P, 'd1'), s.staticRoute('g', 'q', P, 'c')], { r: 'best', q: 'next-hop-type' }],
  ])('%s', (_, more, standing) => expect(standings(world(more).router)).toEqual(standing));
});

describe('a direct connection with VPN standby', () => {
  const both = (s: Story) => [s.announce('d1', P), s.announce('t1', P)];
  it.each<[what: string, breaks: (story: Story) => RouterFact[], mends: (story: Story) => RouterFact[], because: string]>([
    ['the line is cut', (s) => s.down('d1'), (s) => s.up('d1'), 'no-usable-next-hop'],
    ['its session is lost', (s) => [s.closed('d1', 1)], (s) => [s.session('d1', 1)], 'session-down'],
    ['it is disabled', (s) => [s.ofVif('d1', { type: 'VirtualInterfaceDisabled' })], (s) => [s.ofVif('d1', { type: 'VirtualInterfaceEnabled' })], 'no-usable-next-hop'],
    ['BGP is switched off', (s) => [s.ofVif('d1', { type: 'VirtualInterfaceChanged', bgpEnabled: false })], (s) => [s.ofVif('d1', { type: 'VirtualInterfaceChanged', bgpEnabled: true })], 'session-down'],
  ])('%s: the VPN takes over, and gives back', (_, breaks, mends, because) => {
    const { story, router } = world(both);
    expect([hops(router), standings(router)]).toEqual([[vif('d1')], { d1: 'best', t1: 'next-hop-type' }]);
    router.apply(breaks(story));
    expect([hops(router), standings(router)]).toEqual([[tunnel('t1')], { d1: because, t1: 'only-path' }]);
    router.apply(mends(story));
    expect([hops(router), standings(router)]).toEqual([[vif('d1')], { d1: 'best', t1: 'next-hop-type' }]);
  });

  it('forwards nothing over an interface that is deleted, or of another gateway', () => {
    const { story, router } = world((s) => [s.staticRoute('g', 'r', P, 'd1')]);
    expect(hops(router)).toEqual([vif('d1')]);
    router.apply([story.ofVif('d1', { type: 'VirtualInterfaceDeleted' })]);
    expect(standings(router)).toEqual({ r: 'no-usable-next-hop' });
    router.apply([story.gateway('h'), story.vif('d9', 'h', 'n1'), ...story.up('d9'), story.staticRoute('g', 'q', P, 'd9')]);
    expect(standings(router)).toEqual({ r: 'no-usable-next-hop', q: 'no-usable-next-hop' });
  });

  it('ECMP over two lines', () => {
    const { router } = world((s) => [s.vif('d2', 'g', 'n1'), ...s.up('d2'), s.session('d2', 1), s.announce('d1', P), s.announce('d2', P)]);
    expect(hops(router)).toEqual([vif('d1'), vif('d2')]);
  });
});

describe('what is told and compared', () => {
  it('a peer on a direct line is told attachment routes, and nothing of another leg: no transit', () => {
    const { router } = world((s) => [s.announce('t1', P), s.staticRoute('g', 'r', '172.20.0.0/16', 'c'), s.announce('d1', '172.21.0.0/16')]);
    expect(advertisedRoutes(router, 'd1')).toEqual([{ prefix: '10.0.1.0/24', because: 'attachment-route' }]);
    expect(advertisedRoutes(router, 't1')).toEqual([{ prefix: '10.0.1.0/24', because: 'attachment-route' }]);
    expect(learnedRoutes(router, 'd1')).toMatchObject([{ prefix: '172.21.0.0/16', effective: true }]);
  });
  it('a line without BGP is told nothing, and says so', () => {
    const { router } = world((s) => [s.vif('d2', 'g', 'n1', false)]);
    expect(advertisedRoutes(router, 'd2')).toEqual([]);
    const { destinations } = explainInGateway(router, 'g', questionOf({ prefix: '10.0.1.0/24' }))!;
    expect(destinations[0]!.advertisements).toEqual([
      { vifId: 'd1', told: true, because: 'attachment-route', why: 'Subnets that attachments propagate are told.' },
      { vifId: 'd2', told: false, because: 'bgp-off', why: 'BGP is switched off on virtual interface d2.' },
      { vpnTunnelId: 't1', vpnConnectionId: 'c', told: true, because: 'attachment-route', why: 'Subnets that attachments propagate are told.' },
    ]);
  });
  it('its node must report, and only that node has it', () => {
    const { story, router } = world((s) => [s.vif('d2', 'g', 'n2'), ...s.up('d2'), s.session('d2', 1), s.announce('d2', P), s.announce('t1', P)]);
    const subnet = { '10.0.1.0/24': [attachment('att-v')] };
    router.apply([story.kernel('g', 'n1', { ...subnet, [P]: [tunnel('t1')] })]);
    expect(compareFib(router, 'g')!.agreed).toBeNull();
    router.apply([story.kernel('g', 'n2', { ...subnet, [P]: [vif('d2')] })]);
    expect(compareFib(router, 'g')!.agreed).toBe(true);
    router.apply([story.kernel('g', 'n2', subnet)]);
    expect(compareFib(router, 'g')!.nodes.find(({ node }) => node === 'n2')!.differences).toEqual([{ prefix: P, expected: [vif('d2')], kernel: [] }]);
  });
});

it('explains why the direct line wins, what the standby lost by, and what became of a line that is cut', () => {
  const { story, router } = world((s) => [s.announce('d1', P), s.announce('t1', P), s.staticRoute('g', 'r', P, 'c')]);
  expect(explainInGateway(router, 'g', questionOf({ prefix: P }))!.text).toMatchInlineSnapshot(`
    "172.16.0.0/16 in border gateway g
    g forwards 172.16.0.0/16 through d1.

    172.16.0.0/16
      * d1 (EBGP, AS_PATH 65001)
          It wins against 2 other usable paths by next-hop type.
          from peer 169.254.0.1 AS 65001 over virtual interface d1, session epoch 1
      - r (static to connection c, through t1)
          Lost at step 1, next-hop type: VPN connection (140) yields to direct connection (120) of d1.
          from StaticRouteAdded by ann at 2026-01-01T00:00:09.000Z, event e9 for request request-9, position 9 in border-gateway-g
      - t1 (EBGP, AS_PATH 65001)
          Lost at step 1, next-hop type: VPN connection (140) yields to direct connection (120) of d1.
          from peer 169.254.0.1 AS 65001 over tunnel t1 of connection c, session epoch 1
      FIB: EBGP through d1
      VPC route tables
        rtb-v of v by prop-v-g: in use. It is the only route to this destination.
      Peers
        d1: not told. It leads to this very peer.
        t1 of c: not told. It leads to the AS of this peer (d1).
    "
  `);
  router.apply(story.down('d1'));
  const [line] = explainInGateway(router, 'g', questionOf({ prefix: P }))!.destinations[0]!.candidates;
  expect(line).toMatchObject({ source: 'd1', nextHop: { kind: 'vif', id: 'd1' }, why: 'No candidate: virtual interface d1 is oper DOWN (no-carrier).' });
});
