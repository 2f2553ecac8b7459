import { expect, it } from 'vitest';
import type { DirectionLoss } from '../lab/traffic-probe.js';
import { type Episode, LIMIT_MS, problemsOf, tableOf } from './report.js';

const direction = (longestGapMs: number): DirectionLoss => ({ sent: 1_000, received: 1_000 - longestGapMs / 10, lost: longestGapMs / 10, flows: 16, flowsWithLoss: 1, longestGapMs, gapStartedAt: undefined, averageDelayMs: 1, sendErrors: {} });
const episode = (kind: string, faults: string[], gap: number, findings: Partial<Episode['findings']> = {}): Episode => ({
  kind, faults, acknowledged: 10, traffic: { cloudToCustomer: direction(0), customerToCloud: direction(gap) }, faultMs: 15_400, settledMs: 2_340, findings: { lost: [], diverged: [], dropped: [], refused: [], took: '', ...findings },
});

it('has a problem for each finding, and for traffic that stood still, in whichever direction', () => {
  expect(problemsOf(episode('a', ['x'], LIMIT_MS - 10))).toEqual([]);
  expect(problemsOf(episode('a', ['x'], LIMIT_MS, { lost: ['one'], dropped: ['two'] }))).toEqual(['lost: one', 'dropped: two', 'traffic stood still for 300 ms, and may for less than 300 ms']);
});

it('has a row for each kind and one for all', () => {
  const table = tableOf([episode('kill', ['routing-1', 'front'], 20), episode('kill', ['front'], 40, { lost: ['one'] }), episode('a', ['x'], 0)]);
  expect(table.map((cells) => cells.slice(0, 9))).toEqual([
    ['fault', 'injected', 'acknowledged commands', 'lost', 'diverged', 'tunnels dropped', 'refused', 'packets lost', 'worst traffic gap'],
    ['kill', '3', '20', '1', '0', '0', '0', '6 of 4000', '40 ms'], ['a', '1', '10', '0', '0', '0', '0', '0 of 2000', '0 ms'], ['all', '4', '30', '1', '0', '0', '0', '6 of 6000', '40 ms'],
  ]);
});
