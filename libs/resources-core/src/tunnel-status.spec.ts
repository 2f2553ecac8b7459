import { expect, it } from 'vitest';
import { shownSession, shownStatus, type ReportedStatus } from './tunnel-status.js';

const [T0, T1, T2] = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:01.000Z', '2026-11-21T10:00:02.000Z'];
const up = (at: string): ReportedStatus => ({ at, generation: 1, operStatus: 'UP', reason: 'established', detail: '', since: T0, driver: 'xfrm' });
const down = (at: string, reason: ReportedStatus['reason']): ReportedStatus => ({ ...up(at), operStatus: 'DOWN', reason });

it.each([
  ['nobody has looked yet', 'UP', T1, undefined, { opStatus: 'DOWN', opReason: 'negotiating', opSince: null, driver: null }],
  ['a worker has looked', 'UP', T1, up(T2), { opStatus: 'UP', opReason: 'established', opSince: T0, driver: 'xfrm' }],
  ['a change of options does not make a tunnel look down', 'UP', T2, up(T1), { opStatus: 'UP', opReason: 'established' }],
  ['disabled, nobody has looked since', 'DOWN', T2, up(T1), { opStatus: 'DOWN', opReason: 'admin-down', opSince: T2, driver: 'xfrm' }],
  ['disabled and still draining', 'DOWN', T1, { ...up(T2), reason: 'draining' as const }, { opStatus: 'UP', opReason: 'draining' }],
  ['enabled, nobody has looked since', 'UP', T2, down(T1, 'admin-down'), { opStatus: 'DOWN', opReason: 'negotiating' }],
  ['disabled and enabled before its worker was told: what it says is of before', 'UP', T1, { ...up(T2), generation: 0 }, { opStatus: 'DOWN', opReason: 'negotiating', opSince: T1, driver: 'xfrm' }],
  ['enabled, and its negotiation fails', 'UP', T1, down(T2, 'authentication-failed'), { opStatus: 'DOWN', opReason: 'authentication-failed' }],
] as const)('%s', (_, adminStatus, decidedAt, reported, shown) => expect(shownStatus({ adminStatus, generation: 1, decidedAt }, reported)).toMatchObject(shown));

it.each([
  ['was up', 'UP', up(T2), { opStatus: 'DOWN', opReason: 'node-silent', opDetail: 'node-1 has not been heard since 2026-11-21T10:00:02.000Z; whether the tunnel carries is not known', opSince: T2, driver: 'xfrm' }],
  ['was down for another reason', 'UP', down(T2, 'authentication-failed'), { opStatus: 'DOWN', opReason: 'node-silent' }],
  ['was never reported on', 'UP', undefined, { opStatus: 'DOWN', opReason: 'node-silent' }],
  ['was draining', 'DOWN', { ...up(T2), reason: 'draining' as const }, { opStatus: 'DOWN', opReason: 'node-silent' }],
  ['is disabled', 'DOWN', down(T2, 'admin-down'), { opStatus: 'DOWN', opReason: 'admin-down' }],
  ['has been disabled since', 'DOWN', up(T0), { opStatus: 'DOWN', opReason: 'admin-down' }],
] as const)('its node is not heard, and it %s', (_, adminStatus, reported, shown) => expect(shownStatus({ adminStatus, generation: 1, decidedAt: T1 }, reported, { node: 'node-1', since: T2 })).toMatchObject(shown));

it.each([
  ['nobody says so', 'UP', T1, undefined, 'down'],
  ['established', 'UP', T1, T2, 'established'],
  ['established before its tunnel was edited', 'UP', T2, T1, 'established'],
  ['its tunnel has been disabled since', 'DOWN', T2, T1, 'down'],
  ['seen after its tunnel was disabled', 'DOWN', T1, T2, 'established'],
] as const)('a BGP session: %s', (_, adminStatus, decidedAt, establishedAt, shown) => expect(shownSession(adminStatus, decidedAt, establishedAt)).toBe(shown));
