import { keyOf } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histories } from './histories.test-support.js';
import { legOf, peerOf } from './legs.js';
import { gatewayLimit, gatewayRoutes } from './queries.js';
import { Router, type RouterFact } from './router.js';

const WORLDS = Math.ceil(Number(process.env.BORDERGATE_HISTORIES ?? 1_000) / 2);

/** Rules that hold in every world, whatever happened in it. */
describe('in any world', () => {
  const walked = (history: readonly { fact: RouterFact }[]): Router => {
    const router = new Router();
    router.apply(history.map(({ fact }) => fact));
    return router;
  };

  it('no gateway forwards by more dynamic routes than it may, and what it refuses is what is over', () => {
    fc.assert(fc.property(histories, (history) => {
      const router = walked(history);
      for (const id of router.topology.gateways.keys()) {
        const { maxLimit, count, refused } = gatewayLimit(router, id)!;
        const dynamic = gatewayRoutes(router, id, 'propagated')!;
        const over = new Set(dynamic.filter((route) => route.because === 'over-limit').map((route) => route.bgwRouteDestination));
        const used = new Set(dynamic.filter((route) => route.effective).map((route) => route.bgwRouteDestination));
        expect(used.size).toBeLessThanOrEqual(maxLimit);
        expect([over.size, refused]).toEqual([Math.max(0, count - maxLimit), Math.max(0, count - maxLimit)]);
        expect([...used].filter((prefix) => over.has(prefix))).toEqual([]);
        expect([...router.gateways.get(id)!.limits.values()].filter((row) => row.type === 'RouteRefused').map((row) => row.prefix).sort()).toEqual([...over].sort());
      }
    }), { numRuns: WORLDS });
  });

  it('a newcomer takes nobody his place', () => {
    fc.assert(fc.property(histories, fc.nat(), (history, n) => {
      const router = walked(history);
      const peers = [...router.gateways.values()].flatMap((gateway) => [...gateway.sessions].filter(([, session]) => session.established).map(([peerId, { epoch }]) => ({ gateway, peerId, epoch })));
      const peer = peers[n % Math.max(1, peers.length)];
      const leg = peer && legOf(router.topology, peer.peerId);
      if (!peer || !leg) return;
      const before = [...peer.gateway.fib.entries()].map(([, entry]) => JSON.stringify(entry)).sort();
      const prefix = '1.2.3.0/24'; // the first among prefixes, and the youngest
      router.apply([{ kind: 'bgp', key: keyOf.bgpRoute(peer.gateway.borderGatewayId, peer.peerId, prefix), observation: {
        type: 'BgpRouteAnnounced', region: leg.region, borderGatewayId: leg.borderGatewayId, node: leg.node, ...peerOf(leg), epoch: peer.epoch, prefix, asPath: [65009], asPathLength: 1, origin: 'IGP', med: null,
        communities: [], since: '2026-06-01T00:00:00.000Z',
      } }]);
      const after = [...peer.gateway.fib.entries()].map(([, entry]) => entry).filter((entry) => entry.prefix !== prefix).map((entry) => JSON.stringify(entry)).sort();
      expect(after).toEqual(before);
    }), { numRuns: WORLDS });
  });

  it('a peer hears of other legs only where transit is on, and never of what leads to its own AS', () => {
    let told = 0;
    fc.assert(fc.property(histories, (history) => {
      const router = walked(history);
      for (const gateway of router.gateways.values()) {
        const transit = router.topology.gateways.get(gateway.borderGatewayId)?.transitEnabled ?? false;
        for (const [peerId, rows] of gateway.told) {
          const peer = legOf(router.topology, peerId)!;
          for (const [prefix, entry] of gateway.fib.entries()) {
            const row = rows.get(prefix);
            const legs = entry.nextHops.filter((hop) => hop.kind !== 'attachment').map((hop) => legOf(router.topology, hop.id)!);
            if (legs.length === 0) expect(row?.because).toBe(entry.routeType === 'static' ? 'static-route' : 'attachment-route');
            else expect(row?.because).toBe(transit && legs.every((leg) => leg.id !== peerId && leg.customerAsn !== peer.customerAsn) ? 'transit' : undefined);
            if (row?.because === 'transit') told++;
          }
          expect([...rows.entries()].every(([prefix]) => gateway.fib.get(prefix) !== undefined)).toBe(true);
        }
      }
    }), { numRuns: WORLDS });
    expect(told).toBeGreaterThan(0);
  });
});
