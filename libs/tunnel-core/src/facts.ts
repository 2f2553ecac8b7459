import type {
  AdminStatus, BgpOptions, Decision, DecisionOf, FibEntryInstalled, QuotaSettings, RouteAdvertised, RouteLimitReached, RouteRefused, TrafficSelector, TunnelSpec, VpcRoutePropagated,
} from '@bordergate/contracts';
import { withQuota } from '@bordergate/contracts';
import { joinWanted } from './join.js';
import type { Wanted } from './wanted.js';

export interface VpcFacts {
  region: string;
  subnets: Map<string, { cidr: string; routeTableId: string }>;
}
export interface GatewayFacts {
  transitEnabled: boolean;
  attachments: Map<string, string>; // vpcAttachmentId -> vpcId
  staticRoutes: Map<string, { prefix: string; vpnConnectionId: string }>;
  /** Static routes over a virtual interface. */
  directRoutes: Map<string, { prefix: string; vifId: string }>;
}
export interface ConnectionFacts {
  region: string;
  borderGatewayId: string;
  bgpEnabled: boolean;
  localAsn: number;
  customerAsn: number;
  bgpOptions: BgpOptions;
  trafficSelectors: readonly TrafficSelector[];
  /** The generation: how often it was enabled. */
  tunnels: Map<string, { spec: TunnelSpec; adminStatus: AdminStatus; generation: number }>;
}
/** A virtual interface as it was decided last. */
export type VifFacts = Omit<DecisionOf<'VirtualInterfaceCreated'>, 'type'>;
/** Where a tunnel is or last was: what its worker needs to take it down after it was removed. */
export interface KnownTunnel { region: string; borderGatewayId: string; vpnConnectionId: string; spec: TunnelSpec }

/** The facts by source, not yet joined: streams may arrive in any order relative to one another. */
export interface FactTables {
  readonly vpcs: ReadonlyMap<string, VpcFacts>;
  readonly gateways: ReadonlyMap<string, GatewayFacts & { region: string }>;
  readonly connections: ReadonlyMap<string, ConnectionFacts>;
  readonly vifs: ReadonlyMap<string, VifFacts>;
  readonly fib: ReadonlyMap<string, FibEntryInstalled>;
  readonly vpcRoutes: ReadonlyMap<string, VpcRoutePropagated>;
  readonly ribOut: ReadonlyMap<string, RouteAdvertised>;
  readonly refused: ReadonlyMap<string, RouteRefused>;
  /** By region. */
  readonly quotas: ReadonlyMap<string, QuotaSettings>;
}
export type Derived = FibEntryInstalled | VpcRoutePropagated | RouteAdvertised | RouteRefused | RouteLimitReached;

/**
 * Takes in every fact and keeps the last word of each source; `wanted` joins them when asked. Memoryless: within a
 * stream decisions count in their order, between streams no order exists, and a second arrival of a decision (known by
 * its log position) changes nothing. So a worker that restarts, lags or reads twice wants the same.
 */
export class Facts implements FactTables {
  readonly vpcs = new Map<string, VpcFacts>();
  readonly gateways = new Map<string, GatewayFacts & { region: string }>();
  readonly connections = new Map<string, ConnectionFacts>();
  readonly vifs = new Map<string, VifFacts>();
  readonly fib = new Map<string, FibEntryInstalled>();
  readonly vpcRoutes = new Map<string, VpcRoutePropagated>();
  readonly ribOut = new Map<string, RouteAdvertised>();
  readonly refused = new Map<string, RouteRefused>();
  readonly quotas = new Map<string, QuotaSettings>();
  readonly #known = new Map<string, KnownTunnel>();
  /** Log position up to which each stream has been read. */
  readonly #read = new Map<string, bigint>();

  /** What node N of a region must run. */
  wanted(region: string, node: string): Wanted {
    return joinWanted(this, region, node);
  }

  /** A tunnel that is or once was; undefined for one that no decision ever named. */
  known(tunnelId: string): KnownTunnel | undefined {
    return this.#known.get(tunnelId);
  }

  derived(key: string, derivation: Derived): void {
    switch (derivation.type) {
      case 'FibEntryInstalled': this.fib.set(key, derivation); break;
      case 'VpcRoutePropagated': this.vpcRoutes.set(key, derivation); break;
      case 'RouteAdvertised': this.ribOut.set(key, derivation); break;
      case 'RouteRefused': this.refused.set(key, derivation); break;
      case 'RouteLimitReached': break; // a warning to people
    }
  }

  /** A table's null: the key is gone. */
  withdrawn(table: 'fib' | 'vpcRoutes' | 'ribOut' | 'refused', key: string): void {
    this[table].delete(key);
  }

  decided(stream: string, position: bigint, decision: Decision): void {
    if (position <= (this.#read.get(stream) ?? -1n)) return;
    this.#read.set(stream, position);
    this.#vpc(decision);
    this.#gateway(decision);
    this.#connection(decision);
    if (decision.type === 'QuotaSet') this.quotas.set(decision.region, withQuota(this.quotas.get(decision.region) ?? new Map(), decision));
    this.#virtualInterface(decision);
  }

  #vpc(decision: Decision): void {
    switch (decision.type) {
      case 'VpcCreated': this.vpcs.set(decision.vpcId, { region: decision.region, subnets: new Map() }); break;
      case 'VpcDeleted': this.vpcs.delete(decision.vpcId); break;
      case 'SubnetCreated': this.vpcs.get(decision.vpcId)?.subnets.set(decision.subnetId, { cidr: decision.cidr, routeTableId: decision.routeTableId }); break;
      case 'SubnetDeleted': this.vpcs.get(decision.vpcId)?.subnets.delete(decision.subnetId); break;
      case 'SubnetRouteTableChanged': {
        const subnet = this.vpcs.get(decision.vpcId)?.subnets.get(decision.subnetId);
        if (subnet) subnet.routeTableId = decision.routeTableId;
        break;
      }
    }
  }

  #gateway(decision: Decision): void {
    switch (decision.type) {
      case 'BorderGatewayCreated': this.gateways.set(decision.borderGatewayId, { region: decision.region, transitEnabled: false, attachments: new Map(), staticRoutes: new Map(), directRoutes: new Map() }); break;
      case 'TransitChanged': {
        const gateway = this.gateways.get(decision.borderGatewayId);
        if (gateway) gateway.transitEnabled = decision.transitEnabled;
        break;
      }
      case 'BorderGatewayDeleted': this.gateways.delete(decision.borderGatewayId); break;
      case 'VpcAttached':
      case 'VpcAttachmentUpdated': this.gateways.get(decision.borderGatewayId)?.attachments.set(decision.vpcAttachmentId, decision.vpcId); break;
      case 'VpcDetached': this.gateways.get(decision.borderGatewayId)?.attachments.delete(decision.vpcAttachmentId); break;
      case 'StaticRouteAdded':
        // Towards an attachment it reaches us through the RIB's FIB, with what it lost or won against.
        if (decision.nextHopType === 'vpn_connection') this.gateways.get(decision.borderGatewayId)?.staticRoutes.set(decision.staticRouteId, { prefix: decision.destination, vpnConnectionId: decision.nextHopId });
        if (decision.nextHopType === 'private_vif') this.gateways.get(decision.borderGatewayId)?.directRoutes.set(decision.staticRouteId, { prefix: decision.destination, vifId: decision.nextHopId });
        break;
      case 'StaticRouteRemoved': {
        const gateway = this.gateways.get(decision.borderGatewayId);
        gateway?.staticRoutes.delete(decision.staticRouteId);
        gateway?.directRoutes.delete(decision.staticRouteId);
        break;
      }
    }
  }

  #connection(decision: Decision): void {
    switch (decision.type) {
      case 'VpnConnectionCreated': {
        const { region, borderGatewayId, bgpEnabled, localAsn, customerAsn, bgpOptions } = decision;
        this.connections.set(decision.vpnConnectionId, { region, borderGatewayId, bgpEnabled, localAsn, customerAsn, bgpOptions, trafficSelectors: [], tunnels: new Map() });
        break;
      }
      case 'VpnConnectionUpdated': {
        const connection = this.connections.get(decision.vpnConnectionId);
        if (connection) Object.assign(connection, { bgpEnabled: decision.bgpEnabled, bgpOptions: decision.bgpOptions });
        break;
      }
      case 'TrafficSelectorsChanged': {
        const connection = this.connections.get(decision.vpnConnectionId);
        if (connection) connection.trafficSelectors = decision.trafficSelectors;
        break;
      }
      case 'VpnConnectionDeleted': this.connections.delete(decision.vpnConnectionId); break;
      case 'TunnelAdded': this.#tunnel(decision.vpnConnectionId, decision.tunnel, 'UP'); break;
      case 'TunnelReconfigured': this.#tunnel(decision.vpnConnectionId, decision.tunnel); break;
      case 'TunnelEnabled': this.#admin(decision.vpnConnectionId, decision.tunnelId, 'UP'); break;
      case 'TunnelDisabled': this.#admin(decision.vpnConnectionId, decision.tunnelId, 'DOWN'); break;
      case 'TunnelRemoved': this.connections.get(decision.vpnConnectionId)?.tunnels.delete(decision.tunnelId); break;
    }
  }

  #virtualInterface(decision: Decision): void {
    switch (decision.type) {
      case 'VirtualInterfaceCreated': {
        const { type: _, ...vif } = decision;
        this.vifs.set(vif.vifId, vif);
        break;
      }
      case 'VirtualInterfaceChanged':
      case 'VirtualInterfaceEnabled':
      case 'VirtualInterfaceDisabled': {
        const before = this.vifs.get(decision.vifId);
        if (!before) break;
        const { type, ...change } = decision;
        const adminStatus = type === 'VirtualInterfaceChanged' ? before.adminStatus : type === 'VirtualInterfaceEnabled' ? 'UP' : 'DOWN';
        this.vifs.set(decision.vifId, { ...before, ...change, adminStatus });
        break;
      }
      case 'VirtualInterfaceDeleted': this.vifs.delete(decision.vifId); break;
    }
  }

  #tunnel(vpnConnectionId: string, spec: TunnelSpec, adminStatus?: AdminStatus): void {
    const connection = this.connections.get(vpnConnectionId);
    if (!connection) return;
    const before = connection.tunnels.get(spec.tunnelId);
    connection.tunnels.set(spec.tunnelId, { spec, adminStatus: adminStatus ?? before?.adminStatus ?? 'UP', generation: before?.generation ?? 0 });
    this.#known.set(spec.tunnelId, { region: connection.region, borderGatewayId: connection.borderGatewayId, vpnConnectionId, spec });
  }

  #admin(vpnConnectionId: string, tunnelId: string, adminStatus: AdminStatus): void {
    const tunnel = this.connections.get(vpnConnectionId)?.tunnels.get(tunnelId);
    if (!tunnel) return;
    tunnel.adminStatus = adminStatus;
    if (adminStatus === 'UP') tunnel.generation++;
  }
}
