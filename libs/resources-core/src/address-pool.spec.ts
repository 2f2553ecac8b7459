import type { AddressPoolDecision } from '@bordergate/contracts';
import { fold, isRejection, run } from '@bordergate/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressPoolDecider, type AddressPoolCommand } from './address-pool.js';
import { given, REGION } from './given.test-support.js';

const region = REGION;
const added = (address: string, node: string): AddressPoolDecision => ({ type: 'PublicAddressAdded', region, address, node });
const allocate = (vpnConnectionId: string): AddressPoolCommand => ({ type: 'AllocatePublicAddresses', region, vpnConnectionId });
const allocated = (vpnConnectionId: string, ...pairs: [address: string, node: string][]): AddressPoolDecision =>
  ({ type: 'PublicAddressesAllocated', region, vpnConnectionId, addresses: pairs.map(([address, node]) => ({ address, node })) });
const here = { elsewhere: undefined };
const two = [added('198.51.100.1', 'n1'), added('198.51.100.2', 'n1'), added('198.51.100.9', 'n2'), added('198.51.100.10', 'n2')];

describe('an address pool', () => {
  it('takes and gives up addresses', () => {
    given(addressPoolDecider).when({ type: 'AddPublicAddress', region, address: '198.51.100.1', node: 'n1', facts: here }).decides(added('198.51.100.1', 'n1'));
    given(addressPoolDecider, ...two).when({ type: 'RemovePublicAddress', region, address: '198.51.100.1' }).decides({ type: 'PublicAddressRemoved', region, address: '198.51.100.1' });
  });
  it('allocates from two nodes', () => given(addressPoolDecider, ...two).when(allocate('c1')).decides(allocated('c1', ['198.51.100.1', 'n1'], ['198.51.100.9', 'n2'])));
  it('compares addresses as numbers', () => given(addressPoolDecider, added('198.51.100.10', 'n1'), added('198.51.100.9', 'n2')).when(allocate('c1')).decides(allocated('c1', ['198.51.100.9', 'n2'], ['198.51.100.10', 'n1'])));
  it('prefers the least used nodes', () => {
    given(addressPoolDecider, ...two, added('198.51.100.20', 'n3'), allocated('c1', ['198.51.100.1', 'n1'], ['198.51.100.9', 'n2'])).when(allocate('c2'))
      .decides(allocated('c2', ['198.51.100.20', 'n3'], ['198.51.100.2', 'n1']));
  });
  it('takes both from one node when there is no other', () => given(addressPoolDecider, ...two.slice(0, 2)).when(allocate('c1')).decides(allocated('c1', ['198.51.100.1', 'n1'], ['198.51.100.2', 'n1'])));
  it('gets back what a connection held, and nothing when it held nothing', () => {
    const held = allocated('c1', ['198.51.100.1', 'n1'], ['198.51.100.9', 'n2']);
    given(addressPoolDecider, ...two, held).when({ type: 'ReleasePublicAddresses', region, vpnConnectionId: 'c1' }).decides({ ...held, type: 'PublicAddressesReleased' } as AddressPoolDecision);
    given(addressPoolDecider, ...two).when({ type: 'ReleasePublicAddresses', region, vpnConnectionId: 'c1' }).decides();
  });
});

describe('an address pool refuses', () => {
  it.each<[code: string, field: string | undefined, history: AddressPoolDecision[], command: AddressPoolCommand]>([
    ['public-address-exists', 'publicAddress', two, { type: 'AddPublicAddress', region, address: '198.51.100.1', node: 'n2', facts: here }],
    ['public-address-exists', 'publicAddress', [], { type: 'AddPublicAddress', region, address: '198.51.100.1', node: 'n2', facts: { elsewhere: 'eu-1' } }],
    ...['224.0.0.1', '169.254.1.1', '127.0.0.1', '0.0.0.0', '255.255.255.255'].map((address) =>
      ['public-address-not-usable', 'publicAddress', [], { type: 'AddPublicAddress', region, address, node: 'n2', facts: here }] as [string, string, AddressPoolDecision[], AddressPoolCommand]),
    ['unknown-public-address', 'publicAddress', two, { type: 'RemovePublicAddress', region, address: '198.51.100.3' }],
    ['public-address-in-use', 'vpnConnectionId', [...two, allocated('c1', ['198.51.100.1', 'n1'], ['198.51.100.9', 'n2'])], { type: 'RemovePublicAddress', region, address: '198.51.100.1' }],
    ['address-pool-exhausted', 'cloudPublicIp', [], allocate('c1')],
    ['address-pool-exhausted', 'cloudPublicIp', two.slice(0, 1), allocate('c1')],
  ])('%s (%s)', (code, field, history, command) => given(addressPoolDecider, ...history).when(command).refused(code, field));
});

it('never gives one address to two connections, and parts the nodes whenever both have a free one', () => {
  const pool = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 250 }), fc.constantFrom('n1', 'n2', 'n3')), { selector: ([n]) => n, maxLength: 12 });
  fc.assert(fc.property(pool, fc.array(fc.record({ release: fc.boolean(), connection: fc.integer({ min: 0, max: 4 }) }), { maxLength: 15 }), (addresses, steps) => {
    let state = fold(addressPoolDecider, addresses.map(([n, node]) => added(`198.51.100.${n}`, node)));
    for (const [n, { release, connection }] of steps.entries()) {
      const free = [...state.values()].filter((address) => !address.vpnConnectionId);
      const done = run(addressPoolDecider, state, release ? { type: 'ReleasePublicAddresses', region, vpnConnectionId: `c${connection}` } : allocate(`c${n % 5}`));
      if (isRejection(done)) {
        expect(free.length).toBeLessThan(2);
        continue;
      }
      const [event] = done.events;
      if (event?.type === 'PublicAddressesAllocated') {
        expect(event.addresses.every(({ address }) => free.some((candidate) => candidate.address === address))).toBe(true);
        expect(new Set(event.addresses.map(({ node }) => node)).size).toBe(Math.min(2, new Set(free.map(({ node }) => node)).size));
      }
      state = done.state;
    }
  }), { numRuns: 100 });
});
