import type { BirdBgpSession, BirdGateway } from '@bordergate/bird';
import { describe, expect, it } from 'vitest';
import { forwarded, type HeardRoute } from './selection.js';

const session = (name: string, preference = 200): BirdBgpSession => ({
  name, device: name, localAddress: '169.254.0.2', localAsn: 65000, neighborAddress: '169.254.0.1', neighborAsn: 65010, preference, holdSeconds: 30, keepaliveSeconds: 10, advertise: [],
});
const gateway: BirdGateway = {
  routerId: '10.0.0.1', gracefulRestartSeconds: 60, refused: [], ownAsns: [], bgp: [session('t1'), session('t2')],
  attachmentRoutes: [{ prefix: '10.1.0.0/24', device: 'a1', preference: 400 }],
  staticRoutes: [{ prefix: '10.2.0.0/16', preference: 300, nextHops: [{ via: '169.254.0.1', device: 't1' }, { via: '169.254.0.5', device: 't2' }] }],
};
const fib = (heard: Record<string, HeardRoute[]>, down: string[] = []) => Object.fromEntries(
  forwarded(gateway, (device) => !down.includes(device), ({ name }) => heard[name] ?? []).map(({ prefix, nextHops }) => [prefix, nextHops.map(({ device }) => device).join(' ')]),
);

describe('the small model of BIRD', () => {
  it.each<[string, Record<string, HeardRoute[]>, string[], string, string | undefined]>([
    ['prefers the higher preference', { t1: [{ prefix: '10.2.0.0/16', asPath: [65010] }] }, ['t2'], '10.2.0.0/16', 't1'],
    ['leaves out a next hop whose device is down', {}, ['t1'], '10.2.0.0/16', 't2'],
    ['has no static route without next hops', {}, ['t1', 't2'], '10.2.0.0/16', undefined],
    ['merges equal BGP routes', { t1: [{ prefix: '10.9.0.0/16', asPath: [1] }], t2: [{ prefix: '10.9.0.0/16', asPath: [2] }] }, [], '10.9.0.0/16', 't1 t2'],
    ['takes the shorter AS_PATH', { t1: [{ prefix: '10.9.0.0/16', asPath: [1, 1] }], t2: [{ prefix: '10.9.0.0/16', asPath: [2] }] }, [], '10.9.0.0/16', 't2'],
    ['lets an attachment win over BGP', { t1: [{ prefix: '10.1.0.0/24', asPath: [1] }] }, [], '10.1.0.0/24', 'a1'],
  ])('%s', (_, heard, down, prefix, hops) => expect(fib(heard, down)[prefix]).toBe(hops));

  it('refuses a configuration that would leave the choice to chance', () => {
    const twice = { ...gateway, attachmentRoutes: [...gateway.attachmentRoutes, { prefix: '10.2.0.0/16', device: 'a2', preference: 300 }] };
    expect(() => forwarded(twice, () => true, () => [])).toThrow('among equals');
  });
});
