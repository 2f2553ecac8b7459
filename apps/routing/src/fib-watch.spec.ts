import { TOPICS, type http } from '@bordergate/contracts';
import type { Log } from '@bordergate/platform';
import type { DerivationChange } from '@bordergate/routing-core';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { FibWatch } from './fib-watch.js';

/** A gateway of which the kernel lacks so many routes, looked at once a second. */
function watched() {
  let [now, lacking] = [0, 0];
  const said: string[] = [];
  const say = (message: string) => void said.push(`${message} after ${now} ms`);
  const log = { info: say, warn: say } as unknown as Log;
  const compare = (): http.FibComparison => {
    const differences = Array.from({ length: lacking }, (_, i) => ({ prefix: `10.64.${i >> 8}.${i & 255}/32`, expected: [{ kind: 'tunnel', id: 't1' } as const], kernel: [] }));
    return { bgwId: 'g', agreed: lacking === 0, expected: [], nodes: [{ node: 'n1', observedAt: '2026-11-28T00:00:00Z', agreed: lacking === 0, differences }] };
  };
  const divergences = new Counter({ name: 'divergences', help: 'x', labelNames: ['bgw_id', 'node'], registers: [new Registry()] });
  const watch = new FibWatch(compare, { now: () => now }, log, { divergences }, 3_000);
  const looks = (seconds: number, lacks: (second: number) => number) => {
    for (let i = 0; i < seconds; i++) {
      lacking = lacks(i);
      watch.suspect([], [{ topic: TOPICS.fib.name, key: 'g/10.64.0.0/32' } as DerivationChange]);
      watch.look();
      now += 1_000;
    }
  };
  return { looks, said };
}

describe('the watch over kernels', () => {
  it.each<[string, number, number]>([['one route', 1, 4_000], ['10,000 routes', 10_000, 14_000]])('says that a kernel lacks %s once they have had the time to be written', (_, lacking, after) => {
    const { looks, said } = watched();
    looks(60, () => lacking);
    expect(said).toEqual([`the kernel does not have the expected FIB after ${after} ms`]);
    looks(1, () => 0);
    expect(said.slice(1)).toEqual(['the kernel has the expected FIB again after 60000 ms']);
  });

  it.each<[string, (second: number) => number]>([
    ['takes 10,000 routes at one go after 12 s', second => (second < 12 ? 10_000 : 0)],
    ['takes 10,000 routes bit by bit, and the last of them after 40 s', second => Math.max(0, 10_000 - 250 * second)],
  ])('says nothing of a kernel that %s', (_, lacks) => {
    const { looks, said } = watched();
    looks(60, lacks);
    expect(said).toEqual([]);
  });
});
