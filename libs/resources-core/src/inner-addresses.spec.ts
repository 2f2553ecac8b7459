import { isRejection, overlaps, prefixOf } from '@bordergate/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { innerAddresses } from './inner-addresses.js';

const slash30 = fc.oneof(fc.integer({ min: 0, max: 1023 }).map((n) => `169.254.${n >> 6}.${(n & 63) * 4}/30`), fc.integer({ min: 0, max: 63 }).map((n) => `10.0.0.${n * 4}/30`));

it('never clashes, however tunnels come and go', () => {
  const step = fc.record({ ask: fc.option(slash30, { nil: undefined }), drop: fc.nat({ max: 9 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    let used: string[] = [];
    for (const { ask, drop } of steps) {
      const inner = innerAddresses({ tunnelIp: ask }, used);
      if (isRejection(inner)) expect([inner.code, used.includes(ask!)]).toEqual(['tunnel-ip-taken', true]);
      else {
        expect(used.some((other) => overlaps(prefixOf(other), prefixOf(inner.tunnelIp)))).toBe(false);
        used.push(inner.tunnelIp);
      }
      if (drop === 0) used = used.slice(1);
    }
  }), { numRuns: 100 });
});

it('allocates all 1024 of them and then says so', () => {
  const used: string[] = [];
  for (let n = 0; n < 1024; n++) {
    const inner = innerAddresses({}, used);
    if (isRejection(inner)) throw new Error(`refused at ${n}`);
    used.push(inner.tunnelIp);
  }
  expect(used.at(-1)).toBe('169.254.15.252/30');
  expect(innerAddresses({}, used)).toMatchObject({ code: 'inner-addresses-exhausted', field: 'tunnelIp' });
});
