import { describe, expect, it } from 'vitest';
import { gatewayRoutes, vpcRoutes } from './queries.js';
import { Router } from './router.js';
import { Story } from './story.test-support.js';

const propagated = (router: Router) => gatewayRoutes(router, 'g', 'propagated')!.map((route) => `${route.bgwRouteDestination} ${route.source} ${route.effective ? 'effective' : route.because}`);
const routes = (router: Router, vpcId: string) => vpcRoutes(router, vpcId)!.map((route) => `${route.destination} ${route.routeType} ${route.nextHop} ${route.effective ? 'yes' : 'no'} ${route.because}`);

describe('attachment to gateway (semantics 1.2, 3.4)', () => {
  it.each([['all', [], ['s1', 's2']], ['partial', ['s2'], ['s2']], ['none', [], []]] as const)('propagates %s', (type, listed, effective) => {
    const story = new Story();
    const router = new Router();
    router.apply([story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24', s2: '10.0.2.0/24' }), story.attach('g', 'v', type, [...listed])]);
    expect(propagated(router)).toEqual(effective.map((id) => `10.0.${id.at(1)}.0/24 att-v/${id} effective`));
  });

  it('follows subnets with "all", and only then', () => {
    const story = new Story();
    const router = new Router();
    router.apply([story.gateway('g'), ...story.vpc('v', '10.0.0.0/16'), ...story.vpc('w', '10.1.0.0/16'), story.attach('g', 'v'), story.attach('g', 'w', 'partial', [])]);
    router.apply([story.subnet('v', 's1', '10.0.1.0/24'), story.subnet('w', 's2', '10.1.1.0/24')]);
    expect(propagated(router)).toEqual(['10.0.1.0/24 att-v/s1 effective']);
    router.apply([story.ofVpc('v', { type: 'SubnetDeleted', subnetId: 's1' })]);
    expect(propagated(router)).toEqual([]);
  });

  it('lets the first that propagated stand, though the next be more specific, and the next when it goes', () => {
    const story = new Story();
    const router = new Router();
    router.apply([story.gateway('g'), ...story.vpc('a', '10.0.0.0/16', { sa: '10.0.0.0/16' }), ...story.vpc('b', '10.0.0.0/16', { sb: '10.0.1.0/24' }), story.attach('g', 'a'), story.attach('g', 'b')]);
    expect(propagated(router)).toEqual(['10.0.0.0/16 att-a/sa effective', '10.0.1.0/24 att-b/sb overlaps-earlier-attachment']);
    router.apply([story.detach('g', 'a')]);
    expect(propagated(router)).toEqual(['10.0.1.0/24 att-b/sb effective']);
  });

  it('counts from the subnet when that came after the attachment', () => {
    const story = new Story();
    const router = new Router();
    router.apply([story.gateway('g'), ...story.vpc('a', '10.0.0.0/8'), ...story.vpc('b', '10.0.0.0/8'), story.attach('g', 'a'), story.attach('g', 'b'), story.subnet('b', 'sb', '10.0.0.0/16'), story.subnet('a', 'sa', '10.0.0.0/16')]);
    expect(propagated(router)).toEqual(['10.0.0.0/16 att-a/sa overlaps-earlier-attachment', '10.0.0.0/16 att-b/sb effective']);
  });

  it('keeps the turn of a subnet through edits that keep it propagated, and not through others', () => {
    const story = new Story();
    const router = new Router();
    const first = () => propagated(router).find((line) => line.endsWith('effective'))!.slice(12);
    router.apply([story.gateway('g'), ...story.vpc('a', '10.0.0.0/16', { sa: '10.0.0.0/16' }), ...story.vpc('b', '10.0.0.0/16', { sb: '10.0.0.0/16' }), story.attach('g', 'a'), story.attach('g', 'b')]);
    for (const [type, listed] of [['all', []], ['partial', ['sa']], ['all', []]] as const) {
      router.apply([story.attach('g', 'a', type, [...listed], 'VpcAttachmentUpdated')]);
      expect(first()).toBe('att-a/sa effective');
    }
    router.apply([story.attach('g', 'a', 'none', [], 'VpcAttachmentUpdated'), story.attach('g', 'a', 'all', [], 'VpcAttachmentUpdated')]);
    expect(first()).toBe('att-b/sb effective');
  });

  it('lets what is suppressed suppress nobody', () => {
    const story = new Story();
    const router = new Router();
    router.apply([
      story.gateway('g'), ...story.vpc('a', '10.0.0.0/8', { sa: '10.0.1.0/24' }), ...story.vpc('b', '10.0.0.0/8', { sb: '10.0.0.0/16' }), ...story.vpc('c', '10.0.0.0/8', { sc: '10.0.2.0/24' }),
      story.attach('g', 'a'), story.attach('g', 'b'), story.attach('g', 'c'),
    ]);
    expect(propagated(router)).toEqual(['10.0.0.0/16 att-b/sb overlaps-earlier-attachment', '10.0.1.0/24 att-a/sa effective', '10.0.2.0/24 att-c/sc effective']);
  });
});

describe('gateway to VPC (semantics 3.7)', () => {
  const world = () => {
    const story = new Story();
    const router = new Router();
    router.apply([
      story.gateway('g'), ...story.vpc('v', '10.0.0.0/16', { s1: '10.0.1.0/24' }), story.attach('g', 'v'), ...story.connection('c', 'g', { t1: 'n1' }), ...story.up('t1'), story.session('t1', 1),
      story.announce('t1', '172.16.0.0/16'), story.staticRoute('g', 'r1', '192.168.0.0/16', 'c'),
    ]);
    return { story, router };
  };

  it('copies effective static and dynamic routes inside a range, never the VPC’s own', () => {
    const { story, router } = world();
    router.apply([story.relate('v', 'g', ['172.16.0.0/12', '10.0.0.0/8'])]);
    expect(routes(router, 'v')).toEqual(['10.0.0.0/16 local local yes local', '10.0.1.0/24 propagated g no inside-vpc', '172.16.0.0/16 propagated g yes only-route']);
    router.apply([story.relate('v', 'g')]);
    expect(routes(router, 'v')).toContain('192.168.0.0/16 propagated g yes only-route');
    router.apply([story.withdraw('t1', '172.16.0.0/16'), ...story.down('t1')]);
    expect(routes(router, 'v')).toEqual(['10.0.0.0/16 local local yes local', '10.0.1.0/24 propagated g no inside-vpc']);
  });

  it('prefers static over propagated, and static stands without the gateway’s route', () => {
    const { story, router } = world();
    router.apply([story.relate('v', 'g'), story.vpcRoute('v', 'x', '172.16.0.0/16', 'g'), story.vpcRoute('v', 'y', '198.18.0.0/15', 'g')]);
    expect(routes(router, 'v').slice(2)).toEqual([
      '172.16.0.0/16 static g yes static-over-propagated', '172.16.0.0/16 propagated g no static-over-propagated', '192.168.0.0/16 propagated g yes only-route', '198.18.0.0/15 static g yes only-route',
    ]);
  });

  it('spreads over equal routes of two gateways, as far as they are attached', () => {
    const { story, router } = world();
    router.apply([story.gateway('h'), ...story.connection('d', 'h', { t2: 'n1' }), ...story.up('t2'), story.session('t2', 1), story.announce('t2', '172.16.0.0/16'), story.relate('v', 'g', ['172.16.0.0/16']), story.relate('v', 'h', ['172.16.0.0/16'])]);
    const at = () => routes(router, 'v').filter((line) => line.startsWith('172'));
    expect(at()).toEqual(['172.16.0.0/16 propagated g yes only-route', '172.16.0.0/16 propagated h no gateway-not-attached']);
    router.apply([story.attach('h', 'v')]);
    expect(at()).toEqual(['172.16.0.0/16 propagated g yes equal-cost', '172.16.0.0/16 propagated h yes equal-cost']);
  });

  it('connects two VPCs of one gateway, and does not lead a VPC back to itself', () => {
    const { story, router } = world();
    router.apply([...story.vpc('w', '10.1.0.0/16', { s2: '10.1.1.0/24' }), story.attach('g', 'w'), story.relate('v', 'g', ['10.0.0.0/8']), story.relate('w', 'g', ['10.0.0.0/8', '100.64.0.0/10']), story.staticRoute('g', 'r2', '100.64.0.0/16', 'att-w')]);
    expect(routes(router, 'v')).toContain('10.1.1.0/24 propagated g yes only-route');
    expect(routes(router, 'w')).toContain('10.0.1.0/24 propagated g yes only-route');
    expect(routes(router, 'w')).toContain('100.64.0.0/16 propagated g no inside-vpc');
  });
});

it('follows the ranges of a relation when they change, and leaves alone what is inside both', () => {
  const story = new Story();
  const router = new Router();
  const isPropagated = () => routes(router, 'v').filter((line) => line.includes(' propagated ')).map((line) => line.split(' ')[0]);
  router.apply([story.gateway('g'), ...story.vpc('v', '10.0.0.0/16'), story.attach('g', 'v'), ...story.vpc('w', '10.1.0.0/16', { s1: '10.1.1.0/24', s2: '10.1.2.0/24' }), story.attach('g', 'w'), story.relate('v', 'g', ['10.1.1.0/24'])]);
  expect(isPropagated()).toEqual(['10.1.1.0/24']);
  router.apply([story.ofVpc('v', { type: 'RoutePropagationUpdated', routeTableId: 'rtb-v', propagationId: 'prop-v-g', borderGatewayId: 'g', cidrs: ['10.1.0.0/16'] })]);
  expect(isPropagated()).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
  router.apply([story.ofVpc('v', { type: 'RoutePropagationUpdated', routeTableId: 'rtb-v', propagationId: 'prop-v-g', borderGatewayId: 'g', cidrs: ['192.168.0.0/16'] })]);
  expect(isPropagated()).toEqual([]);
});
