import { z } from 'zod';
import { BgpOptions } from './bgp-options.js';
import { QuotaType } from './quotas.js';
import { TunnelOptions } from './tunnel-options.js';
import { AsnNumber, Description, Identity, Ipv4Text, Name, Node, PrefixText, Region } from './values.js';
import { VirtualInterfaceDecision } from './virtual-interface.js';

/**
 * Decisions: what someone chose. Stored for ever, one union over all streams. A decision carries all that its
 * readers need to act on it without asking the service that made it; it never carries a secret (pskRef names one).
 *
 * Streams: vpc-<id>, border-gateway-<id>, customer-gateway-<id>, vpn-connection-<id>, address-pool-<region>, region-<region>,
 * virtual-interface-<id> (virtual-interface.ts).
 */
const id = z.string().min(1).max(64);
const decision = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

// --- vpc-<vpcId>
export const PropagateType = z.enum(['all', 'partial', 'none']);
export type PropagateType = z.infer<typeof PropagateType>;
const VpcCreated = decision('VpcCreated', { vpcId: id, region: Region, name: Name, description: Description, cidr: PrefixText, mainRouteTableId: id });
const VpcUpdated = decision('VpcUpdated', { vpcId: id, name: Name, description: Description });
const SubnetCreated = decision('SubnetCreated', { vpcId: id, subnetId: id, name: Name, cidr: PrefixText, routeTableId: id });
const SubnetDeleted = decision('SubnetDeleted', { vpcId: id, subnetId: id });
const VpcRouteTableCreated = decision('VpcRouteTableCreated', { vpcId: id, routeTableId: id, name: Name });
const VpcRouteTableDeleted = decision('VpcRouteTableDeleted', { vpcId: id, routeTableId: id });
const SubnetRouteTableChanged = decision('SubnetRouteTableChanged', { vpcId: id, subnetId: id, routeTableId: id });
/** Effective routes of the gateway that lie inside one of the prefixes are copied into the VPC route table. */
const RoutePropagationAdded = decision('RoutePropagationAdded', { vpcId: id, routeTableId: id, propagationId: id, borderGatewayId: id, cidrs: z.array(PrefixText) });
const RoutePropagationUpdated = decision('RoutePropagationUpdated', { vpcId: id, routeTableId: id, propagationId: id, borderGatewayId: id, cidrs: z.array(PrefixText) });
const RoutePropagationRemoved = decision('RoutePropagationRemoved', { vpcId: id, routeTableId: id, propagationId: id });
const VpcStaticRouteAdded = decision('VpcStaticRouteAdded', { vpcId: id, routeTableId: id, vpcRouteId: id, destination: PrefixText, borderGatewayId: id, description: Description });
const VpcStaticRouteUpdated = decision('VpcStaticRouteUpdated', { vpcId: id, routeTableId: id, vpcRouteId: id, description: Description });
const VpcStaticRouteRemoved = decision('VpcStaticRouteRemoved', { vpcId: id, routeTableId: id, vpcRouteId: id });
const VpcDeleted = decision('VpcDeleted', { vpcId: id });

// --- border-gateway-<borderGatewayId>
const BorderGatewayCreated = decision('BorderGatewayCreated', { borderGatewayId: id, region: Region, name: Name, description: Description, bgpAsn: AsnNumber });
const BorderGatewayUpdated = decision('BorderGatewayUpdated', { borderGatewayId: id, name: Name, description: Description });
/** Whether what one outside leg (a VPN connection, a direct connection) teaches is forwarded and told to another one. Off until it is said. */
const TransitChanged = decision('TransitChanged', { borderGatewayId: id, transitEnabled: z.boolean() });
const VpcAttached = decision('VpcAttached', { borderGatewayId: id, vpcAttachmentId: id, vpcId: id, name: Name, propagateType: PropagateType, subnetIds: z.array(id) });
const VpcAttachmentUpdated = decision('VpcAttachmentUpdated', { borderGatewayId: id, vpcAttachmentId: id, vpcId: id, name: Name, propagateType: PropagateType, subnetIds: z.array(id) });
const VpcDetached = decision('VpcDetached', { borderGatewayId: id, vpcAttachmentId: id });
export const StaticNextHopType = z.enum(['vpn_connection', 'vpc_attachment', 'private_vif']);
export type StaticNextHopType = z.infer<typeof StaticNextHopType>;
const StaticRouteAdded = decision('StaticRouteAdded', { borderGatewayId: id, staticRouteId: id, destination: PrefixText, nextHopType: StaticNextHopType, nextHopId: id, description: Description });
/** What a route does never changes: it is another route then. */
const StaticRouteUpdated = decision('StaticRouteUpdated', { borderGatewayId: id, staticRouteId: id, description: Description });
const StaticRouteRemoved = decision('StaticRouteRemoved', { borderGatewayId: id, staticRouteId: id });
const BorderGatewayDeleted = decision('BorderGatewayDeleted', { borderGatewayId: id });

// --- customer-gateway-<customerGatewayId>
const CustomerGatewayCreated = decision('CustomerGatewayCreated', { customerGatewayId: id, region: Region, name: Name, description: Description, customerIps: z.array(Ipv4Text), bgpAsn: AsnNumber });
const CustomerGatewayUpdated = decision('CustomerGatewayUpdated', { customerGatewayId: id, name: Name, description: Description, customerIps: z.array(Ipv4Text) });
const CustomerGatewayDeleted = decision('CustomerGatewayDeleted', { customerGatewayId: id });

// --- vpn-connection-<vpnConnectionId>
export const OwnedAddress = z.object({ address: Ipv4Text, node: Node });
export type OwnedAddress = z.infer<typeof OwnedAddress>;
const VpnConnectionCreated = decision('VpnConnectionCreated', {
  vpnConnectionId: id, region: Region, name: Name, description: Description, borderGatewayId: id, customerGatewayId: id, bgpEnabled: z.boolean(),
  localAsn: AsnNumber, customerAsn: AsnNumber, cloudPublicIps: z.array(OwnedAddress), bgpOptions: BgpOptions,
});
const VpnConnectionUpdated = decision('VpnConnectionUpdated', { vpnConnectionId: id, name: Name, description: Description, bgpEnabled: z.boolean(), bgpOptions: BgpOptions });
/** Phase-2 interesting traffic (semantics 1.4): one CHILD SA each, the cloud's subnet against all of the customer's. */
export const TrafficSelector = z.object({ localSubnet: PrefixText, remoteSubnets: z.array(PrefixText).min(1).max(10), description: Description });
export type TrafficSelector = z.infer<typeof TrafficSelector>;
/** The whole list each time; empty, as at first, is 0.0.0.0/0 on both sides. */
const TrafficSelectorsChanged = decision('TrafficSelectorsChanged', { vpnConnectionId: id, trafficSelectors: z.array(TrafficSelector) });
/** All of a tunnel that its worker needs; `tunnelIp` is the inner /30, `localTunnelIp` the cloud's address in it. */
export const TunnelSpec = z.object({
  tunnelId: id, cloudPublicIp: Ipv4Text, node: Node, customerIp: Ipv4Text, tunnelIp: PrefixText, localTunnelIp: Ipv4Text, remoteTunnelIp: Ipv4Text,
  localId: Identity, remoteId: Identity, pskRef: id, options: TunnelOptions,
});
export type TunnelSpec = z.infer<typeof TunnelSpec>;
const TunnelAdded = decision('TunnelAdded', { vpnConnectionId: id, tunnel: TunnelSpec });
const TunnelReconfigured = decision('TunnelReconfigured', { vpnConnectionId: id, tunnel: TunnelSpec });
const TunnelEnabled = decision('TunnelEnabled', { vpnConnectionId: id, tunnelId: id });
const TunnelDisabled = decision('TunnelDisabled', { vpnConnectionId: id, tunnelId: id });
/** A secret was shown to someone: kept for audit. */
const TunnelPskRevealed = decision('TunnelPskRevealed', { vpnConnectionId: id, tunnelId: id });
const TunnelRemoved = decision('TunnelRemoved', { vpnConnectionId: id, tunnelId: id });
const VpnConnectionDeleted = decision('VpnConnectionDeleted', { vpnConnectionId: id });

// --- address-pool-<region>
const PublicAddressAdded = decision('PublicAddressAdded', { region: Region, address: Ipv4Text, node: Node });
const PublicAddressRemoved = decision('PublicAddressRemoved', { region: Region, address: Ipv4Text });
const PublicAddressesAllocated = decision('PublicAddressesAllocated', { region: Region, vpnConnectionId: id, addresses: z.array(OwnedAddress) });
const PublicAddressesReleased = decision('PublicAddressesReleased', { region: Region, vpnConnectionId: id, addresses: z.array(OwnedAddress) });

// --- region-<region>: its settings; a region that has said nothing has the defaults
/** @see quotas.ts: parentResourceId null is for every parent; maxLimit null takes back what was set. */
const QuotaSet = decision('QuotaSet', { region: Region, quotaType: QuotaType, parentResourceId: id.nullable(), maxLimit: z.int().min(0).max(1_000_000).nullable() });
export const WeakAlgorithmsPolicy = z.enum(['accept', 'refuse']);
export type WeakAlgorithmsPolicy = z.infer<typeof WeakAlgorithmsPolicy>;
const RegionPolicyChanged = decision('RegionPolicyChanged', { region: Region, weakAlgorithms: WeakAlgorithmsPolicy });

export const VpcDecision = z.discriminatedUnion('type', [
  VpcCreated, VpcUpdated, SubnetCreated, SubnetDeleted, VpcRouteTableCreated, VpcRouteTableDeleted, SubnetRouteTableChanged,
  RoutePropagationAdded, RoutePropagationUpdated, RoutePropagationRemoved, VpcStaticRouteAdded, VpcStaticRouteUpdated, VpcStaticRouteRemoved, VpcDeleted,
]);
export type VpcDecision = z.infer<typeof VpcDecision>;
export const BorderGatewayDecision = z.discriminatedUnion('type', [
  BorderGatewayCreated, BorderGatewayUpdated, TransitChanged, VpcAttached, VpcAttachmentUpdated, VpcDetached, StaticRouteAdded, StaticRouteUpdated, StaticRouteRemoved,
  BorderGatewayDeleted,
]);
export type BorderGatewayDecision = z.infer<typeof BorderGatewayDecision>;
export const CustomerGatewayDecision = z.discriminatedUnion('type', [CustomerGatewayCreated, CustomerGatewayUpdated, CustomerGatewayDeleted]);
export type CustomerGatewayDecision = z.infer<typeof CustomerGatewayDecision>;
export const VpnConnectionDecision = z.discriminatedUnion('type', [
  VpnConnectionCreated, VpnConnectionUpdated, TrafficSelectorsChanged, TunnelAdded, TunnelReconfigured, TunnelEnabled, TunnelDisabled, TunnelPskRevealed, TunnelRemoved,
  VpnConnectionDeleted,
]);
export type VpnConnectionDecision = z.infer<typeof VpnConnectionDecision>;
export const AddressPoolDecision = z.discriminatedUnion('type', [PublicAddressAdded, PublicAddressRemoved, PublicAddressesAllocated, PublicAddressesReleased]);
export type AddressPoolDecision = z.infer<typeof AddressPoolDecision>;
export const RegionDecision = z.discriminatedUnion('type', [QuotaSet, RegionPolicyChanged]);
export type RegionDecision = z.infer<typeof RegionDecision>;

export const Decision = z.discriminatedUnion('type', [
  ...VpcDecision.options, ...BorderGatewayDecision.options, ...CustomerGatewayDecision.options, ...VpnConnectionDecision.options, ...AddressPoolDecision.options,
  ...RegionDecision.options,
  ...VirtualInterfaceDecision.options,
]);
export type Decision = z.infer<typeof Decision>;
export type DecisionOf<T extends Decision['type']> = Extract<Decision, { type: T }>;

export const streamOf = {
  vpc: (vpcId: string) => `vpc-${vpcId}`,
  borderGateway: (borderGatewayId: string) => `border-gateway-${borderGatewayId}`,
  customerGateway: (customerGatewayId: string) => `customer-gateway-${customerGatewayId}`,
  vpnConnection: (vpnConnectionId: string) => `vpn-connection-${vpnConnectionId}`,
  addressPool: (region: string) => `address-pool-${region}`,
  region: (region: string) => `region-${region}`,
  virtualInterface: (vifId: string) => `virtual-interface-${vifId}`,
};
