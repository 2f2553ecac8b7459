import type { AddressPoolDecision, OwnedAddress } from '@bordergate/contracts';
import { exhaustive, isRejection, parseIpv4, reject, type Decider, type Rejection } from '@bordergate/kernel';
import { withEntry, withoutEntry } from './entries.js';
import { isNoHost } from './internet-address.js';

/**
 * The public addresses of a region, each owned by a worker node. A VPN connection gets two, from two different nodes
 * when there are two, so that a node's loss leaves one of them; the choice is a function of the pool alone.
 */
export interface PublicAddress extends OwnedAddress { readonly vpnConnectionId: string | null }
export type AddressPoolState = ReadonlyMap<string, PublicAddress>;

export type AddressPoolCommand =
  | {
    type: 'AddPublicAddress'; region: string; address: string; node: string;
    /** The region whose pool has the address already, other than this one. */
    facts: { elsewhere: string | undefined };
  }
  | { type: 'RemovePublicAddress'; region: string; address: string }
  | { type: 'AllocatePublicAddresses'; region: string; vpnConnectionId: string }
  | { type: 'ReleasePublicAddresses'; region: string; vpnConnectionId: string };

export const addressPoolDecider: Decider<AddressPoolState, AddressPoolCommand, AddressPoolDecision> = {
  initial: new Map(),

  evolve(state, event) {
    switch (event.type) {
      case 'PublicAddressAdded': return withEntry(state, event.address, { address: event.address, node: event.node, vpnConnectionId: null });
      case 'PublicAddressRemoved': return withoutEntry(state, event.address);
      case 'PublicAddressesAllocated': return hold(state, event.addresses, event.vpnConnectionId);
      case 'PublicAddressesReleased': return hold(state, event.addresses, null);
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    const { region } = command;
    switch (command.type) {
      case 'AddPublicAddress': {
        const { address, node } = command;
        if (isNoHost(address)) return reject('public-address-not-usable', 'an address that a host can have', 'publicAddress');
        if (state.has(address)) return reject('public-address-exists', `${address} is in the pool, owned by node ${state.get(address)!.node}`, 'publicAddress');
        // A packet has one destination: an address of two pools would sooner or later be given to two connections (ADR 14).
        if (command.facts.elsewhere !== undefined) return reject('public-address-exists', `${address} is in the pool of region ${command.facts.elsewhere}`, 'publicAddress');
        return [{ type: 'PublicAddressAdded', region, address, node }];
      }
      case 'RemovePublicAddress': {
        const { address } = command;
        const holder = state.get(address);
        if (!holder) return reject('unknown-public-address', 'the pool has no such address', 'publicAddress');
        if (holder.vpnConnectionId) return reject('public-address-in-use', `held by ${holder.vpnConnectionId}: delete the VPN connection first`, 'vpnConnectionId');
        return [{ type: 'PublicAddressRemoved', region, address }];
      }
      case 'AllocatePublicAddresses': {
        const addresses = chooseAddresses(state);
        return isRejection(addresses) ? addresses : [{ type: 'PublicAddressesAllocated', region, vpnConnectionId: command.vpnConnectionId, addresses }];
      }
      case 'ReleasePublicAddresses': {
        const addresses = [...state.values()].filter((held) => held.vpnConnectionId === command.vpnConnectionId).map(({ address, node }) => ({ address, node }));
        return addresses.length === 0 ? [] : [{ type: 'PublicAddressesReleased', region, vpnConnectionId: command.vpnConnectionId, addresses }];
      }
      default: return exhaustive(command);
    }
  },
};

const hold = (state: AddressPoolState, addresses: readonly OwnedAddress[], vpnConnectionId: string | null): AddressPoolState =>
  new Map([...state, ...addresses.filter(({ address }) => state.has(address)).map(({ address, node }) => [address, { address, node, vpnConnectionId }] as const)]);

const numeric = (address: string): number => parseIpv4(address) ?? 0;

/** The least used node's lowest free address, then the same of the other nodes; only when there is no other node, a second one of the same. */
function chooseAddresses(state: AddressPoolState): OwnedAddress[] | Rejection {
  const used = new Map<string, number>();
  for (const { node, vpnConnectionId } of state.values()) used.set(node, (used.get(node) ?? 0) + (vpnConnectionId ? 1 : 0));
  const free = [...state.values()].filter((candidate) => !candidate.vpnConnectionId)
    .sort((a, b) => used.get(a.node)! - used.get(b.node)! || numeric(a.address) - numeric(b.address))
    .map(({ address, node }) => ({ address, node }));
  const [first] = free;
  const second = free.find((candidate) => candidate.node !== first?.node) ?? free[1];
  if (!first || !second) {
    return reject('address-pool-exhausted', `a VPN connection needs two public addresses; the region's pool has ${free.length} free: add some with POST publicAddresses`, 'cloudPublicIp');
  }
  return [first, second];
}
