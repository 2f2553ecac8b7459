import { expect, it } from 'vitest';
import { AT, emptyPoint, type Point } from '../series/columns.js';
import { DEFAULT_ALARMS } from './defaults.js';
import { readingsOf, type TunnelPeriods } from './readings.js';

/** A minute of a tunnel that was up for `up` of it, with a BGP session and its prefixes while it was. */
function point({ up, prefixes = 0, sent = 0, received = 0 }: { up: number; prefixes?: number; sent?: number; received?: number }): Point {
  const made = emptyPoint();
  made[AT.toldMs] = made[AT.bgpToldMs] = 60_000;
  for (const at of [AT.oper, AT.bgp]) [made[at.ms], made[at.min], made[at.max]] = [up * 60_000, up === 1 ? 1 : 0, up > 0 ? 1 : 0];
  [made[AT.prefixes.ms], made[AT.prefixes.min], made[AT.prefixes.max]] = [prefixes * 60_000, prefixes, prefixes];
  [made[AT.sent], made[AT.received]] = [sent, received];
  return made;
}
const tunnel = (...points: (Point | undefined)[]): TunnelPeriods => ({ points, flaps: points.map((_, index) => index) });

it.each<[string, Parameters<typeof readingsOf>[0], TunnelPeriods[], (number | null)[]]>([
  ['of one tunnel is its own', { metric: 'operUp', statistic: 'avg' }, [tunnel(point({ up: 1 }), point({ up: 0.5 }), undefined)], [1, 0.5, null]],
  ['of several is the sum', { metric: 'operUp', statistic: 'min' }, [tunnel(point({ up: 1 })), tunnel(point({ up: 1 })), tunnel(point({ up: 0.5 }))], [2]],
  ['spare: beyond the first', { metric: 'spareTunnels', statistic: 'max' }, [tunnel(point({ up: 1 }), point({ up: 1 }), point({ up: 0 })), tunnel(point({ up: 1 }), point({ up: 0 }), point({ up: 0 }))], [1, 0, -1]],
  ['spare: not of one tunnel alone', { metric: 'spareTunnels', statistic: 'max' }, [tunnel(point({ up: 1 }))], [null]],
  ['spare: not when one is unknown', { metric: 'spareTunnels', statistic: 'max' }, [tunnel(point({ up: 1 })), tunnel(undefined)], [null]],
  ['prefixes: only while the session was there all the time', { metric: 'prefixesWhileEstablished', statistic: 'max' }, [tunnel(point({ up: 1, prefixes: 3 }), point({ up: 1 }), point({ up: 0.5, prefixes: 3 }))], [3, 0, null]],
  ['loss: only while it was up all the time', { metric: 'probeLossRatioWhileUp', statistic: 'avg' }, [tunnel(point({ up: 1, sent: 10, received: 9 }), point({ up: 0.5, sent: 10, received: 5 }))], [0.1, null]],
  ['flaps: of all tunnels, where anything is known', { metric: 'flaps', statistic: 'sum' }, [tunnel(point({ up: 1 }), point({ up: 1 }), undefined), tunnel(point({ up: 1 }), point({ up: 1 }), undefined)], [0, 2, null]],
])('a reading %s', (_, condition, tunnels, expected) => expect(readingsOf(condition, tunnels, expected.length)).toEqual(expected));

it('reading changes no point', () => {
  const [a, b] = [point({ up: 1 }), point({ up: 1 })];
  readingsOf({ metric: 'operUp', statistic: 'avg' }, [tunnel(a), tunnel(b)], 1);
  expect(a).toEqual(point({ up: 1 }));
});

it('default alarms have keys and names of their own', () => {
  expect(new Set(DEFAULT_ALARMS.map(({ key }) => key)).size).toBe(DEFAULT_ALARMS.length);
  expect(DEFAULT_ALARMS.every(({ alarmRuleName }) => alarmRuleName.length <= 42)).toBe(true);
});
