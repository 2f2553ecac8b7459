import { describe, expect, it } from 'vitest';
import { LiveStates, type LiveMessage } from './live.js';

// A world of tunnels that only have an id and a value, since the numbering is all that matters here.
function world() {
  const values = new Map<string, number>();
  const states = {
    get: (id: string) => (values.has(id) ? { state: { vpnTunnelId: id, value: values.get(id) }, connection: { region: 'r' } } : undefined),
    list: () => [...values.keys()].map((id) => states.get(id)!),
  };
  const live = new LiveStates(states as never, 'life');
  return {
    live,
    set: (id: string, value: number) => { values.set(id, value); live.touched([id]); },
    remove: (id: string) => { values.delete(id); live.touched([id]); },
  };
}
const told = (messages: LiveMessage[]) => messages.map(({ event, data }) => (event === 'tunnelState' ? [(data as any).vpnTunnelId, (data as any).value] : event === 'tunnelRemoved' ? [(data as any).vpnTunnelId] : event));

describe('a slow client', () => {
  it('makes nothing grow: when it has read, it gets the present state of what changed', () => {
    const { live, set, remove } = world();
    const seen: LiveMessage[] = [];
    let writable = true;
    const { resume } = live.join('r', undefined, (message) => { seen.push(message); return writable; });
    writable = false;
    set('a', 1);
    set('a', 2);
    set('b', 1);
    set('a', 3);
    remove('b');
    expect(told(seen)).toEqual(['snapshot', ['a', 1]]);
    writable = true;
    resume();
    expect(told(seen)).toEqual(['snapshot', ['a', 1], ['a', 3], ['b']]);
    set('a', 4);
    expect(told(seen).at(-1)).toEqual(['a', 4]);
  });

  it('hears nothing after it left', () => {
    const { live, set } = world();
    const seen: LiveMessage[] = [];
    live.join('r', undefined, (message) => seen.push(message) > 0).leave();
    set('a', 1);
    expect(told(seen)).toEqual(['snapshot']);
  });
});

it('resumes across many removals, and begins anew when one it missed is forgotten', () => {
  const { live, set, remove } = world();
  for (let n = 0; n < 1_001; n++) { set(`t${n}`, n); remove(`t${n}`); }
  const first = (lastEventId: string) => {
    const seen: LiveMessage[] = [];
    live.join('r', lastEventId, (message) => seen.push(message) > 0);
    return told(seen);
  };
  expect(first('life-1')).toEqual(['snapshot']);
  expect(first('life-2')).toHaveLength(1_000);
  expect(first('life-2002')).toEqual([]);
});
