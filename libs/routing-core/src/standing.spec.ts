import { prefixOf } from '@bordergate/kernel';
import { expect, it } from 'vitest';
import { attachmentPath, staticPath } from './path.js';
import { sameLocal, type LocalRoute } from './standing.js';

const route = (): LocalRoute => ({ prefix: prefixOf('10.0.0.0/8'), path: staticPath('r1', 'vpn_connection', 'c1', 7n), standing: { nextHops: [{ kind: 'tunnel', id: 't1' }, { kind: 'tunnel', id: 't2' }] } });

it('routes that are made alike are the same', () => {
  expect(sameLocal(route(), route())).toBe(true);
  expect(sameLocal({ ...route(), standing: { because: 'no-usable-next-hop' } }, { ...route(), standing: { because: 'no-usable-next-hop' } })).toBe(true);
});

it.each<[string, Partial<LocalRoute> | undefined]>([
  ['there is none', undefined], ['another length', { prefix: prefixOf('10.0.0.0/9') }], ['another address', { prefix: prefixOf('11.0.0.0/8') }], ['another source', { path: staticPath('r2', 'vpn_connection', 'c1', 7n) }],
  ['another next hop', { path: staticPath('r1', 'vpn_connection', 'c2', 7n) }], ['another kind of next hop', { path: staticPath('r1', 'private_vif', 'c1', 7n) }], ['decided again', { path: staticPath('r1', 'vpn_connection', 'c1', 8n) }],
  ['a subnet', { path: attachmentPath('a', 's', 7n) }], ['fewer tunnels', { standing: { nextHops: [{ kind: 'tunnel', id: 't1' }] } }],
  ['other tunnels', { standing: { nextHops: [{ kind: 'tunnel', id: 't1' }, { kind: 'tunnel', id: 't3' }] } }], ['another kind of leg', { standing: { nextHops: [{ kind: 'tunnel', id: 't1' }, { kind: 'vif', id: 't2' }] } }],
  ['none that is usable', { standing: { because: 'no-usable-next-hop' } }],
])('%s is a difference, from either side', (_, other) => {
  expect(sameLocal(route(), other && { ...route(), ...other })).toBe(false);
  if (other) expect(sameLocal({ ...route(), ...other }, route())).toBe(false);
});
