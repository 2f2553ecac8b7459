import { formatPrefix } from '@bordergate/kernel';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { inOrder } from './change-set.js';
import { anotherRoad, compacted, dump, explained, histories } from './histories.test-support.js';
import { fibBody } from './fib.js';
import { legOf } from './legs.js';
import { Router, type RouterFact } from './router.js';

const WORLDS = Number(process.env.BORDERGATE_WORLDS ?? (process.env.CI ? 10_000 : 500));
const seen = { worlds: 0, roads: 0, facts: 0, reasons: new Map<string, number>() };

function walk(batches: readonly (readonly RouterFact[])[]): Router {
  const router = new Router();
  for (const batch of batches) router.apply(batch);
  seen.roads++;
  return router;
}

afterAll(() => {
  const reasons = [...seen.reasons].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, worlds]) => `${reason} in ${worlds}`).join(', ');
  console.info(`router: ${seen.worlds} random worlds of ${Math.round(seen.facts / seen.worlds)} facts, ${seen.roads} roads through them; reasons seen: ${reasons}`);
});

describe('a router', () => {
  it('knows the same, whatever the road (laws 2, 3 and 4)', () => {
    fc.assert(fc.property(histories, fc.integer(), (history, seed) => {
      const together = dump(walk([history.map((item) => item.fact)]));
      expect(dump(walk(anotherRoad(history, seed)))).toBe(together);
      expect(dump(walk([compacted(history)]))).toBe(together);
      seen.worlds++;
      seen.facts += history.length;
      for (const reason of new Set([...together.matchAll(/"because":"([a-z-]+)"/g)].map((match) => match[1]!))) seen.reasons.set(reason, (seen.reasons.get(reason) ?? 0) + 1);
    }), { numRuns: WORLDS });
  });

  it('gives the same reasons, whatever the road', () => {
    fc.assert(fc.property(histories, fc.integer(), (history, seed) => {
      const together = explained(walk([history.map((item) => item.fact)]));
      expect(explained(walk(anotherRoad(history, seed)))).toBe(together);
      expect(explained(walk([compacted(history)]))).toBe(together);
    }), { numRuns: Math.ceil(WORLDS / 10) });
  });

  it('says every change, and no more than the change', () => {
    fc.assert(fc.property(histories, fc.integer(), (history, seed) => {
      const router = new Router();
      const tables = new Map<string, string>();
      for (const batch of anotherRoad(history, seed)) {
        const changes = router.apply(batch);
        expect(new Set(changes.map((change) => `${change.topic} ${change.key}`)).size).toBe(changes.length);
        expect(changes).toEqual(inOrder(changes));
        for (const { topic, key, value } of changes) {
          const row = `${topic} ${key}`;
          expect(tables.get(row)).not.toBe(value === null ? undefined : JSON.stringify(value));
          if (value === null) tables.delete(row);
          else tables.set(row, JSON.stringify(value));
        }
      }
      seen.roads++;
      expect([...tables].sort()).toEqual([...router.rows()].map((row) => [`${row.topic} ${row.key}`, JSON.stringify(row.value)]).sort());
    }), { numRuns: Math.ceil(WORLDS / 20) });
  });

  it('has in the FIB what the candidates come to when they are asked one by one', () => {
    fc.assert(fc.property(histories, fc.integer(), (history, seed) => {
      const router = new Router();
      for (const facts of anotherRoad(history, seed)) router.apply(facts);
      for (const [id, gateway] of router.gateways) {
        for (const [prefix] of gateway.rib.entries()) {
          const body = fibBody(router.topology.gateways.get(id)?.region ?? '', id, gateway.verdicts(prefix), (legId) => legOf(router.topology, legId)?.node);
          expect(gateway.fib.get(prefix)).toEqual(body && { ...body, prefix: formatPrefix(prefix) });
        }
        expect(gateway.fib.size).toBe([...gateway.fib.entries()].length);
      }
    }), { numRuns: 1_000 });
  });

  it('holds nothing when everything was taken back', () => {
    fc.assert(fc.property(histories, (history) => {
      const router = walk([history.map((item) => item.fact)]);
      const end = BigInt(history.length + 1);
      const streams = new Set(history.flatMap(({ fact }) => (fact.kind === 'decision' ? [fact.stream] : [])));
      const back = [...streams].map((stream): RouterFact => ({ kind: 'decision', stream, position: end, decision: deletionOf(stream) }));
      const keys = new Set(history.flatMap(({ fact }) => (fact.kind === 'bgp' ? [fact.key] : [])));
      router.apply([...back, ...[...keys].map((key): RouterFact => ({ kind: 'bgp', key, observation: null }))]);
      expect([...router.rows()]).toEqual([]);
      expect([router.gateways.size, router.vpcs.size]).toEqual([0, 0]);
    }), { numRuns: Math.ceil(WORLDS / 20) });
  });
});

function deletionOf(stream: string): any {
  if (stream.startsWith('region-')) return { type: 'QuotaSet', region: stream.slice('region-'.length), quotaType: 'bgw', parentResourceId: null, maxLimit: null };
  if (stream.startsWith('border-gateway-')) return { type: 'BorderGatewayDeleted', borderGatewayId: stream.slice('border-gateway-'.length) };
  if (stream.startsWith('vpn-connection-')) return { type: 'VpnConnectionDeleted', vpnConnectionId: stream.slice('vpn-connection-'.length) };
  return { type: 'VpcDeleted', vpcId: stream.slice('vpc-'.length) };
}
