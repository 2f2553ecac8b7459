import { describe, expect, it } from 'vitest';
import { childSa, ikeSa, wantedTunnel } from './fixtures.test-support.js';
import { observations, snapshotOf, type TunnelLook } from './observe.js';
import type { FoundTunnel } from './plan.js';
import { viciIntent } from './vici-intent.js';

const WANTED = wantedTunnel('tun-1');
const NAME = viciIntent(WANTED.spec).connectionName;
const T0 = Date.parse('2026-11-21T02:00:00.000Z');
const found = (ikeSas: FoundTunnel['ikeSas'], up: boolean): FoundTunnel => ({ outer: true, charonRunning: true, connections: [], secrets: [], ikeSas, device: { up, address: null } });
const look = (ikeSas: FoundTunnel['ikeSas'], up: boolean, changes: Partial<TunnelLook> = {}): TunnelLook => ({ wanted: WANTED, found: found(ikeSas, up), diagnosis: undefined, now: T0, ...changes });
const types = (before: TunnelLook | undefined, after: TunnelLook): string[] => {
  const was = before && snapshotOf(undefined, before);
  return observations(WANTED.ref, 'simulated', was, snapshotOf(was, after)).map(o => o.type);
};

describe('snapshotOf', () => {
  const up = [ikeSa(NAME, 1, [childSa(1, 'INSTALLED', { installSeconds: 90 })])];

  it.each([
    ['UP needs both', look(up, true), 'UP', 'established', 'AES_CBC_128/HMAC_SHA2_256_128'],
    ['a device that is down carries nothing', look(up, false), 'DOWN', 'negotiating', /./],
    ['SAs of other connections do not count', look([ikeSa('tun-2-00000000', 1, [childSa(1)])], true), 'DOWN', 'negotiating', /./],
    ['disabled', look([], false, { wanted: { ...WANTED, adminStatus: 'DOWN' } }), 'DOWN', 'admin-down', /./],
    ['draining', look(up, false, { wanted: { ...WANTED, adminStatus: 'DOWN' } }), 'DOWN', 'draining', /./],
    ['silent, whatever IKE says and the device is', look(up, true, { verdict: 'listening' }), 'DOWN', 'peer-silent', /./],
    ['silent and disabled', look([], false, { verdict: 'hold-down', wanted: { ...WANTED, adminStatus: 'DOWN' } }), 'DOWN', 'admin-down', /./],
    ['heard again', look(up, true, { verdict: 'usable' }), 'UP', 'established', /./],
    ['the doctor knows', look([], false, { diagnosis: { fault: 'authentication-failed', detail: 'compare' } }), 'DOWN', 'authentication-failed', /compare/],
    ['no daemon', { ...look([], false), found: { ...found([], false), charonRunning: false } }, 'DOWN', 'charon-not-running', /./],
  ] as const)('%s', (_, seen, operStatus, reason, detail) => {
    expect(snapshotOf(undefined, seen)).toMatchObject({ operStatus, reason, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) });
  });

  it('stays UP from the death of its charon until the next one has an answer, as its device does, whoever looks', () => {
    const dead = (isUp: boolean, changes: Partial<TunnelLook> = {}) => ({ ...look([], isUp, changes), found: { ...found([], isUp), charonRunning: false } });
    const established = snapshotOf(undefined, look(up, true));
    const died = snapshotOf(established, dead(true));
    expect(died).toMatchObject({ operStatus: 'UP', since: established.since, detail: expect.stringContaining('is being replaced') });
    expect(snapshotOf(undefined, dead(true))).toMatchObject({ operStatus: 'UP', since: new Date(T0).toISOString() }); // by a worker that has just started
    expect(snapshotOf(died, look([], true, { initiating: NAME }))).toMatchObject({ operStatus: 'UP' }); // it runs again, and negotiates
    expect(snapshotOf(died, look([], true, { diagnosis: { fault: 'peer-not-responding', detail: '' } }))).toMatchObject({ operStatus: 'DOWN', reason: 'peer-not-responding' });
    expect(snapshotOf(established, dead(true, { verdict: 'listening' }))).toMatchObject({ operStatus: 'DOWN' }); // nothing carries, as probes found
    expect(snapshotOf(established, dead(false))).toMatchObject({ operStatus: 'DOWN', reason: 'charon-not-running' }); // its TUN went with it
    expect(snapshotOf(established, look([], true))).toMatchObject({ operStatus: 'DOWN' }); // an SA that ended is another thing
  });

  it('says of which generation it is: of the one whose SA carries packets, else of the one that is wanted', () => {
    const enabledAgain = { wanted: { ...WANTED, generation: 1 } };
    const anew = [ikeSa(viciIntent(WANTED.spec, [], 1).connectionName, 2, [childSa(2)])];
    const before = snapshotOf(undefined, look(up, true));
    const after = snapshotOf(before, look(anew, true, enabledAgain));
    expect([before, snapshotOf(before, look(up, true, enabledAgain)), snapshotOf(undefined, look(up, true, enabledAgain)), snapshotOf(before, look(up, false, enabledAgain)), after]
      .map(({ operStatus, generation }) => `${operStatus} ${generation}`)).toEqual(['UP 0', 'UP 0', 'UP 0', 'DOWN 1', 'UP 1']);
    const told = observations(WANTED.ref, 'simulated', before, after).find(({ type }) => type === 'TunnelOperStatusChanged');
    expect(told).toMatchObject({ operStatus: 'UP', generation: 1 });
  });

  it('says since when: of an adopted tunnel since its CHILD SA, else since it changed', () => {
    expect(snapshotOf(undefined, look(up, true)).since).toBe('2026-11-21T01:58:30.000Z');
    const down = snapshotOf(undefined, look([], false));
    expect(snapshotOf(down, look(up, true, { now: T0 + 1_000 })).since).toBe('2026-11-21T02:00:01.000Z');
    expect(snapshotOf(down, look([], false, { now: T0 + 1_000 })).since).toBe('2026-11-21T02:00:00.000Z');
  });
});

describe('observations', () => {
  const one = look([ikeSa(NAME, 1, [childSa(1)])], true);
  const rekeying = look([ikeSa(NAME, 1, [childSa(1, 'REKEYED'), childSa(2)])], true);
  const rekeyed = look([ikeSa(NAME, 1, [childSa(2)])], true);

  it.each([
    ['first look', undefined, one, ['IkeSaEstablished', 'ChildSaInstalled', 'TunnelOperStatusChanged']],
    ['nothing changed', one, one, []],
    ['rekey begins', one, rekeying, ['ChildSaRekeyed']],
    ['rekey ends', rekeying, rekeyed, ['ChildSaDeleted']],
    ['rekey between two looks', one, rekeyed, ['ChildSaRekeyed', 'ChildSaDeleted', ]],
    ['lost', one, look([], false), ['ChildSaDeleted', 'IkeSaDeleted', 'TunnelOperStatusChanged']],
    ['still trying is no SA', look([], false), look([ikeSa(NAME, 3, [], { state: 'CONNECTING' })], false), []],
    ['another reason is news', look([], false), look([], false, { diagnosis: { fault: 'peer-not-responding', detail: 'd' } }), ['TunnelOperStatusChanged']],
  ])('%s', (_, before, after, expected) => expect(types(before, after)).toEqual(expected));
});
