import { expect, it } from 'vitest';
import { pollMsOf, tickOf, windowOf, WINDOWS } from './windows.js';

it('has the seven windows of the product, the shortest first', () => expect(WINDOWS).toEqual(['1h', '6h', '12h', '1d', '3d', '7d', '14d']));
it.each([['3d', '3d'], ['2h', '1h'], [null, '1h']])('reads "%s" as %s', (text, window) => expect(windowOf(text)).toBe(window));
it('asks anew within a point, and never more than twice a minute', () => expect([pollMsOf('1h'), pollMsOf('14d')]).toEqual([30_000, 300_000]));
it.each([['1d', /^\d\d:\d\d$/], ['3d', /Nov.*\d/], ['14d', /^Nov 28$/]] as const)('writes a moment of %s short', (window, form) => expect(tickOf(Date.parse('2026-11-28T12:34:00Z') / 1000, window, 'en-US')).toMatch(form));
