import type { AdminStatus, BgpOptions, LineEnd, PeerRef, RouteType, TrafficSelector, TunnelRef, TunnelSpec, VifRef } from '@bordergate/contracts';

/**
 * What one node must run, joined from all facts. Lists are sorted, so that equal wishes are equal data.
 *
 * A gateway is present on a node when it owns a tunnel or a virtual interface there or has a VPC attached: VPCs reach one another through
 * it on every node, and a packet from a VPC needs a gateway on its own node. Missing means closed: an attachment
 * whose VPC is unknown, or a route over an attachment that is unknown, is not wanted yet.
 */
export interface Wanted {
  readonly gateways: ReadonlyMap<string, WantedGateway>;
  readonly vpcs: ReadonlyMap<string, WantedVpc>;
  readonly tunnels: ReadonlyMap<string, WantedTunnel>;
  readonly vifs: ReadonlyMap<string, WantedVif>;
}

export interface WantedGateway {
  readonly borderGatewayId: string;
  /** The BGP identifier: differs between nodes, for two speakers of one AS must not share it (RFC 6286). */
  readonly routerId: string;
  readonly attachments: readonly WantedAttachment[];
  /** What the RIB installed with attachments as next hops; several are ECMP. */
  readonly attachmentRoutes: readonly { readonly prefix: string; readonly routeType: RouteType; readonly vpcAttachmentIds: readonly string[] }[];
  /** As decided: next hop is a connection; which of its tunnels carry it is BIRD's to see. */
  readonly staticRoutes: readonly { readonly prefix: string; readonly vpnConnectionId: string }[];
  /** Whether packets may go from one outside leg to another (semantics 1.1). */
  readonly transitEnabled: boolean;
  /** Destinations over the limit of dynamic routes, as the RIB says; and that limit. */
  readonly refused: readonly string[];
  readonly maxDynamicRoutes: number;
  /** AS numbers under which the gateway speaks, where what it hears from one peer may come back by another. */
  readonly ownAsns: readonly number[];
  /** The gateway's tunnels on this node. */
  readonly tunnels: readonly WantedTunnel[];
  /** The gateway's virtual interfaces on this node. */
  readonly vifs: readonly WantedVif[];
}

export interface WantedAttachment {
  readonly vpcAttachmentId: string;
  readonly borderGatewayId: string;
  readonly vpcId: string;
}

export interface WantedVpc {
  readonly vpcId: string;
  readonly subnets: readonly { readonly subnetId: string; readonly cidr: string; readonly routeTableId: string }[];
  readonly routes: readonly { readonly routeTableId: string; readonly prefix: string; readonly vpcAttachmentIds: readonly string[] }[];
}

export interface WantedTunnel {
  readonly ref: TunnelRef;
  readonly spec: TunnelSpec;
  readonly adminStatus: AdminStatus;
  /** How often it was enabled: each time it is negotiated anew, also where nobody saw it disabled. */
  readonly generation: number;
  /** Another tunnel of its connection is enabled, and ends on another node. */
  readonly hasOtherElsewhere: boolean;
  /** None: everything may pass. */
  readonly trafficSelectors: readonly TrafficSelector[];
  /** Null when the connection does without BGP. */
  readonly bgp: WantedBgp | null;
  /** What the peer is told (Adj-RIB-Out): of our own, and what leads to other outside legs. */
  readonly advertise: readonly string[];
  readonly transit: readonly string[];
}

export interface WantedBgp { readonly localAsn: number; readonly customerAsn: number; readonly options: BgpOptions }

/** The end of a direct connection. Unlike a connection it has one way out, so its static routes are its own. */
export interface WantedVif {
  readonly ref: VifRef;
  readonly line: LineEnd;
  /** With its length: /30. */
  readonly localAddress: string;
  readonly remoteIp: string;
  readonly adminStatus: AdminStatus;
  /** Null when it does without BGP. */
  readonly bgp: WantedBgp | null;
  readonly advertise: readonly string[];
  readonly transit: readonly string[];
  readonly staticPrefixes: readonly string[];
}

/** The two kinds of peers of a gateway, as far as a BGP session is concerned. */
export interface WantedPeer { readonly ref: PeerRef; readonly neighborAddress: string; readonly bgp: WantedBgp | null }
export const peersOf = ({ tunnels, vifs }: Pick<WantedGateway, 'tunnels' | 'vifs'>): WantedPeer[] => [
  ...tunnels.map(({ ref, spec, bgp }) => ({ ref, neighborAddress: spec.remoteTunnelIp, bgp })),
  ...vifs.map(({ ref, remoteIp, bgp }) => ({ ref, neighborAddress: remoteIp, bgp })),
];
