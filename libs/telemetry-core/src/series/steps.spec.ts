import { isRejection } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { AT, emptyPoint } from './columns.js';
import { Roll, stepsOf } from './steps.js';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const iso = (ms: number) => new Date(ms).toISOString().replace(/:00\.000Z$/, 'Z');
const asked = (query: Parameters<typeof stepsOf>[0]) => {
  const steps = stepsOf(query, NOW);
  return isRejection(steps) ? `${steps.field}: ${steps.code}` : `${iso(steps.startMs)} ${iso(steps.endMs)} ${steps.stepMs / 1_000} ${(steps.endMs - steps.startMs) / steps.stepMs}`;
};

describe('the points that are asked for', () => {
  it.each([
    [{}, '2026-01-02T02:05Z 2026-01-02T03:05Z 60 60'],
    [{ window: '1d' as const }, '2026-01-01T03:20Z 2026-01-02T03:20Z 1200 72'],
    [{ window: '14d' as const }, '2025-12-19T06:00Z 2026-01-02T06:00Z 10800 112'],
    [{ window: '1d' as const, step: 60 }, '2026-01-01T03:05Z 2026-01-02T03:05Z 60 1440'],
    [{ start: '2026-01-01T00:00:30Z', end: '2026-01-01T05:00:00Z' }, '2026-01-01T00:00Z 2026-01-01T05:00Z 300 60'],
    [{ start: '2026-01-02T03:00:00Z' }, '2026-01-02T03:00Z 2026-01-02T03:05Z 60 5'],
    [{ window: '1h' as const, step: 7_200 }, 'step: step-does-not-fit'], [{ window: '14d' as const, step: 60 }, 'step: too-many-points'],
    [{ window: '1h' as const, start: '2026-01-01T00:00:00Z' }, 'start: window-and-start'], [{ end: '2026-01-01T00:00:00Z' }, 'end: end-without-start'],
    [{ start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' }, 'start: empty-range'], [{ start: '2027-01-01T00:00:00Z' }, 'start: empty-range'],
    [{ start: '2025-11-01T00:00:00Z' }, 'start: range-too-long'],
  ])('%j: %s', (query, wanted) => expect(asked(query)).toBe(wanted));
});

it('finer points are gathered; where there is none, there is a gap', () => {
  const roll = new Roll({ startMs: 0, endMs: 900_000, stepMs: 300_000 });
  for (const minute of [0, 4, 10, 15]) {
    const point = emptyPoint();
    point[AT.coveredMs] = 60_000;
    point[AT.sums[0]] = 7;
    roll.add(minute * 60_000, point);
  }
  expect(roll.points.map((point) => point && [point[AT.coveredMs], point[AT.sums[0]]])).toEqual([[120_000, 14], undefined, [60_000, 7]]);
});
