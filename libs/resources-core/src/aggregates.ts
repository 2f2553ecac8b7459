import type { Decision } from '@bordergate/contracts';
import type { Decider } from '@bordergate/kernel';
import { addressPoolDecider } from './address-pool.js';
import { borderGatewayDecider } from './border-gateway.js';
import { customerGatewayDecider } from './customer-gateway.js';
import {
  addressPoolDocuments, borderGatewayDocuments, customerGatewayDocuments, virtualInterfaceDocuments, vpcDocuments, vpnConnectionDocuments, type ResourceDocument,
} from './documents.js';
import { regionDecider } from './region.js';
import { virtualInterfaceDecider } from './virtual-interface.js';
import { vpcDecider } from './vpc.js';
import { vpnConnectionDecider } from './vpn-connection.js';

/** What the view needs of an aggregate, whichever it is: its states stay unknown to the caller. */
export interface Aggregate {
  readonly initial: unknown;
  evolve(state: unknown, event: Decision): unknown;
  documents(state: unknown): ResourceDocument[];
}

/** The one place where the types of state and event are forgotten: a stream only ever holds its own decisions. */
const aggregate = <State, Event extends Decision>(decider: Decider<State, never, Event>, documents: (state: State) => ResourceDocument[]): Aggregate => ({
  initial: decider.initial,
  evolve: (state, event) => decider.evolve(state as State, event as Event),
  documents: (state) => documents(state as State),
});

const AGGREGATES: readonly (readonly [prefix: string, aggregate: Aggregate])[] = [
  ['vpc-', aggregate(vpcDecider, vpcDocuments)],
  ['border-gateway-', aggregate(borderGatewayDecider, borderGatewayDocuments)],
  ['customer-gateway-', aggregate(customerGatewayDecider, customerGatewayDocuments)],
  ['vpn-connection-', aggregate(vpnConnectionDecider, vpnConnectionDocuments)],
  ['virtual-interface-', aggregate(virtualInterfaceDecider, virtualInterfaceDocuments)],
  ['address-pool-', aggregate(addressPoolDecider, addressPoolDocuments)],
  // Settings are no resources: they are read from the stream, and the view has nothing of them.
  ['region-', aggregate(regionDecider, () => [])],
];

/** The aggregate of a stream, by the stream's name. */
export function aggregateOf(stream: string): Aggregate {
  const found = AGGREGATES.find(([prefix]) => stream.startsWith(prefix));
  if (!found) throw new Error(`no aggregate has a stream named ${stream}`);
  return found[1];
}
