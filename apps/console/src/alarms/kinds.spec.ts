import { expect, it } from 'vitest';
import { byUrgency, toneOf } from './kinds.js';

it.each([['alarm', 'fatal', 'down'], ['alarm', 'critical', 'down'], ['alarm', 'common', 'warn'], ['insufficientData', null, 'warn'], ['normal', null, 'up'], ['disabled', null, 'off']] as const)('%s %s looks %s', (state, level, tone) => expect(toneOf({ state, level })).toBe(tone));

it('puts the worst first, and of those the youngest', () => {
  const alarms = [['common', '3'], ['critical', '1'], ['fatal', '2'], ['critical', '4']].map(([level, since]) => ({ level: level as 'fatal', since: since! }));
  expect(alarms.toSorted(byUrgency).map(({ level, since }) => `${level} ${since}`)).toEqual(['fatal 2', 'critical 4', 'critical 1', 'common 3']);
});
