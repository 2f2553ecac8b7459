import type { AdminStatus, CloudEvent, Decision, DecisionOf, TunnelSpec } from '@bordergate/contracts';
import { History, type Change } from './history.js';
import { RecentIds } from './recent-ids.js';

export interface ConfiguredConnection {
  readonly vpnConnectionId: string;
  readonly region: string;
  readonly name: string;
  readonly borderGatewayId: string;
  readonly customerGatewayId: string;
  readonly bgpEnabled: boolean;
}

export interface ConfiguredTunnel {
  readonly spec: TunnelSpec;
  readonly vpnConnectionId: string;
  readonly adminStatus: AdminStatus;
  readonly addedAt: string;
  readonly history: History;
}

type Event<T extends Decision['type']> = DecisionOf<T>;

/** What the decisions say there is: the set of tunnels that every view and every metric must show, up or down. */
export class Configured {
  readonly #connections = new Map<string, ConfiguredConnection & { seen: RecentIds; tunnelIds: Set<string> }>();
  readonly #tunnels = new Map<string, ConfiguredTunnel>();
  readonly #names = new Map<string, string>();
  readonly #gateways = new Map<string, string>();

  constructor(private readonly onChange: (tunnelId: string, change: Change) => void = () => {}) {}

  tunnel(tunnelId: string): ConfiguredTunnel | undefined {
    return this.#tunnels.get(tunnelId);
  }

  connection(vpnConnectionId: string): ConfiguredConnection | undefined {
    return this.#connections.get(vpnConnectionId);
  }

  /** The region of a border gateway that there is. */
  gatewayRegion(borderGatewayId: string): string | undefined {
    return this.#gateways.get(borderGatewayId);
  }

  tunnels(): Iterable<ConfiguredTunnel> {
    return this.#tunnels.values();
  }

  /** The name of a border or customer gateway; its id while its decision has not come (sources have no order). */
  nameOf(gatewayId: string): string {
    return this.#names.get(gatewayId) ?? gatewayId;
  }

  /** Answers which tunnels look different now, and which are gone for ever. */
  apply(event: CloudEvent<Decision>): { changed: string[]; removed: string[] } {
    const decision = event.data;
    switch (decision.type) {
      case 'BorderGatewayCreated':
        this.#gateways.set(decision.borderGatewayId, decision.region);
        this.#names.set(decision.borderGatewayId, decision.name);
        return NOTHING;
      case 'BorderGatewayUpdated':
        this.#names.set(decision.borderGatewayId, decision.name);
        return NOTHING;
      case 'CustomerGatewayCreated':
      case 'CustomerGatewayUpdated':
        this.#names.set(decision.customerGatewayId, decision.name);
        return NOTHING;
      case 'BorderGatewayDeleted':
        this.#names.delete(decision.borderGatewayId);
        this.#gateways.delete(decision.borderGatewayId);
        return NOTHING;
      case 'CustomerGatewayDeleted':
        this.#names.delete(decision.customerGatewayId);
        return NOTHING;
      case 'VpnConnectionCreated':
        this.#createConnection(decision);
        return NOTHING;
      case 'VpnConnectionUpdated':
      case 'TunnelAdded':
      case 'TunnelReconfigured':
      case 'TunnelEnabled':
      case 'TunnelDisabled':
      case 'TunnelRemoved':
      case 'VpnConnectionDeleted':
        return this.#ofConnection(event as CloudEvent<Event<typeof decision.type>>);
      default:
        return NOTHING; // VPCs, attachments, static routes, the pool: nothing a tunnel shows
    }
  }

  #createConnection({ vpnConnectionId, region, name, borderGatewayId, customerGatewayId, bgpEnabled }: Event<'VpnConnectionCreated'>): void {
    if (this.#connections.has(vpnConnectionId)) return;
    this.#connections.set(vpnConnectionId, {
      vpnConnectionId, region, name, borderGatewayId, customerGatewayId, bgpEnabled, seen: new RecentIds(), tunnelIds: new Set(),
    });
  }

  #ofConnection(event: CloudEvent<Event<
    'VpnConnectionUpdated' | 'TunnelAdded' | 'TunnelReconfigured' | 'TunnelEnabled' | 'TunnelDisabled' | 'TunnelRemoved' | 'VpnConnectionDeleted'
  >>): { changed: string[]; removed: string[] } {
    const decision = event.data;
    const connection = this.#connections.get(decision.vpnConnectionId);
    if (!connection?.seen.admit(event.id)) return NOTHING; // a duplicate, or of a connection that is deleted
    switch (decision.type) {
      case 'VpnConnectionUpdated':
        this.#connections.set(decision.vpnConnectionId, { ...connection, name: decision.name, bgpEnabled: decision.bgpEnabled });
        return { changed: [...connection.tunnelIds], removed: [] };
      case 'TunnelAdded': {
        const tunnel: ConfiguredTunnel = {
          spec: decision.tunnel, vpnConnectionId: decision.vpnConnectionId, adminStatus: 'UP', addedAt: event.time,
          history: new History((change) => this.onChange(decision.tunnel.tunnelId, change)),
        };
        this.#tunnels.set(decision.tunnel.tunnelId, tunnel);
        connection.tunnelIds.add(decision.tunnel.tunnelId);
        return changed(tunnel, { at: event.time, what: 'added', detail: `by ${event.actor}` });
      }
      case 'TunnelReconfigured':
        return this.#change(decision.tunnel.tunnelId, { spec: decision.tunnel }, { at: event.time, what: 'reconfigured', detail: `by ${event.actor}` });
      case 'TunnelEnabled':
        return this.#change(decision.tunnelId, { adminStatus: 'UP' }, { at: event.time, what: 'admin UP', detail: `by ${event.actor}` });
      case 'TunnelDisabled':
        return this.#change(decision.tunnelId, { adminStatus: 'DOWN' }, { at: event.time, what: 'admin DOWN', detail: `by ${event.actor}` });
      case 'TunnelRemoved':
        this.#tunnels.get(decision.tunnelId)?.history.add({ at: event.time, what: 'removed', detail: `by ${event.actor}` });
        this.#tunnels.delete(decision.tunnelId);
        connection.tunnelIds.delete(decision.tunnelId);
        return { changed: [], removed: [decision.tunnelId] };
      case 'VpnConnectionDeleted': {
        for (const tunnelId of connection.tunnelIds) this.#tunnels.get(tunnelId)?.history.add({ at: event.time, what: 'removed', detail: `with its connection, by ${event.actor}` });
        this.#connections.delete(decision.vpnConnectionId);
        for (const tunnelId of connection.tunnelIds) this.#tunnels.delete(tunnelId);
        return { changed: [], removed: [...connection.tunnelIds] };
      }
    }
  }

  #change(tunnelId: string, to: Partial<ConfiguredTunnel>, change: Change): { changed: string[]; removed: string[] } {
    const before = this.#tunnels.get(tunnelId);
    if (!before) return NOTHING;
    const tunnel = { ...before, ...to };
    this.#tunnels.set(tunnelId, tunnel);
    return changed(tunnel, change);
  }
}

const NOTHING = { changed: [], removed: [] };

function changed(tunnel: ConfiguredTunnel, change: Change): { changed: string[]; removed: string[] } {
  tunnel.history.add(change);
  return { changed: [tunnel.spec.tunnelId], removed: [] };
}
