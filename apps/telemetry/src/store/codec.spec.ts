import { AT, COLUMNS, emptyPoint, type Point } from '@bordergate/telemetry-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packRows, squeeze, unpackRows, unsqueeze } from './codec.js';

const value = (whole: boolean) => (whole ? fc.oneof(fc.nat(300), fc.maxSafeNat()) : fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1e12, noNaN: true })));
const point: fc.Arbitrary<Point> = fc.tuple(...COLUMNS.map(({ whole }) => fc.option(value(whole)))).map((values) => {
  const made = emptyPoint();
  values.forEach((each, index) => { if (each !== null) made[index] = each as number; });
  return made;
});

it('points come back as they were: whole numbers exactly, others to four digits', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(59), point), { minLength: 1, maxLength: 64 }), (rows) => {
    const { keys, points } = unpackRows(unsqueeze(squeeze(packRows(rows.map(([, each]) => each), [rows.map(([key]) => key)]))), 1);
    expect(keys[0]).toEqual(rows.map(([key]) => key));
    for (const [row, back] of points.entries()) {
      for (const [index, { whole, name }] of COLUMNS.entries()) {
        const [was, is] = [rows[row]![1][index]!, back[index]!];
        if (whole || !Number.isFinite(was)) expect(is, name).toBe(was);
        else expect(Math.abs(is - was), name).toBeLessThanOrEqual(was * 0.000_5 + 1e-37);
      }
    }
  }), { numRuns: 50 });
});

it('a tunnel that is silent costs next to nothing', () => {
  const quiet = Array.from({ length: 60 }, () => {
    const made = emptyPoint();
    made[AT.coveredMs] = 60_000;
    for (const at of [...AT.sums, ...AT.rateMin, ...AT.rateMax]) made[at] = 0;
    return made;
  });
  expect(squeeze(packRows(quiet)).length).toBeLessThan(80);
});

it('a sum that is larger than numbers are exact is the largest that is', () => {
  const made = emptyPoint();
  made[AT.sums[0]] = 2 ** 60;
  expect(unpackRows(packRows([made])).points[0]![AT.sums[0]]).toBe(Number.MAX_SAFE_INTEGER);
});

it('of rows and columns that nobody asked for nothing is read', () => {
  const rows = [1, 2, 3].map((value) => {
    const made = emptyPoint();
    made[AT.coveredMs] = value * 1_000;
    made[AT.sums[0]] = value;
    return made;
  });
  const { keys, points } = unpackRows(packRows(rows, [[7, 8, 9]]), 1, { row: (key) => key !== 8, columns: new Set([AT.sums[0]]) });
  expect([keys, points.map((each) => [each[AT.coveredMs], each[AT.sums[0]]])]).toEqual([[[7, 9]], [[0, 1], [0, 3]]]);
});
