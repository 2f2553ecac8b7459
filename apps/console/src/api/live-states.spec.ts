import { describe, expect, it } from 'vitest';
import { LiveStates } from './live-states.js';

const state = (vpnTunnelId: string, opStatus = 'UP', adminStatus = 'UP') => ({ vpnTunnelId, opStatus, adminStatus });
const event = (name: string, data: unknown) => ({ id: '', event: name, data: JSON.stringify(data) });
const snapshot = (...items: unknown[]) => event('snapshot', { items });

describe('the live fold', () => {
  it.each([
    ['a new tunnel', event('tunnelState', state('b')), { ids: ['b'], resources: true }, ['a', 'b']],
    ['a change of state', event('tunnelState', state('a', 'DOWN')), { ids: ['a'], resources: false }, ['a']],
    ['a tunnel that was disabled', event('tunnelState', state('a', 'DOWN', 'DOWN')), { ids: ['a'], resources: true }, ['a']],
    ['a removed tunnel', event('tunnelRemoved', { vpnTunnelId: 'a' }), { ids: ['a'], resources: true }, []],
    ['the removal of one that is not known', event('tunnelRemoved', { vpnTunnelId: 'z' }), { ids: ['z'], resources: false }, ['a']],
    ['a snapshot that is the same', snapshot(state('a')), { ids: null, resources: false }, ['a']],
    ['a snapshot without it', snapshot(state('c')), { ids: null, resources: true }, ['c']],
    ['what a newer platform says', event('gatewayState', {}), { ids: [], resources: false }, ['a']],
  ])('takes %s', (_, message, change, ids) => {
    const states = new LiveStates();
    states.apply(snapshot(state('a')));
    expect(states.apply(message)).toEqual(change);
    expect([...states.all().keys()]).toEqual(ids);
  });

  it('is the same by a snapshot as by the changes that led to it', () => {
    const [byChanges, bySnapshot] = [new LiveStates(), new LiveStates()];
    for (const message of [snapshot(state('a'), state('b')), event('tunnelState', state('a', 'DOWN')), event('tunnelRemoved', { vpnTunnelId: 'b' }), event('tunnelState', state('c'))]) byChanges.apply(message);
    bySnapshot.apply(snapshot(state('a', 'DOWN'), state('c')));
    expect(byChanges.all()).toEqual(bySnapshot.all());
  });
});
