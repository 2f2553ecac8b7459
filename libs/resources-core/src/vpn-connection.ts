import { initialPairs, type BgpOptions, type DecisionOf, type OwnedAddress, type QuotaSettings, type TrafficSelector, type TunnelSpec, type VpnConnectionDecision } from '@bordergate/contracts';
import { exhaustive, isRejection, reject, sameData, type Decider, type Rejection } from '@bordergate/kernel';
import { allOrNothing } from './all-or-nothing.js';
import { changedTimers, sameAsn, withKeepalive, type BgpTimers, type BgpTimersChange } from './bgp-timers.js';
import { withEntry, withoutEntry } from './entries.js';
import { initialTunnels, type InitialTunnelRequest } from './initial-tunnels.js';
import { overQuota } from './region.js';
import { selectorProblem } from './traffic-selectors.js';
import { changedTunnel, newTunnel, type TunnelChange, type TunnelFacts, type TunnelRequest } from './tunnel-spec.js';

/**
 * A VPN connection and its tunnels (semantics 1.4, 1.5, 4.1): two cloud addresses against the addresses of one
 * customer gateway. The tunnel's end points never change; everything else may, UP or not (the worker then
 * renegotiates); only deleting asks for adminStatus DOWN. No secret passes through here: pskRef names it.
 */
export interface Tunnel {
  readonly spec: TunnelSpec;
  readonly adminStatus: 'UP' | 'DOWN';
  /** How often it was enabled: each time it is negotiated anew. */
  readonly generation: number;
}
export interface VpnConnection {
  readonly vpnConnectionId: string;
  readonly name: string;
  readonly description: string;
  readonly borderGatewayId: string;
  readonly customerGatewayId: string;
  readonly bgpEnabled: boolean;
  readonly localAsn: number;
  readonly customerAsn: number;
  readonly cloudPublicIps: readonly OwnedAddress[];
  readonly bgpOptions: BgpOptions;
  /** None: everything, 0.0.0.0/0 on both sides. */
  readonly trafficSelectors: readonly TrafficSelector[];
  readonly tunnels: ReadonlyMap<string, Tunnel>;
}
export type VpnConnectionState = VpnConnection | undefined;

export interface ConnectionFacts {
  readonly quotas: QuotaSettings;
  /** Undefined when the region has no such gateway. */
  readonly borderGateway: { readonly vpnConnections: number } | undefined;
  readonly customerGateway: { readonly bgpAsn: number } | undefined;
  /** What the region's address pool allocates to this connection, or its refusal. */
  readonly cloudPublicIps: readonly OwnedAddress[] | Rejection;
}

export type VpnConnectionCommand =
  | {
    type: 'CreateVpnConnection'; vpnConnectionId: string; region: string; name: string; description: string; borderGatewayId: string; customerGatewayId: string;
    bgpEnabled: boolean; localAsn: number; bgpTimers: BgpTimers; facts: ConnectionFacts;
  }
  | {
    type: 'UpdateVpnConnection'; name?: string | undefined; description?: string | undefined; bgpEnabled?: boolean | undefined; bgpTimers?: BgpTimersChange | undefined;
    trafficSelectors?: readonly TrafficSelector[] | undefined; facts: { quotas: QuotaSettings };
  }
  /** The initial set of a connection without tunnels; of one with tunnels, several more. */
  | { type: 'AddTunnels'; tunnels: readonly InitialTunnelRequest[]; secrets: readonly { readonly tunnelId: string; readonly pskRef: string }[]; facts: TunnelFacts }
  | { type: 'AddTunnel'; tunnel: TunnelRequest; facts: TunnelFacts }
  | { type: 'ReconfigureTunnel'; tunnelId: string; change: TunnelChange; facts: Omit<TunnelFacts, 'customerIps'> }
  | { type: 'EnableTunnel'; tunnelId: string }
  | { type: 'DisableTunnel'; tunnelId: string }
  | { type: 'RevealTunnelPsk'; tunnelId: string }
  | { type: 'RemoveTunnel'; tunnelId: string }
  | { type: 'DeleteVpnConnection'; facts: { staticRouteIds: readonly string[] } };
type CommandOf<T extends VpnConnectionCommand['type']> = Extract<VpnConnectionCommand, { type: T }>;

export const vpnConnectionDecider: Decider<VpnConnectionState, VpnConnectionCommand, VpnConnectionDecision> = {
  initial: undefined,

  evolve(state, event) {
    if (event.type === 'VpnConnectionCreated') return created(event);
    if (!state || event.type === 'VpnConnectionDeleted') return undefined;
    switch (event.type) {
      case 'VpnConnectionUpdated': return { ...state, name: event.name, description: event.description, bgpEnabled: event.bgpEnabled, bgpOptions: event.bgpOptions };
      case 'TrafficSelectorsChanged': return { ...state, trafficSelectors: event.trafficSelectors };
      case 'TunnelAdded': return { ...state, tunnels: withEntry(state.tunnels, event.tunnel.tunnelId, { spec: event.tunnel, adminStatus: 'UP', generation: 0 }) };
      case 'TunnelReconfigured': return changeTunnel(state, event.tunnel.tunnelId, { spec: event.tunnel });
      case 'TunnelEnabled': return changeTunnel(state, event.tunnelId, { adminStatus: 'UP', generation: (state.tunnels.get(event.tunnelId)?.generation ?? 0) + 1 });
      case 'TunnelDisabled': return changeTunnel(state, event.tunnelId, { adminStatus: 'DOWN' });
      case 'TunnelPskRevealed': return state;
      case 'TunnelRemoved': return { ...state, tunnels: withoutEntry(state.tunnels, event.tunnelId) };
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    if (command.type === 'CreateVpnConnection') return state ? reject('id-taken', `${command.vpnConnectionId} exists`, 'vpnConnectionId') : create(command);
    if (!state) return reject('unknown-vpn-connection', 'there is no such VPN connection', 'vpnConnectionId');
    const { vpnConnectionId } = state;
    switch (command.type) {
      case 'UpdateVpnConnection': return update(state, command);
      case 'AddTunnels': return addTunnels(state, command);
      case 'AddTunnel': {
        const tunnel = newTunnel(command.tunnel, state.cloudPublicIps, specsOf(state), command.facts);
        return isRejection(tunnel) ? tunnel : [{ type: 'TunnelAdded', vpnConnectionId, tunnel }];
      }
      case 'DeleteVpnConnection': return deleteConnection(state, command);
    }
    const tunnel = state.tunnels.get(command.tunnelId);
    if (!tunnel) return reject('unknown-tunnel', 'the VPN connection has no such tunnel', 'vpnTunnelId');
    const { tunnelId } = command;
    switch (command.type) {
      case 'ReconfigureTunnel': {
        const after = changedTunnel(tunnel.spec, command.change, command.facts);
        if (isRejection(after)) return after;
        return sameData(tunnel.spec, after) ? [] : [{ type: 'TunnelReconfigured', vpnConnectionId, tunnel: after }];
      }
      // Asking for what already is, is no mistake and no event.
      case 'EnableTunnel': return tunnel.adminStatus === 'UP' ? [] : [{ type: 'TunnelEnabled', vpnConnectionId, tunnelId }];
      case 'DisableTunnel': return tunnel.adminStatus === 'DOWN' ? [] : [{ type: 'TunnelDisabled', vpnConnectionId, tunnelId }];
      case 'RevealTunnelPsk': return [{ type: 'TunnelPskRevealed', vpnConnectionId, tunnelId }];
      case 'RemoveTunnel':
        return tunnel.adminStatus === 'UP'
          ? reject('tunnel-not-disabled', 'only a tunnel whose adminStatus is DOWN can be deleted: disable it first', 'adminStatus')
          : [{ type: 'TunnelRemoved', vpnConnectionId, tunnelId }];
      default: return exhaustive(command);
    }
  },
};

type Decided = readonly VpnConnectionDecision[] | Rejection;

function created(event: DecisionOf<'VpnConnectionCreated'>): VpnConnection {
  const { vpnConnectionId, name, description, borderGatewayId, customerGatewayId, bgpEnabled, localAsn, customerAsn, cloudPublicIps, bgpOptions } = event;
  return { vpnConnectionId, name, description, borderGatewayId, customerGatewayId, bgpEnabled, localAsn, customerAsn, cloudPublicIps, bgpOptions, trafficSelectors: [], tunnels: new Map() };
}

function changeTunnel(state: VpnConnection, tunnelId: string, change: Partial<Tunnel>): VpnConnection {
  const tunnel = state.tunnels.get(tunnelId);
  return tunnel ? { ...state, tunnels: withEntry(state.tunnels, tunnelId, { ...tunnel, ...change }) } : state;
}

const specsOf = (state: VpnConnection): TunnelSpec[] => [...state.tunnels.values()].map((tunnel) => tunnel.spec);

function create({ facts, type: _, bgpTimers, ...connection }: CommandOf<'CreateVpnConnection'>): Decided {
  const { quotas, borderGateway, customerGateway, cloudPublicIps } = facts;
  if (!borderGateway) return reject('unknown-border-gateway', 'there is no such border gateway in the region', 'bgwId');
  if (!customerGateway) return reject('unknown-customer-gateway', 'there is no such customer gateway in the region', 'cgwId');
  const customerAsn = customerGateway.bgpAsn;
  const refused = sameAsn(connection.bgpEnabled, connection.localAsn, customerAsn, 'localAsn')
    ?? overQuota(quotas, 'vpn_connection', connection.borderGatewayId, borderGateway.vpnConnections, 'bgwId');
  if (refused) return refused;
  if (isRejection(cloudPublicIps)) return cloudPublicIps;
  return [{ type: 'VpnConnectionCreated', ...connection, customerAsn, cloudPublicIps: [...cloudPublicIps], bgpOptions: withKeepalive(bgpTimers) }];
}

function update(state: VpnConnection, command: CommandOf<'UpdateVpnConnection'>): Decided {
  const { vpnConnectionId } = state;
  const { name = state.name, description = state.description, bgpEnabled = state.bgpEnabled, bgpTimers = {}, trafficSelectors = state.trafficSelectors } = command;
  const bgpOptions = changedTimers(state.bgpOptions, bgpTimers);
  const refused = sameAsn(bgpEnabled, state.localAsn, state.customerAsn, 'bgpEnabled')
    ?? changedSelectors(state, command, bgpEnabled);
  if (refused) return refused;
  const updated: VpnConnectionDecision = { type: 'VpnConnectionUpdated', vpnConnectionId, name, description, bgpEnabled, bgpOptions };
  const selectors: VpnConnectionDecision = { type: 'TrafficSelectorsChanged', vpnConnectionId, trafficSelectors: [...trafficSelectors] };
  return [
    ...(sameData({ name, description, bgpEnabled, bgpOptions }, { name: state.name, description: state.description, bgpEnabled: state.bgpEnabled, bgpOptions: state.bgpOptions }) ? [] : [updated]),
    ...(sameData(trafficSelectors, state.trafficSelectors) ? [] : [selectors]),
  ];
}

/** Only what changes is judged: selectors that were accepted stay, whatever the quota is today; but not beside BGP. */
function changedSelectors({ vpnConnectionId, trafficSelectors: before }: VpnConnection, { trafficSelectors, facts }: CommandOf<'UpdateVpnConnection'>, bgpEnabled: boolean): Rejection | undefined {
  if (trafficSelectors !== undefined && !sameData(trafficSelectors, before)) return selectorProblem(trafficSelectors, { vpnConnectionId, bgpEnabled, ...facts });
  return bgpEnabled && before.length > 0 ? reject('vpn-connection-has-selectors', 'BGP needs a connection without traffic selectors: take them away first, or with the same change', 'bgpEnabled') : undefined;
}

/** Each tunnel is judged in the presence of those before it, so two of one request clash as two requests would. */
function addTunnels(state: VpnConnection, { tunnels, secrets, facts }: CommandOf<'AddTunnels'>): Decided {
  const first = state.tunnels.size === 0;
  if (!first && tunnels.length === 0) return reject('tunnels-exist', 'the set by default is for a connection without tunnels: name cloudPublicIp and customerIp of each further one', 'tunnels');
  const cloudIps = state.cloudPublicIps.map(({ address }) => address);
  const requests = initialTunnels(tunnels, secrets, first ? initialPairs(cloudIps, facts.customerIps) : []);
  if (isRejection(requests)) return requests;
  // An explicit inner prefix of a later tunnel must not be taken by an allocation for an earlier one.
  const asked = requests.flatMap(({ tunnelIp }) => (tunnelIp?.endsWith('/30') ? tunnelIp : []));
  return allOrNothing(vpnConnectionDecider, state as VpnConnectionState, 'tunnels', requests, (present, request) => {
    const own = specsOf(present!);
    const innerPrefixes = [...facts.innerPrefixes, ...own.map(({ tunnelIp }) => tunnelIp), ...(request.tunnelIp === undefined ? asked : [])];
    const tunnel = newTunnel(request, state.cloudPublicIps, own, { ...facts, innerPrefixes });
    return isRejection(tunnel) ? tunnel : [{ type: 'TunnelAdded', vpnConnectionId: state.vpnConnectionId, tunnel }];
  });
}

function deleteConnection(state: VpnConnection, { facts }: CommandOf<'DeleteVpnConnection'>): Decided {
  if (state.tunnels.size > 0) return reject('vpn-connection-has-tunnels', `delete its tunnels first: ${[...state.tunnels.keys()].join(', ')}`, 'vpnTunnelIds');
  if (facts.staticRouteIds.length > 0) return reject('vpn-connection-in-use', `delete the static routes that point at it first: ${facts.staticRouteIds.join(', ')}`, 'bgwRouteNexthop');
  return [{ type: 'VpnConnectionDeleted', vpnConnectionId: state.vpnConnectionId }];
}
