import { http } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { explainInGateway, explainInVpc, questionOf } from './explain.js';
import { Router, type RouterFact } from './router.js';
import { Story } from './story.test-support.js';

const P = '10.20.0.0/16';
type Facts = readonly (RouterFact | readonly RouterFact[])[];

/** A gateway with a VPC and two connections of two tunnels; `more` happens after that. */
function told(more: (story: Story) => Facts): Router {
  const story = new Story();
  const router = new Router();
  const beginning: Facts = [
    story.gateway('gw1'), ...story.vpc('v1', '10.1.0.0/16', { s1: '10.1.1.0/24' }), story.attach('gw1', 'v1'), story.relate('v1', 'gw1'),
    story.connection('c1', 'gw1', { t1: 'n1', t2: 'n2' }), story.connection('c2', 'gw1', { t3: 'n1', t4: 'n2' }), story.up('t1', 't2', 't3', 't4'), story.session('t1', 1), story.session('t2', 1),
  ];
  router.apply([...beginning, ...more(story)].flat());
  return router;
}
const asked = (prefixOrAddress: string) => questionOf(prefixOrAddress.includes('/') ? { prefix: prefixOrAddress } : { address: prefixOrAddress });
const inGateway = (router: Router, what = P) => http.GatewayExplanation.parse(explainInGateway(router, 'gw1', asked(what)));
const inVpc = (router: Router, what = P, table?: string) => http.VpcExplanation.parse(explainInVpc(router, 'v1', table, asked(what)));

const OVER_LIMIT = (counts: string) =>
  `No candidate: over the limit. ${counts} (quota bgw_propagated_route); subnets come first, then what is there longest. It comes in by itself when there is room.`;

describe('the reason of a candidate', () => {
  it.each<[string, string, string, (story: Story) => Facts, string?]>([
    ['only-path', 't1', 'It is the only usable path.', (s) => [s.announce('t1', P)]],
    ['equal-cost', 't1', 'No step tells it from t2: 2 paths share the traffic (ECMP).', (s) => [s.announce('t1', P), s.announce('t2', P)]],
    ['best', 'r1', 'It wins against t1 by route type.', (s) => [s.announce('t1', P), s.staticRoute('gw1', 'r1', P, 'c2')]],
    ['best', 'r1', 'It wins against 3 other usable paths by next-hop type.', (s) => [s.announce('t1', P), s.announce('t2', P), s.staticRoute('gw1', 'r2', P, 'c2'), s.staticRoute('gw1', 'r1', P, 'att-v1')]],
    ['next-hop-type', 't1', 'Lost at step 1, next-hop type: VPN connection (140) yields to VPC attachment (100) of r1.', (s) => [s.announce('t1', P), s.staticRoute('gw1', 'r1', P, 'att-v1')]],
    ['route-type', 't1', 'Lost at step 2, route type: EBGP (150) yields to static (100) of r1.', (s) => [s.announce('t1', P), s.staticRoute('gw1', 'r1', P, 'c2')]],
    ['as-path-length', 't2', 'Lost at step 3, AS_PATH length: 2 is longer than the 1 of t1.', (s) => [s.announce('t1', P), s.announce('t2', P, { asPath: [65001, 65002] })]],
    ['no-usable-next-hop', 'r1', 'No candidate: connection c2 has no usable tunnel: tunnel t3 is admin DOWN (TunnelDisabled by ann at 2026-01-01T00:00:12.000Z); tunnel t4 is oper DOWN (dpd-timeout).',
      (s) => [s.admin('t3', false), s.down('t4'), s.staticRoute('gw1', 'r1', P, 'c2')]],
    ['no-usable-next-hop', 'r1', 'No candidate: the gateway has no connection c9.', (s) => [s.staticRoute('gw1', 'r1', P, 'c9')]],
    ['no-usable-next-hop', 'r1', 'No candidate: connection c3 has no tunnels.', (s) => [s.connection('c3', 'gw1', {}), s.staticRoute('gw1', 'r1', P, 'c3')]],
    ['no-usable-next-hop', 'r1', 'No candidate: the gateway has no attachment att-v9.', (s) => [s.staticRoute('gw1', 'r1', P, 'att-v9')]],
    ['no-usable-next-hop', 'r1', 'No candidate: VPC v9 of attachment att-v9 does not exist.', (s) => [s.attach('gw1', 'v9'), s.staticRoute('gw1', 'r1', P, 'att-v9')]],
    ['no-usable-next-hop', 't1', 'No candidate: tunnel t1 is oper DOWN (dpd-timeout).', (s) => [s.announce('t1', P), s.down('t1')]],
    ['no-usable-next-hop', 't1', 'No candidate: tunnel t1 is oper DOWN (negotiating: Waiting for the first negotiation to end, since 2026-01-01T00:00:00.000Z).',
      (s) => [s.announce('t1', P), s.downBecause('t1', { reason: 'negotiating', detail: 'Waiting for the first negotiation to end.', since: '2026-01-01T00:00:00.000Z' })]],
    ['no-usable-next-hop', 'r1', 'No candidate: connection c3 has no usable tunnel: node n1 has not reported tunnel t5.', (s) => [s.connection('c3', 'gw1', { t5: 'n1' }), s.staticRoute('gw1', 'r1', P, 'c3')]],
    ['session-down', 't1', 'No candidate: the BGP session over tunnel t1 is down (hold timer expired).', (s) => [s.announce('t1', P), s.closed('t1', 1)]],
    ['session-down', 't1', 'No candidate: it was said in the session with epoch 1, and the present session over tunnel t1 has epoch 2.', (s) => [s.announce('t1', P), s.session('t1', 2)]],
    ['session-down', 't3', 'No candidate: tunnel t3 has no BGP session.', (s) => [s.announce('t3', P)]],
    ['session-down', 't1', 'No candidate: BGP is switched off on connection c1.', (s) => [s.announce('t1', P), s.bgp('c1', false)]],
    ['session-down', 't1', 'No candidate: the gateway has no tunnel t1.', (s) => [s.announce('t1', P), s.ofConnection('c1', { type: 'TunnelRemoved', tunnelId: 't1' })]],
    ['over-limit', 't1', `${OVER_LIMIT('3 destinations have propagated or BGP routes and 2 are allowed')}`, (s) => [s.quota('bgw_propagated_route', 2), s.announce('t1', '10.19.0.0/16'), s.announce('t1', P)]],
    ['over-limit', 'att-v1/s1', `${OVER_LIMIT('1 destinations have propagated or BGP routes and 0 are allowed')}`, (s) => [s.quota('bgw_propagated_route', 0)], '10.1.1.0/24'],
    ['martian', 't1', 'No candidate: nobody outside can have a way to it (loopback, link-local, "this network" or no unicast address, RFC 6890).', (s) => [s.announce('t1', '169.254.7.0/24')], '169.254.7.0/24'],
    ['own-asn', 't1', 'No candidate: its AS_PATH has an AS number of this gateway, so it has been here (RFC 4271, 9.1.2).', (s) => [s.transit('gw1', true), s.announce('t1', P, { asPath: [65001, 65000] })]],
    ['overlaps-earlier-attachment', 'att-v2/s2', 'No candidate: its subnet overlaps 10.1.1.0/24 of attachment att-v1, which began to propagate at log position 4 and this at 14, and the first propagated wins.',
      (s) => [...s.vpc('v2', '10.1.0.0/16', { s2: '10.1.1.0/25' }), s.attach('gw1', 'v2')], '10.1.1.0/25'],
  ])('%s of %s: %s', (because, source, why, more, what = P) => {
    const [destination] = inGateway(told(more), what).destinations;
    expect(destination!.candidates.find((candidate) => candidate.source === source)).toMatchObject({ because, why });
  });
});

describe('where a candidate comes from', () => {
  const from = (router: Router, what: string, source: string) => inGateway(router, what).destinations[0]!.candidates.find((candidate) => candidate.source === source)!.from;

  it('names the decision of a static route, its author, time, and request', () =>
    expect(from(told((s) => [s.staticRoute('gw1', 'r1', P, 'c2')]), P, 'r1')).toEqual([
      { kind: 'decision', type: 'StaticRouteAdded', stream: 'border-gateway-gw1', position: '12', eventId: 'e12', causationId: 'request-12', actor: 'ann', at: '2026-01-01T00:00:12.000Z' },
    ]));
  it('names both decisions that a propagated subnet hangs on, as they are now', () =>
    expect(from(told((s) => [s.attach('gw1', 'v1', 'partial', ['s1'], 'VpcAttachmentUpdated')]), '10.1.1.0/24', 'att-v1/s1')).toMatchObject([{ type: 'SubnetCreated', position: '3' }, { type: 'VpcAttachmentUpdated', position: '12' }]));
  it('names the peer and its session', () =>
    expect(from(told((s) => [s.announce('t1', P)]), P, 't1')).toEqual([{ kind: 'peer', vpnTunnelId: 't1', vpnConnectionId: 'c1', sessionEpoch: 1, neighborAddress: '169.254.0.1', neighborAsn: 65001, sessionSince: '' }]));
  it('knows no neighbor of a session that is gone', () => expect(from(told((s) => [s.announce('t1', P), s.closed('t1', 1)]), P, 't1')).toMatchObject([{ sessionEpoch: 1, neighborAddress: null, sessionSince: null }]));
});

describe('where a destination goes from the gateway', () => {
  it.each<[string, string, (story: Story) => Facts, string?]>([
    ['only-route', 'It is the only route to this destination.', (s) => [s.announce('t1', P)]],
    ['inside-vpc', "It lies inside the VPC's CIDR 10.1.0.0/16, where Local comes first.", () => [], '10.1.1.0/24'],
    ['inside-vpc', 'Gateway gw1 would send it straight back into this VPC.', (s) => [s.staticRoute('gw1', 'r1', P, 'att-v1')]],
    ['outside-ranges', 'The relation only copies what is inside 10.0.0.0/12 and 172.16.0.0/12.', (s) => [s.announce('t1', P), s.relate('v1', 'gw1', ['10.0.0.0/12', '172.16.0.0/12'])]],
    ['gateway-not-attached', 'Gateway gw1 has no attachment in VPC v1, so no packet gets there.', (s) => [s.announce('t1', P), s.detach('gw1', 'v1')]],
    ['no-relation', 'The table has no propagation relation with gateway gw1.', (s) => [s.announce('t1', P), s.ofVpc('v1', { type: 'RoutePropagationRemoved', routeTableId: 'rtb-v1', propagationId: 'prop-v1-gw1' })]],
    ['not-forwarded', `Gateway gw1 has no effective route to ${P}, so there is nothing to copy.`, (s) => [s.announce('t1', P), s.down('t1')]],
    ['over-limit', 'Over the limit of 1 propagated routes of a route table (quota vpc_propagated_route), ineffective ones included; what is there longest stays. It comes in by itself when there is room.',
      (s) => [s.quota('vpc_propagated_route', 1, 'rtb-v1'), s.announce('t1', P)]],
    ['static-over-propagated', 'The static route vr1 to the same destination comes first.', (s) => [s.announce('t1', P), s.vpcRoute('v1', 'vr1', P, 'gw1')]],
  ])('VPC route table: %s: %s', (because, why, more, what = P) => expect(inGateway(told(more), what).destinations[0]!.propagation).toMatchObject([{ vpcId: 'v1', routeTableId: 'rtb-v1', because, why }]));

  it.each<[string, string, string, (story: Story) => Facts, string?]>([
    ['attachment-route', 't1', 'Subnets that attachments propagate are told.', () => [], '10.1.1.0/24'],
    ['attachment-route', 't3', 'Subnets that attachments propagate are told, once the session is up.', () => [], '10.1.1.0/24'],
    ['static-route', 't1', 'Static routes into a VPC are told.', (s) => [s.staticRoute('gw1', 'r1', P, 'att-v1')]],
    ['own-route', 't1', 'It leads to this very peer.', (s) => [s.announce('t1', P)]],
    ['own-route', 't2', 'It leads to the AS of this peer (t1).', (s) => [s.announce('t1', P)]],
    ['transit', 't3', 'It leads to another outside leg, and transit between them is switched on, once the session is up.', (s) => [s.transit('gw1', true), s.announce('t1', P)]],
    ['no-transit', 't3', 'It leads to the outside (t1), and there is no transit between outside legs.', (s) => [s.announce('t1', P)]],
    ['bgp-off', 't3', 'BGP is switched off on connection c2.', (s) => [s.bgp('c2', false)], '10.1.1.0/24'],
    ['not-forwarded', 't3', 'The gateway does not forward it, and what is not forwarded is not told.', (s) => [s.announce('t1', P), s.down('t1')]],
  ])('peer: %s for %s: %s', (because, vpnTunnelId, why, more, what = P) =>
    expect(inGateway(told(more), what).destinations[0]!.advertisements.find((one) => one.vpnTunnelId === vpnTunnelId)).toMatchObject({ because, why, told: ['attachment-route', 'static-route', 'transit'].includes(because) }));
});

describe('which destinations answer', () => {
  const world = () => told((s) => [s.announce('t1', '10.0.0.0/8'), s.announce('t2', P), s.announce('t3', '10.20.5.0/24'), s.announce('t1', '0.0.0.0/0')]);
  const seen = ({ destinations, lessSpecific }: http.GatewayExplanation) => [destinations.map((one) => one.prefix), lessSpecific.map((one) => `${one.prefix} ${one.nextHops}`)];

  it('of an address: down to its longest match', () => expect(seen(inGateway(world(), '10.20.5.9'))).toEqual([['10.20.5.0/24', P], ['10.0.0.0/8 t1', '0.0.0.0/0 t1']]));
  it('of a prefix: exactly it', () => expect(seen(inGateway(world(), P))).toEqual([[P], ['10.0.0.0/8 t1', '0.0.0.0/0 t1']]));
  it('of a prefix nobody has: what covers it', () => expect(seen(inGateway(world(), '10.20.0.0/18'))).toEqual([[], [`${P} t2`, '10.0.0.0/8 t1', '0.0.0.0/0 t1']]));
  it.each([
    ['10.20.5.9', `gw1 forwards 10.20.5.9 through t2: the longest match is ${P}.`], [P, `gw1 forwards ${P} through t2.`],
    ['10.20.5.0/24', `gw1 has no effective route to exactly 10.20.5.0/24; it follows the less specific ${P} through t2.`],
  ])('%s: %s', (what, verdict) => expect(inGateway(world(), what).verdict).toBe(verdict));
  it('nothing that covers it', () => expect(inGateway(told(() => []), '8.8.8.8')).toMatchObject({ destinations: [], verdict: 'gw1 forwards nothing to 8.8.8.8: no route covers it, and what is missing is closed.' }));
  it('nothing usable that covers it', () => {
    const router = told((s) => [s.announce('t3', '0.0.0.0/0')]);
    expect(inGateway(router, '8.8.8.8').verdict).toBe('gw1 forwards nothing to 8.8.8.8: no route that covers it is usable, and what is missing is closed.');
    expect(inGateway(router, '8.8.8.0/24')).toMatchObject({ destinations: [], lessSpecific: [{ prefix: '0.0.0.0/0', forwards: false, nextHops: [] }] });
  });
  it('knows no other gateway, VPC or table', () => {
    expect([explainInGateway(world(), 'gw9', asked(P)), explainInVpc(world(), 'v9', undefined, asked(P)), explainInVpc(world(), 'v1', 'rtb-9', asked(P))]).toEqual([undefined, undefined, undefined]);
  });
});

describe('in a VPC', () => {
  it.each<[string, string, (story: Story) => Facts]>([
    ['10.20.0.5', `Table rtb-v1 sends 10.20.0.5 by ${P} to gateway gw1, which forwards it through t1.`, (s) => [s.announce('t1', P)]],
    [P, `Table rtb-v1 sends ${P} to gateway gw1, which forwards it through t1.`, (s) => [s.announce('t1', P)]],
    ['10.1.9.9', 'Table rtb-v1 sends 10.1.9.9 by 10.1.0.0/16 inside the VPC (Local).', () => []],
    ['10.20.0.5', `Table rtb-v1 sends 10.20.0.5 by ${P} to gateway gw1, which has no route to it and drops it.`, (s) => [s.vpcRoute('v1', 'vr1', P, 'gw1')]],
    ['10.20.0.5', 'Table rtb-v1 sends 10.20.0.5 by 10.0.0.0/8 to gateway gw1, which forwards it through t1.', (s) => [s.vpcRoute('v1', 'vr1', '10.0.0.0/8', 'gw1'), s.announce('t1', P), s.relate('v1', 'gw1', ['172.16.0.0/12'])]],
    ['10.20.0.5', 'Table rtb-v1 forwards nothing to 10.20.0.5: it has no effective route that covers it, and what is missing is closed.', (s) => [s.vpcRoute('v1', 'vr1', P, 'gw9')]],
  ])('%s: %s', (what, verdict, more) => expect(inVpc(told(more), what, 'rtb-v1')).toMatchObject({ verdict, tables: [{ routeTableId: 'rtb-v1' }] }));

  it.each<[string, string, string, (story: Story) => Facts]>([
    ['local', 'local', "It is the VPC's own CIDR: Local comes first.", () => []],
    ['vr1', 'static-over-propagated', 'A static route comes before propagated ones (prop-v1-gw1).', (s) => [s.announce('t1', P), s.vpcRoute('v1', 'vr1', P, 'gw1')]],
    ['vr1', 'equal-cost', 'It shares the traffic with vr2 (ECMP).', (s) => [s.gateway('gw2'), s.attach('gw2', 'v1'), s.vpcRoute('v1', 'vr1', P, 'gw1'), s.vpcRoute('v1', 'vr2', P, 'gw2')]],
    ['vr1', 'gateway-not-attached', 'Gateway gw9 has no attachment in VPC v1, so no packet gets there.', (s) => [s.vpcRoute('v1', 'vr1', P, 'gw9')]],
    ['prop-v1-gw1', 'only-route', 'It is the only route to this destination.', (s) => [s.announce('t1', P)]],
  ])('%s: %s: %s', (source, because, why, more) => {
    const candidates = inVpc(told(more), source === 'local' ? '10.1.0.0/16' : P).tables[0]!.destinations[0]!.candidates;
    expect(candidates.find((one) => one.source === source)).toMatchObject({ because, why, from: [{ kind: 'decision' }] });
  });

  it('says that its gateways have nothing either', () =>
    expect(inVpc(told(() => []), '8.8.8.8').tables[0]!.destinations).toMatchObject([{ prefix: '8.8.8.8/32', candidates: [], notPropagated: [{ bgwId: 'gw1', because: 'not-forwarded' }] }]));

  it('says why a route of a gateway is not in the table, each table for itself', () => {
    const router = told((s) => [s.announce('t1', P), s.ofVpc('v1', { type: 'VpcRouteTableCreated', routeTableId: 'rtb-x', name: 'x' }), s.relate('v1', 'gw1', ['172.16.0.0/12'])]);
    expect(inVpc(router, '10.20.0.5').tables.map((table) => table.destinations.map((one) => [one.prefix, one.candidates, one.notPropagated.map((not) => not.because)]))).toEqual([[[P, [], ['outside-ranges']]], [[P, [], ['no-relation']]]]);
  });
});

/** Golden texts: read the difference before you update them. */
describe('for people', () => {
  it('a static route beats BGP, and a more specific route that does not count', () => {
    const router = told((s) => [s.staticRoute('gw1', 'r1', P, 'c2'), s.announce('t1', P), s.announce('t2', P, { asPath: [65001, 65002] }), s.announce('t3', '10.20.0.0/24'), s.announce('t1', '0.0.0.0/0')]);
    expect(inGateway(router, '10.20.0.5').text).toMatchInlineSnapshot(`
      "10.20.0.5 in border gateway gw1
      gw1 forwards 10.20.0.5 through t3 and t4: the longest match is 10.20.0.0/16.

      10.20.0.0/24
        - t3 (EBGP, AS_PATH 65001)
            No candidate: tunnel t3 has no BGP session.
            from peer over tunnel t3 of connection c2, session epoch 1
        FIB: no entry, so it is in no VPC route table and no peer is told.

      10.20.0.0/16
        * r1 (static to connection c2, through t3 and t4)
            It wins against 2 other usable paths by route type.
            from StaticRouteAdded by ann at 2026-01-01T00:00:12.000Z, event e12 for request request-12, position 12 in border-gateway-gw1
        - t1 (EBGP, AS_PATH 65001)
            Lost at step 2, route type: EBGP (150) yields to static (100) of r1.
            from peer 169.254.0.1 AS 65001 over tunnel t1 of connection c1, session epoch 1
        - t2 (EBGP, AS_PATH 65001 65002)
            Lost at step 2, route type: EBGP (150) yields to static (100) of r1.
            from peer 169.254.0.1 AS 65001 over tunnel t2 of connection c1, session epoch 1
        FIB: static through t3 and t4
        VPC route tables
          rtb-v1 of v1 by prop-v1-gw1: in use. It is the only route to this destination.
        Peers
          t1 of c1: not told. It leads to the outside (t3 and t4), and there is no transit between outside legs.
          t2 of c1: not told. It leads to the outside (t3 and t4), and there is no transit between outside legs.
          t3 of c2: not told. It leads to this very peer.
          t4 of c2: not told. It leads to this very peer.

      Less specific
        0.0.0.0/0 through t1
      "
    `);
  });
  it('a subnet of an attachment', () => expect(inGateway(told((s) => [s.bgp('c2', false)]), '10.1.1.0/24').text).toMatchInlineSnapshot(`
    "10.1.1.0/24 in border gateway gw1
    gw1 forwards 10.1.1.0/24 through att-v1.

    10.1.1.0/24
      * att-v1/s1 (propagated to attachment att-v1)
          It is the only usable path.
          from SubnetCreated by ann at 2026-01-01T00:00:03.000Z, event e3 for request request-3, position 3 in vpc-v1
          from VpcAttached by ann at 2026-01-01T00:00:04.000Z, event e4 for request request-4, position 4 in border-gateway-gw1
      FIB: propagated through att-v1
      VPC route tables
        rtb-v1 of v1 by prop-v1-gw1: not in use. It lies inside the VPC's CIDR 10.1.0.0/16, where Local comes first.
      Peers
        t1 of c1: told. Subnets that attachments propagate are told.
        t2 of c1: told. Subnets that attachments propagate are told.
        t3 of c2: not told. BGP is switched off on connection c2.
        t4 of c2: not told. BGP is switched off on connection c2.
    "
  `));
  it('nothing forwards', () => expect(inGateway(told((s) => [s.staticRoute('gw1', 'r1', '0.0.0.0/0', 'c2'), s.down('t3', 't4')]), '8.8.8.8').text).toMatchInlineSnapshot(`
    "8.8.8.8 in border gateway gw1
    gw1 forwards nothing to 8.8.8.8: no route that covers it is usable, and what is missing is closed.

    0.0.0.0/0
      - r1 (static to connection c2)
          No candidate: connection c2 has no usable tunnel: tunnel t3 is oper DOWN (dpd-timeout); tunnel t4 is oper DOWN (dpd-timeout).
          from StaticRouteAdded by ann at 2026-01-01T00:00:12.000Z, event e12 for request request-12, position 12 in border-gateway-gw1
      FIB: no entry, so it is in no VPC route table and no peer is told.
    "
  `));
  it('no route at all', () => expect(inGateway(told(() => []), P).text).toMatchInlineSnapshot(`
    "10.20.0.0/16 in border gateway gw1
    gw1 forwards nothing to 10.20.0.0/16: no route covers it, and what is missing is closed.
    "
  `));
  it('a VPC with two tables', () => {
    const router = told((s) => [s.announce('t1', P), s.announce('t2', P), s.ofVpc('v1', { type: 'VpcRouteTableCreated', routeTableId: 'rtb-x', name: 'x' }), s.vpcRoute('v1', 'vr1', '10.0.0.0/8', 'gw1')]);
    expect(inVpc(router, '10.20.0.5').text).toMatchInlineSnapshot(`
      "10.20.0.5 in VPC v1
      Table rtb-v1 sends 10.20.0.5 by 10.20.0.0/16 to gateway gw1, which forwards it through t1 and t2.

      10.20.0.0/16
        * prop-v1-gw1 (propagated, to gateway gw1)
            It is the only route to this destination.
            from RoutePropagationAdded by ann at 2026-01-01T00:00:05.000Z, event e5 for request request-5, position 5 in vpc-v1
            gw1 has 10.20.0.0/16 through t1 and t2

      Less specific
        10.0.0.0/8 through gw1

      Table rtb-x forwards nothing to 10.20.0.5: it has no effective route that covers it, and what is missing is closed.

      10.20.0.0/16
        - nothing from gateway gw1: The table has no propagation relation with gateway gw1.
      "
    `);
  });
});
