import type { CustomerGatewayDecision, DecisionOf, QuotaSettings } from '@bordergate/contracts';
import { exhaustive, reject, sameData, type Decider, type Rejection } from '@bordergate/kernel';
import { notOnTheInternet } from './internet-address.js';
import { overQuota } from './region.js';

/**
 * A customer gateway (semantics 1.3): the customer's side by its public addresses and AS number. The number never
 * changes; the addresses only while no tunnel leans on them.
 */
export interface CustomerGateway {
  readonly customerGatewayId: string;
  readonly name: string;
  readonly description: string;
  readonly customerIps: readonly string[];
  readonly bgpAsn: number;
}
export type CustomerGatewayState = CustomerGateway | undefined;

export type CustomerGatewayCommand =
  | {
    type: 'CreateCustomerGateway'; customerGatewayId: string; region: string; name: string; description: string; customerIps: readonly string[]; bgpAsn: number;
    facts: { quotas: QuotaSettings; customerGatewaysInRegion: number };
  }
  | {
    type: 'UpdateCustomerGateway'; name?: string | undefined; description?: string | undefined; customerIps?: readonly string[] | undefined;
    /** Tunnels of any connection that uses this gateway. */
    facts: { tunnelIds: readonly string[] };
  }
  | { type: 'DeleteCustomerGateway'; facts: { vpnConnectionIds: readonly string[] } };
type CommandOf<T extends CustomerGatewayCommand['type']> = Extract<CustomerGatewayCommand, { type: T }>;

export const customerGatewayDecider: Decider<CustomerGatewayState, CustomerGatewayCommand, CustomerGatewayDecision> = {
  initial: undefined,

  evolve(state, event) {
    if (event.type === 'CustomerGatewayCreated') return created(event);
    if (!state || event.type === 'CustomerGatewayDeleted') return undefined;
    return { ...state, name: event.name, description: event.description, customerIps: event.customerIps };
  },

  decide(state, command) {
    if (command.type === 'CreateCustomerGateway') return state ? reject('id-taken', `${command.customerGatewayId} exists`, 'customerGatewayId') : create(command);
    if (!state) return reject('unknown-customer-gateway', 'there is no such customer gateway', 'customerGatewayId');
    switch (command.type) {
      case 'UpdateCustomerGateway': return update(state, command);
      case 'DeleteCustomerGateway':
        return command.facts.vpnConnectionIds.length > 0
          ? reject('customer-gateway-in-use', `delete the VPN connections that use it first: ${command.facts.vpnConnectionIds.join(', ')}`, 'vpnConnectionIds')
          : [{ type: 'CustomerGatewayDeleted', customerGatewayId: state.customerGatewayId }];
      default: return exhaustive(command);
    }
  },
};

type Decided = readonly CustomerGatewayDecision[] | Rejection;

const created = ({ customerGatewayId, name, description, customerIps, bgpAsn }: DecisionOf<'CustomerGatewayCreated'>): CustomerGateway =>
  ({ customerGatewayId, name, description, customerIps, bgpAsn });

const create = ({ facts, type: _, ...gateway }: CommandOf<'CreateCustomerGateway'>): Decided =>
  overQuota(facts.quotas, 'customer_gateway', null, facts.customerGatewaysInRegion, 'region')
    ?? unreachable(gateway.customerIps)
    ?? [{ type: 'CustomerGatewayCreated', ...gateway, customerIps: [...gateway.customerIps] }];

function update(state: CustomerGateway, command: CommandOf<'UpdateCustomerGateway'>): Decided {
  const { name = state.name, description = state.description } = command;
  const inUse = command.facts.tunnelIds.length > 0;
  const customerIps = command.customerIps === undefined || (inUse && sameSet(command.customerIps, state.customerIps)) ? state.customerIps : command.customerIps;
  const after: CustomerGateway = { ...state, name, description, customerIps };
  if (sameData(state, after)) return [];
  if (!sameData(state.customerIps, customerIps)) {
    if (inUse) return reject('customer-gateway-has-tunnels', `addresses change only while no tunnel uses the gateway: ${command.facts.tunnelIds.join(', ')}`, 'customerIps');
    const bad = unreachable(customerIps);
    if (bad) return bad;
  }
  return [{ type: 'CustomerGatewayUpdated', customerGatewayId: state.customerGatewayId, name, description, customerIps: [...customerIps] }];
}

/** Their order only says how tunnels are dealt out: once there are tunnels, the same addresses in another order change nothing. */
const sameSet = (a: readonly string[], b: readonly string[]): boolean => sameData([...a].sort(), [...b].sort());

function unreachable(customerIps: readonly string[]): Rejection | undefined {
  for (const [index, address] of customerIps.entries()) {
    const why = notOnTheInternet(address);
    if (why) return reject('customer-ip-not-routable', `an address that the internet can reach; ${address} is ${why}`, `customerIps[${index}]`);
  }
  return undefined;
}
