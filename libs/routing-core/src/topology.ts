import {
  BorderGatewayDecision, limitOf, RegionDecision, VirtualInterfaceDecision, VpcDecision, VpnConnectionDecision, withQuota, type Decision, type QuotaSettings, type QuotaType, type StaticNextHopType,
} from '@bordergate/contracts';
import { prefixOf, type Prefix } from '@bordergate/kernel';
import { propagating, type AttachmentSpan } from './attachment-span.js';
import { evolveVirtualInterface, type VirtualInterface } from './legs.js';
import { Backlinks } from './backlinks.js';
import type { DecisionEvent, Said } from './said.js';

/** What was chosen, as far as routing cares: the fold of the decisions, one stream at a time. `said` is where it comes from. */
export interface Gateway {
  readonly region: string;
  readonly transitEnabled: boolean;
  readonly attachments: Map<string, Attachment>;
  readonly staticRoutes: Map<string, StaticRoute>;
}
export interface Attachment extends AttachmentSpan {
  /** The last decision about it. */
  readonly said: Said;
}
export interface StaticRoute {
  readonly destination: Prefix;
  readonly nextHopType: StaticNextHopType;
  readonly nextHopId: string;
  readonly said: Said;
}
export interface Subnet {
  readonly cidr: Prefix;
  readonly said: Said;
}
export interface VpcRouteTable {
  readonly propagations: Map<string, { readonly borderGatewayId: string; readonly cidrs: readonly Prefix[]; readonly said: Said }>;
  readonly statics: Map<string, { readonly destination: Prefix; readonly borderGatewayId: string; readonly said: Said }>;
}
export interface Vpc {
  readonly region: string;
  readonly cidr: Prefix;
  readonly said: Said;
  readonly subnets: Map<string, Subnet>;
  readonly routeTables: Map<string, VpcRouteTable>;
}
export interface Tunnel {
  readonly node: string;
  readonly enabled: boolean;
  /** The decision that made its admin status what it is. */
  readonly said: Said;
}
export interface Connection {
  readonly region: string;
  readonly borderGatewayId: string;
  readonly bgpEnabled: boolean;
  readonly localAsn: number;
  readonly customerAsn: number;
  readonly tunnels: Map<string, Tunnel>;
}

export interface DecisionFact {
  readonly kind: 'decision';
  readonly stream: string;
  /** Place in the log: grows along a stream, and says over all streams what was decided first. */
  readonly position: bigint;
  readonly decision: Decision;
  /** For people who ask why; no table depends on it. */
  readonly event?: DecisionEvent;
}

/** Whose tables a decision can change. */
export interface Touched {
  readonly gateways: readonly string[];
  readonly vpcs: readonly string[];
}
const NOTHING: Touched = { gateways: [], vpcs: [] };

interface Kind<D> {
  readonly types: ReadonlySet<string>;
  readonly of?: D;
}
const kind = <D>(union: { readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[] }): Kind<D> => ({
  types: new Set(union.options.map((option) => option.shape.type.value)),
});
const VPC = kind<VpcDecision>(VpcDecision);
const GATEWAY = kind<BorderGatewayDecision>(BorderGatewayDecision);
const CONNECTION = kind<VpnConnectionDecision>(VpnConnectionDecision);
const VIF = kind<VirtualInterfaceDecision>(VirtualInterfaceDecision);
const REGION = kind<RegionDecision>(RegionDecision);
const isOf = <D extends Decision>({ types }: Kind<D>, decision: Decision): decision is D => types.has(decision.type);

/**
 * The order of decisions is only relied on within a stream. A reference to what is not here (yet, or any more) is kept
 * as it was said and resolved when it is used: missing means closed.
 */
export class Topology {
  readonly gateways = new Map<string, Gateway>();
  readonly vpcs = new Map<string, Vpc>();
  readonly connections = new Map<string, Connection>();
  readonly vifs = new Map<string, VirtualInterface>();
  /** Limits that were set, by region. */
  readonly #quotas = new Map<string, QuotaSettings>();
  readonly #connectionOfTunnel = new Map<string, string>();
  readonly #read = new Map<string, bigint>();
  readonly #connectionsOfGateway = new Backlinks();
  readonly #vifsOfGateway = new Backlinks();
  readonly #vpcsUsingGateway = new Backlinks();
  readonly #gatewaysAttachedToVpc = new Backlinks();

  apply({ stream, position, decision, event }: DecisionFact): Touched {
    if (position <= (this.#read.get(stream) ?? -1n)) return NOTHING; // law 4: everything may arrive twice
    this.#read.set(stream, position);
    const said: Said = { type: decision.type, stream, position, event };
    if (isOf(VPC, decision)) return this.#vpc(decision, said);
    if (isOf(GATEWAY, decision)) return this.#gateway(decision, said);
    if (isOf(CONNECTION, decision)) return this.#connection(decision, said);
    if (isOf(REGION, decision)) return this.#region(decision);
    if (isOf(VIF, decision)) {
      const gateway = evolveVirtualInterface(this.vifs, decision, said);
      const vif = this.vifs.get(decision.vifId);
      this.#vifsOfGateway.set(decision.vifId, vif ? [vif.borderGatewayId] : []);
      return gateway === undefined ? NOTHING : { gateways: [gateway], vpcs: [] };
    }
    return NOTHING; // customer gateways and address pools: what routing needs of them is in the connection's decisions
  }

  /** The limit of a gateway or a route table, whose region that is. */
  limit(type: QuotaType, region: string, parentResourceId: string): number {
    return limitOf(this.#quotas.get(region) ?? new Map(), type, parentResourceId);
  }

  connectionOf(tunnelId: string): string | undefined {
    return this.#connectionOfTunnel.get(tunnelId);
  }

  tunnel(tunnelId: string): { readonly tunnel: Tunnel; readonly connection: Connection; readonly vpnConnectionId: string } | undefined {
    const vpnConnectionId = this.#connectionOfTunnel.get(tunnelId);
    const connection = vpnConnectionId === undefined ? undefined : this.connections.get(vpnConnectionId);
    const tunnel = connection?.tunnels.get(tunnelId);
    return tunnel && { tunnel, connection: connection!, vpnConnectionId: vpnConnectionId! };
  }

  *connectionsOf(borderGatewayId: string): Generator<[string, Connection]> {
    for (const id of this.#connectionsOfGateway.of(borderGatewayId)) yield [id, this.connections.get(id)!];
  }

  vifsOf(borderGatewayId: string): string[] {
    return this.#vifsOfGateway.of(borderGatewayId);
  }

  /** The attachments between a gateway and a VPC; at most one by the product's rule. */
  attachments(borderGatewayId: string, vpcId: string): string[] {
    const all = this.gateways.get(borderGatewayId)?.attachments ?? new Map<string, Attachment>();
    return [...all].filter(([, attachment]) => attachment.vpcId === vpcId).map(([id]) => id);
  }

  /** VPCs with a relation or a static route to the gateway. */
  vpcsUsing(borderGatewayId: string): string[] {
    return this.#vpcsUsingGateway.of(borderGatewayId);
  }

  /** Gateways with an attachment in the VPC. */
  gatewaysAttachedTo(vpcId: string): string[] {
    return this.#gatewaysAttachedToVpc.of(vpcId);
  }

  #vpc(decision: VpcDecision, said: Said): Touched {
    const vpc = this.vpcs.get(decision.vpcId);
    if (decision.type === 'VpcCreated') {
      const routeTables = new Map([[decision.mainRouteTableId, newRouteTable()]]);
      this.vpcs.set(decision.vpcId, { region: decision.region, cidr: prefixOf(decision.cidr), said, subnets: new Map(), routeTables });
    } else if (decision.type === 'VpcDeleted') {
      this.vpcs.delete(decision.vpcId);
    } else if (vpc) {
      evolveVpc(vpc, decision, said);
    }
    const tables = [...this.vpcs.get(decision.vpcId)?.routeTables.values() ?? []];
    this.#vpcsUsingGateway.set(decision.vpcId, tables.flatMap((table) => [...table.propagations.values(), ...table.statics.values()].map((entry) => entry.borderGatewayId)));
    return { gateways: this.gatewaysAttachedTo(decision.vpcId), vpcs: [decision.vpcId] };
  }

  #gateway(decision: BorderGatewayDecision, said: Said): Touched {
    const id = decision.borderGatewayId;
    const gateway = this.gateways.get(id);
    const here: Touched = { gateways: [id], vpcs: [] };
    switch (decision.type) {
      case 'BorderGatewayCreated':
        this.gateways.set(id, { region: decision.region, transitEnabled: false, attachments: new Map(), staticRoutes: new Map() });
        break;
      case 'BorderGatewayDeleted':
        this.gateways.delete(id);
        break;
      case 'VpcAttached':
      case 'VpcAttachmentUpdated':
        gateway?.attachments.set(decision.vpcAttachmentId, { ...propagating(gateway.attachments.get(decision.vpcAttachmentId), decision, said.position), said });
        break;
      case 'VpcDetached':
        gateway?.attachments.delete(decision.vpcAttachmentId);
        break;
      case 'StaticRouteAdded':
        gateway?.staticRoutes.set(decision.staticRouteId, { destination: prefixOf(decision.destination), nextHopType: decision.nextHopType, nextHopId: decision.nextHopId, said });
        return here;
      case 'StaticRouteRemoved':
        gateway?.staticRoutes.delete(decision.staticRouteId);
        return here;
      case 'TransitChanged':
        if (gateway) this.gateways.set(id, { ...gateway, transitEnabled: decision.transitEnabled });
        return here;
      case 'BorderGatewayUpdated':
      case 'StaticRouteUpdated':
        return NOTHING;
    }
    this.#gatewaysAttachedToVpc.set(id, [...this.gateways.get(id)?.attachments.values() ?? []].map((attachment) => attachment.vpcId));
    return { gateways: [id], vpcs: this.vpcsUsing(id) };
  }

  /** A limit may be that of any gateway or table of the region: few decisions are of this kind. */
  #region(decision: RegionDecision): Touched {
    if (decision.type !== 'QuotaSet') return NOTHING;
    const { region } = decision;
    this.#quotas.set(region, withQuota(this.#quotas.get(region) ?? new Map(), decision));
    const inRegion = (all: ReadonlyMap<string, { readonly region: string }>) => [...all].filter(([, one]) => one.region === region).map(([id]) => id);
    return { gateways: inRegion(this.gateways), vpcs: inRegion(this.vpcs) };
  }

  #connection(decision: VpnConnectionDecision, said: Said): Touched {
    const id = decision.vpnConnectionId;
    const before = this.connections.get(id);
    switch (decision.type) {
      case 'VpnConnectionCreated':
        this.connections.set(id, { region: decision.region, borderGatewayId: decision.borderGatewayId, bgpEnabled: decision.bgpEnabled, localAsn: decision.localAsn, customerAsn: decision.customerAsn, tunnels: new Map() });
        break;
      case 'VpnConnectionUpdated':
        if (before) this.connections.set(id, { ...before, bgpEnabled: decision.bgpEnabled });
        break;
      case 'VpnConnectionDeleted':
        for (const tunnelId of before?.tunnels.keys() ?? []) this.#connectionOfTunnel.delete(tunnelId);
        this.connections.delete(id);
        break;
      case 'TunnelAdded':
      case 'TunnelReconfigured': {
        const { tunnelId, node } = decision.tunnel;
        const was = before?.tunnels.get(tunnelId);
        before?.tunnels.set(tunnelId, { node, enabled: was?.enabled ?? true, said: was?.said ?? said });
        if (before) this.#connectionOfTunnel.set(tunnelId, id);
        break;
      }
      case 'TunnelEnabled':
      case 'TunnelDisabled': {
        const tunnel = before?.tunnels.get(decision.tunnelId);
        if (tunnel) before!.tunnels.set(decision.tunnelId, { ...tunnel, enabled: decision.type === 'TunnelEnabled', said });
        break;
      }
      case 'TunnelRemoved':
        if (before?.tunnels.delete(decision.tunnelId)) this.#connectionOfTunnel.delete(decision.tunnelId);
        break;
      case 'TunnelPskRevealed':
      case 'TrafficSelectorsChanged':
        return NOTHING;
    }
    const gateway = (this.connections.get(id) ?? before)?.borderGatewayId;
    this.#connectionsOfGateway.set(id, this.connections.has(id) ? [gateway!] : []);
    return gateway === undefined ? NOTHING : { gateways: [gateway], vpcs: [] };
  }
}

const newRouteTable = (): VpcRouteTable => ({ propagations: new Map(), statics: new Map() });

function evolveVpc(vpc: Vpc, decision: VpcDecision, said: Said): void {
  switch (decision.type) {
    case 'SubnetCreated':
      vpc.subnets.set(decision.subnetId, { cidr: prefixOf(decision.cidr), said });
      break;
    case 'SubnetDeleted':
      vpc.subnets.delete(decision.subnetId);
      break;
    case 'VpcRouteTableCreated':
      if (!vpc.routeTables.has(decision.routeTableId)) vpc.routeTables.set(decision.routeTableId, newRouteTable());
      break;
    case 'VpcRouteTableDeleted':
      vpc.routeTables.delete(decision.routeTableId);
      break;
    case 'RoutePropagationAdded':
    case 'RoutePropagationUpdated':
      vpc.routeTables.get(decision.routeTableId)?.propagations.set(decision.propagationId, { borderGatewayId: decision.borderGatewayId, cidrs: decision.cidrs.map(prefixOf), said });
      break;
    case 'RoutePropagationRemoved':
      vpc.routeTables.get(decision.routeTableId)?.propagations.delete(decision.propagationId);
      break;
    case 'VpcStaticRouteAdded':
      vpc.routeTables.get(decision.routeTableId)?.statics.set(decision.vpcRouteId, { destination: prefixOf(decision.destination), borderGatewayId: decision.borderGatewayId, said });
      break;
    case 'VpcStaticRouteRemoved':
      vpc.routeTables.get(decision.routeTableId)?.statics.delete(decision.vpcRouteId);
      break;
    default: // names, and which subnet uses which table: nothing a table's content depends on
  }
}
