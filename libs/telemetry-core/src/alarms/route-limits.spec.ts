import type { CloudEvent, RouteLimitReached } from '@bordergate/contracts';
import { expect, it } from 'vitest';
import { RouteLimits } from './route-limits.js';

const MINUTE = 60_000;
const reached = (status: RouteLimitReached['status'], at: number) => ({
  key: 'bgw-1/status', event: { data: { type: 'RouteLimitReached', region: 'region-1', quotaType: 'bgw_propagated_route', resourceId: 'bgw-1', maxLimit: 300, status }, time: new Date(at).toISOString() } as CloudEvent<RouteLimitReached>,
});
const readings = (limits: RouteLimits, minute: number, consecutivePeriods: 1 | 5 = 5) => limits.readings('bgw-1', { periodMinutes: 1, consecutivePeriods }, minute * MINUTE);

it('reads what stood at the end of each period, until the warning is taken back', () => {
  const limits = new RouteLimits();
  expect(readings(limits, 10)).toEqual([0, 0, 0, 0, 0]);
  limits.warning(reached('near-limit', 7.5 * MINUTE));
  limits.warning(reached('near-limit', 7.5 * MINUTE)); // told twice
  limits.warning(reached('over-limit', 9 * MINUTE));
  expect(readings(limits, 10)).toEqual([0, 0, 1, 1, 2]);
  expect(readings(limits, 30)).toEqual([2, 2, 2, 2, 2]);
  expect(limits.readings('bgw-2', { periodMinutes: 5, consecutivePeriods: 1 }, 30 * MINUTE)).toEqual([0]);
  limits.warning({ key: 'bgw-1/status', event: null });
  expect(readings(limits, 30, 1)).toEqual([0]);
});

it('remembers a hundred changes of each at most', () => {
  const limits = new RouteLimits();
  for (let change = 0; change < 1_000; change++) limits.warning(reached(change % 2 === 0 ? 'near-limit' : 'over-limit', change * MINUTE));
  expect(readings(limits, 1_000)).toEqual([2, 1, 2, 1, 2]);
  expect(readings(limits, 100, 1)).toEqual([0]);
});
