import { z } from 'zod';
import { BgpOptions } from './bgp-options.js';
import { AdminStatus, AsnNumber, Description, Ipv4Text, Name, Node, PrefixText, Region } from './values.js';

/**
 * A virtual interface (the product's `private_vif`): the end of a direct connection on a border gateway, beside the VPN
 * the other kind of outside leg. Its line is an interface of a worker node, as it is or one VLAN of it.
 */
const id = z.string().min(1).max(64);
const decision = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

/** A name that Linux takes for an interface (at most 15 characters); never the loopback. */
export const InterfaceName = z.string().regex(/^(?!lo$)[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/, 'the name of a network interface: 1 to 15 letters, digits, ".", "_" and "-"');
/** IEEE 802.1Q: 0 is "no VLAN" and 4095 is reserved. */
export const VlanId = z.int().min(1).max(4_094);

/** Where the line ends. */
export const LineEnd = z.object({ node: Node, interface: InterfaceName, vlanId: VlanId.nullable() });
export type LineEnd = z.infer<typeof LineEnd>;

/** What may change: the /30 on the line (the customer has the first address, the cloud the second) and how it routes. */
const routing = {
  vifIp: PrefixText, localVifIp: Ipv4Text, remoteVifIp: Ipv4Text, bgpEnabled: z.boolean(), localAsn: AsnNumber, customerAsn: AsnNumber.nullable(), bgpOptions: BgpOptions,
};

// --- virtual-interface-<vifId>
const VirtualInterfaceCreated = decision('VirtualInterfaceCreated', {
  vifId: id, region: Region, name: Name, description: Description, borderGatewayId: id, line: LineEnd, ...routing, adminStatus: AdminStatus,
});
const VirtualInterfaceChanged = decision('VirtualInterfaceChanged', { vifId: id, name: Name, description: Description, ...routing });
const VirtualInterfaceEnabled = decision('VirtualInterfaceEnabled', { vifId: id });
const VirtualInterfaceDisabled = decision('VirtualInterfaceDisabled', { vifId: id });
const VirtualInterfaceDeleted = decision('VirtualInterfaceDeleted', { vifId: id });

export const VirtualInterfaceDecision = z.discriminatedUnion('type', [
  VirtualInterfaceCreated, VirtualInterfaceChanged, VirtualInterfaceEnabled, VirtualInterfaceDisabled, VirtualInterfaceDeleted,
]);
export type VirtualInterfaceDecision = z.infer<typeof VirtualInterfaceDecision>;
