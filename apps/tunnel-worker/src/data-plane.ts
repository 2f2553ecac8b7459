import type { BirdBfdSession, BirdGateway, BirdProtocol, BirdRoute } from '@bordergate/bird';
import type { Driver } from '@bordergate/contracts';
import type { FoundVif, Verdict } from '@bordergate/tunnel-core';
import type { IkeSa, ViciMessage } from '@bordergate/vici';

/**
 * The node's hands: everything the worker does to Linux, charon and BIRD goes through this port. Drivers: libipsec
 * (user-space ESP), simulated (no root, no daemons), xfrm (kernel ESP, a later issue).
 *
 * Every `ensure` is idempotent and adopts what is already there; every `remove` of the absent is no error. State is
 * always what was found by looking, never what is remembered. Names of namespaces and devices follow from ids, so a
 * restarted worker finds them again. Failures throw a DataPlaneError that says which command failed and why.
 */
export interface DataPlane {
  readonly kind: Driver;

  /** Namespace of a border gateway (its FIB), with forwarding on; between outside legs only where transit is switched on. */
  ensureGateway(gateway: GatewayPort): Promise<void>;
  removeGateway(borderGatewayId: string): Promise<void>;

  /** The VPC stand-in: a namespace with a bridge per subnet (its first host address is the subnet's router). */
  ensureVpc(vpc: VpcPort): Promise<void>;
  removeVpc(vpcId: string): Promise<void>;
  /** The link between a gateway and a VPC. Answers the link's addresses: BIRD routes the subnets via `vpcAddress`. */
  ensureAttachment(attachment: AttachmentPort): Promise<AttachmentLink>;
  removeAttachment(attachment: AttachmentPort): Promise<void>;

  /** Outer namespace with the cloud address, wired to the uplink, charon running and answering VICI. */
  ensureOuter(tunnel: TunnelPort): Promise<void>;
  /** The tunnel device in the gateway's namespace with the inner address; made down, up when `setDevice` says so. */
  ensureDevice(tunnel: TunnelPort): Promise<void>;
  setDevice(tunnel: TunnelPort, up: boolean): Promise<void>;
  charon(tunnel: TunnelPort): CharonPort;
  /** What is there now; a tunnel never made answers all false and empty. */
  inspect(tunnel: TunnelPort): Promise<TunnelFound>;
  counters(tunnel: TunnelPort): Promise<TunnelCounters | undefined>;
  /** Ends charon (planned: SAs are deleted first by the plan) and removes device, namespace and wiring. */
  removeTunnel(tunnel: Pick<TunnelPort, 'tunnelId'>): Promise<void>;

  /** The ends of direct connections. */
  readonly vifs: VifPlane;

  bird(borderGatewayId: string): BirdPort;
  readonly sentinel: SentinelPort;
  /** Routes that protocol bird has in the gateway's kernel FIB. `device` is the name found; see `deviceNames`. */
  kernelFib(borderGatewayId: string): Promise<KernelRoute[]>;

  /** What of ours exists on this node, whoever made it: for adoption and for the sweep after reading to the end. */
  found(): Promise<{ borderGatewayIds: string[]; vpcIds: string[]; attachments: AttachmentPort[]; tunnelIds: string[]; vifs: VifPlace[] }>;

  /** Something changed and should be looked at again; carries no state. */
  onChange(listener: (change: Change) => void): void;
  /** Stops watching; daemons, namespaces and tunnels stay and keep forwarding. */
  close(): Promise<void>;
}

export type Change =
  | { what: 'tunnel'; tunnelId: string; event: string }
  | { what: 'gateway'; borderGatewayId: string; event: string };

export interface GatewayPort { borderGatewayId: string; transitEnabled: boolean }

export interface VpcPort {
  vpcId: string;
  subnets: { subnetId: string; cidr: string; routeTableId: string }[];
  /** Effective routes to gateways per route table; more than one gateway for a prefix is ECMP. */
  routes: { routeTableId: string; prefix: string; vpcAttachmentIds: string[] }[];
}

export interface AttachmentPort { vpcAttachmentId: string; borderGatewayId: string; vpcId: string }
export interface AttachmentLink { device: string; gatewayAddress: string; vpcAddress: string }

export interface VifPlane {
  /** Moves the interface, or makes its VLAN, into the gateway's namespace, down when new, with exactly this address. */
  take(vif: VifPort): Promise<void>;
  setDevice(vif: VifPlace, up: boolean): Promise<void>;
  inspect(vif: VifPort): Promise<FoundVif>;
  counters(vif: VifPlace): Promise<VifCounters | undefined>;
  /** The interface goes back to the node; a VLAN is unmade. */
  giveBack(vif: VifPlace): Promise<void>;
}
export interface VifPlace { vifId: string; borderGatewayId: string }
export interface VifPort extends VifPlace {
  /** Of the node. */
  interface: string;
  vlanId: number | null;
  /** With its length. */
  localAddress: string;
}
export interface VifCounters { counterEpoch: string; io: Io }

export interface TunnelPort {
  tunnelId: string;
  borderGatewayId: string;
  cloudPublicIp: string;
  customerIp: string;
  /** Inner addresses of the /30. */
  localTunnelIp: string;
  remoteTunnelIp: string;
  bandwidthMbps: number;
}

/** Commands to the tunnel's charon; names and values as VICI has them. */
export interface CharonPort {
  loadShared(secret: { id: string; type: 'IKE'; data: string; owners: string[] }): Promise<void>;
  unloadShared(id: string): Promise<void>;
  loadConn(name: string, connection: ViciMessage): Promise<void>;
  unloadConn(name: string): Promise<void>;
  /** Starts the negotiation; resolves when up, or rejects with charon's control log when it failed or took longer. */
  initiate(request: { ike: string; child: string; timeoutMs: number }): Promise<void>;
  /** Deletes SAs with the peer; falls back to forced deletion when the peer does not answer within the time. */
  terminate(request: { ike: string } | { ikeId: string }, timeoutMs: number): Promise<void>;
}

export interface TunnelFound {
  outer: boolean;
  /** charon answers VICI. Its start (ms since 1970) tells one life from another. */
  charonRunning: boolean;
  charonStartedAt: number | null;
  connections: string[];
  secrets: string[];
  ikeSas: IkeSa[];
  /** `bandwidthMbps`: the cap as found; a driver that cannot tell leaves it out. */
  device: { name: string; up: boolean; address: string | null; bandwidthMbps?: number } | null;
}

export interface TunnelCounters {
  /** Changes when counters start again from zero. */
  counterEpoch: string;
  original: Io;
  encrypted: Io;
}
export interface Io { bytesIn: number; bytesOut: number; packetsIn: number; packetsOut: number }

export interface BirdPort {
  /** Where BIRD is to log: the rendered text names it. */
  readonly logFile: string;
  /** Writes the configuration and starts BIRD, or reconfigures it when the text differs from what runs. */
  ensure(config: BirdConfig): Promise<'started' | 'reconfigured' | 'unchanged'>;
  running(): Promise<boolean>;
  protocols(): Promise<BirdProtocol[]>;
  /** Routes a protocol brought in and that are not refused. */
  routesOf(protocol: string): Promise<BirdRoute[]>;
  bfdSessions(): Promise<BirdBfdSession[]>;
  /** Adj-RIB-In of an established session: all that the peer says. */
  heardFrom(protocol: string): Promise<BirdRoute[]>;
  disable(protocol: string): Promise<void>;
  enable(protocol: string): Promise<void>;
  /** The session ends and begins anew. */
  restart(protocol: string): Promise<void>;
}

/** Watches over the peers of tunnels whose CHILD SA stands (tunnel-core/liveness.ts), beside the worker's own work. */
export interface SentinelPort {
  /** The tunnels of a gateway to be watched from now on, with what IKE says of them; what is known of those that stay is kept. */
  watch(borderGatewayId: string, tunnels: readonly SentinelTarget[]): void;
  /** BIRD was asked for its BFD sessions: the neighbours with which one is up. Changes it sees for itself. */
  bfdLookedUp(borderGatewayId: string, up: readonly string[]): void;
  /** Probes since this was asked before. */
  samples(): Promise<readonly ProbeSample[]>;
  /** Told on change. With `hold-down` the device is down already. */
  onJudgement(listener: (judgement: Judgement) => void): void;
}

export interface SentinelTarget {
  tunnelId: string;
  localTunnelIp: string;
  remoteTunnelIp: string;
  /** The IKE SAs that carry it; none while its end is intended, or has come. */
  ikeSas: readonly string[];
  dpd: boolean;
  /** Its tunnels are ways to the same. */
  vpnConnectionId: string;
  /** Another tunnel of the connection is enabled, and ends on another node. */
  hasOtherElsewhere: boolean;
}

export interface Judgement {
  tunnelId: string;
  verdict: Verdict;
  because?: 'probes' | 'bfd';
  /** No other tunnel of the gateway was heard, either. */
  alone?: boolean;
  heardMsAgo?: number;
  relapses?: number;
}

export interface ProbeSample {
  tunnelId: string;
  sent: number;
  received: number;
  rttMs: { min: number; avg: number; max: number } | null;
  answers: boolean;
}

/** bird.conf, and the value it was rendered from: the simulated driver has no BIRD to read the text. */
export interface BirdConfig { text: string; value: BirdGateway }

export interface KernelRoute { prefix: string; nextHops: { device: string; via: string | null }[] }

/** What names on the node carry of an id. */
export const randomPart = (id: string): string => id.slice(id.lastIndexOf('-') + 1).slice(0, 13);

/** Interface names (at most 15 characters) from ids: the kind's letter and the random part of the id. */
export const deviceNames = {
  tunnel: (tunnelId: string) => `t-${randomPart(tunnelId)}`,
  /** A virtual interface, in the gateway's namespace: "d" for direct. */
  vif: (vifId: string) => `d-${randomPart(vifId)}`,
  attachment: (vpcAttachmentId: string) => `a-${randomPart(vpcAttachmentId)}`,
  /** The attachment's end in the VPC's namespace. */
  attachmentPeer: (vpcAttachmentId: string) => `b-${randomPart(vpcAttachmentId)}`,
  subnetBridge: (subnetId: string) => `s-${randomPart(subnetId)}`,
  /** A tunnel's end in the uplink namespace. */
  uplink: (tunnelId: string) => `x-${randomPart(tunnelId)}`,
};

/** BIRD protocol names are identifiers: "b_" and the random part of the tunnel's or virtual interface's id. */
export const birdProtocolName = (peerId: string): string => `b_${randomPart(peerId)}`;

/** Namespaces, below the node's prefix. */
export const namespaceNames = (prefix: string) => ({
  gateway: (borderGatewayId: string) => `${prefix}g-${randomPart(borderGatewayId)}`,
  vpc: (vpcId: string) => `${prefix}v-${randomPart(vpcId)}`,
  outer: (tunnelId: string) => `${prefix}o-${randomPart(tunnelId)}`,
});

/** A step on the node that failed: the command and what it said, enough to understand it without running it again. */
export class DataPlaneError extends Error {
  override readonly name = 'DataPlaneError';

  constructor(readonly command: string, readonly detail: string, options?: ErrorOptions) {
    super(`${command}: ${detail}`, options);
  }
}
