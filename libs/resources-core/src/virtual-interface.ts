import type { BgpOptions, DecisionOf, LineEnd, QuotaSettings, VirtualInterfaceDecision } from '@bordergate/contracts';
import { exhaustive, isRejection, reject, sameData, type Decider, type Rejection } from '@bordergate/kernel';
import { changedTimers, sameAsn, withKeepalive, type BgpTimers, type BgpTimersChange } from './bgp-timers.js';
import { overQuota } from './region.js';
import { vifAddresses } from './vif-addresses.js';

/**
 * A virtual interface (semantics 3.1, 3.5, 4.3): the end of a direct connection on a border gateway. Gateway, line and
 * the cloud's AS number never change; the rest may, UP or not. While a static route leads to it, it stays.
 */
export interface VirtualInterface {
  readonly vifId: string;
  readonly name: string;
  readonly description: string;
  readonly borderGatewayId: string;
  readonly line: LineEnd;
  readonly vifIp: string;
  readonly localVifIp: string;
  readonly remoteVifIp: string;
  readonly bgpEnabled: boolean;
  readonly localAsn: number;
  /** Null while nobody has said it: only without BGP. */
  readonly customerAsn: number | null;
  readonly bgpOptions: BgpOptions;
  readonly adminStatus: 'UP' | 'DOWN';
}
export type VirtualInterfaceState = VirtualInterface | undefined;

export type VirtualInterfaceCommand =
  | {
    type: 'CreateVirtualInterface'; vifId: string; region: string; name: string; description: string; borderGatewayId: string; line: LineEnd; vifIp?: string | undefined;
    bgpEnabled: boolean; localAsn: number; customerAsn?: number | undefined; bgpTimers: BgpTimers;
    facts: {
      quotas: QuotaSettings;
      /** Undefined when the region has no such gateway. */
      borderGateway: { readonly virtualInterfaces: number } | undefined;
      /** Of every tunnel and virtual interface of the gateway. */
      innerPrefixes: readonly string[];
      /** Who has this interface of the node, or VLANs of it, already. */
      onInterface: readonly { readonly vifId: string; readonly vlanId: number | null }[];
    };
  }
  | {
    type: 'UpdateVirtualInterface'; name?: string | undefined; description?: string | undefined; vifIp?: string | undefined; bgpEnabled?: boolean | undefined; customerAsn?: number | undefined;
    bgpTimers?: BgpTimersChange | undefined;
    /** Of every tunnel and every other virtual interface of the gateway. */
    facts: { innerPrefixes: readonly string[] };
  }
  | { type: 'EnableVirtualInterface' }
  | { type: 'DisableVirtualInterface' }
  | { type: 'DeleteVirtualInterface'; facts: { staticRouteIds: readonly string[] } };
type CommandOf<T extends VirtualInterfaceCommand['type']> = Extract<VirtualInterfaceCommand, { type: T }>;

export const virtualInterfaceDecider: Decider<VirtualInterfaceState, VirtualInterfaceCommand, VirtualInterfaceDecision> = {
  initial: undefined,

  evolve(state, event) {
    if (event.type === 'VirtualInterfaceCreated') return created(event);
    if (!state || event.type === 'VirtualInterfaceDeleted') return undefined;
    switch (event.type) {
      case 'VirtualInterfaceChanged': {
        const { type: _, ...after } = event;
        return { ...state, ...after };
      }
      case 'VirtualInterfaceEnabled': return { ...state, adminStatus: 'UP' };
      case 'VirtualInterfaceDisabled': return { ...state, adminStatus: 'DOWN' };
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    if (command.type === 'CreateVirtualInterface') return state ? reject('id-taken', `${command.vifId} exists`, 'vifId') : create(command);
    if (!state) return reject('unknown-virtual-interface', 'there is no such virtual interface', 'vifId');
    const { vifId } = state;
    switch (command.type) {
      case 'UpdateVirtualInterface': return update(state, command);
      // Asking for what already is, is no mistake and no event.
      case 'EnableVirtualInterface': return state.adminStatus === 'UP' ? [] : [{ type: 'VirtualInterfaceEnabled', vifId }];
      case 'DisableVirtualInterface': return state.adminStatus === 'DOWN' ? [] : [{ type: 'VirtualInterfaceDisabled', vifId }];
      case 'DeleteVirtualInterface': {
        const { staticRouteIds } = command.facts;
        return staticRouteIds.length > 0
          ? reject('virtual-interface-in-use', `delete the static routes that point at it first: ${staticRouteIds.join(', ')}`, 'bgwRouteNexthop')
          : [{ type: 'VirtualInterfaceDeleted', vifId }];
      }
      default: return exhaustive(command);
    }
  },
};

type Decided = readonly VirtualInterfaceDecision[] | Rejection;

const created = ({ type: _, region: __, ...vif }: DecisionOf<'VirtualInterfaceCreated'>): VirtualInterface => vif;

function create({ facts, type: _, bgpTimers, customerAsn: asn, vifIp, ...vif }: CommandOf<'CreateVirtualInterface'>): Decided {
  const customerAsn = asn ?? null;
  const { quotas, borderGateway, innerPrefixes, onInterface } = facts;
  if (!borderGateway) return reject('unknown-border-gateway', 'there is no such border gateway in the region', 'bgwId');
  const refused = overQuota(quotas, 'vif', vif.borderGatewayId, borderGateway.virtualInterfaces, 'bgwId')
    ?? lineTaken(vif.line, onInterface)
    ?? asnProblem(vif.bgpEnabled, vif.localAsn, customerAsn);
  if (refused) return refused;
  const addresses = vifAddresses(vifIp, innerPrefixes);
  if (isRejection(addresses)) return addresses;
  return [{ type: 'VirtualInterfaceCreated', ...vif, ...addresses, customerAsn, bgpOptions: withKeepalive(bgpTimers), adminStatus: 'UP' }];
}

function update(state: VirtualInterface, command: CommandOf<'UpdateVirtualInterface'>): Decided {
  const { name = state.name, description = state.description, vifIp = state.vifIp, bgpEnabled = state.bgpEnabled, bgpTimers = {}, facts } = command;
  const customerAsn = command.customerAsn ?? state.customerAsn;
  const addresses = vifAddresses(vifIp, facts.innerPrefixes);
  if (isRejection(addresses)) return addresses;
  const refused = asnProblem(bgpEnabled, state.localAsn, customerAsn);
  if (refused) return refused;
  const { vifId, localAsn } = state;
  const after = { vifId, name, description, ...addresses, bgpEnabled, localAsn, customerAsn, bgpOptions: changedTimers(state.bgpOptions, bgpTimers) };
  return sameData(state, { ...state, ...after }) ? [] : [{ type: 'VirtualInterfaceChanged', ...after }];
}

/** One virtual interface per line: an interface is taken whole, or by its VLANs, one each. */
function lineTaken({ node, interface: name, vlanId }: LineEnd, others: readonly { readonly vifId: string; readonly vlanId: number | null }[]): Rejection | undefined {
  const other = others.find((each) => vlanId === null || each.vlanId === null || each.vlanId === vlanId);
  if (!other) return undefined;
  const what = other.vlanId === null ? `has ${name} of ${node} whole` : `has VLAN ${other.vlanId} on ${name} of ${node}`;
  return reject('line-taken', `${other.vifId} ${what}`, vlanId === null || other.vlanId === null ? 'interface' : 'vlanId');
}

function asnProblem(bgpEnabled: boolean, localAsn: number, customerAsn: number | null): Rejection | undefined {
  if (!bgpEnabled) return undefined;
  return customerAsn === null ? reject('customer-asn-needed', "BGP needs the customer's AS number", 'customerAsn') : sameAsn(bgpEnabled, localAsn, customerAsn, 'customerAsn');
}
