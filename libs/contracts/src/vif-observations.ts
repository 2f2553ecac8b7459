import { z } from 'zod';
import { Node, OperStatus, Region } from './values.js';

/** What workers say of virtual interfaces: on tunnel.observations.v1 and telemetry.samples.v1, beside what they say of tunnels. */
const id = z.string().min(1).max(64);
const observation = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

/** Whose line: on each observation, so that a reader needs no decision to place it. */
export const vifRef = { region: Region, borderGatewayId: id, vifId: id, node: Node };
export type VifRef = { region: string; borderGatewayId: string; vifId: string; node: string };

export const VifDriver = z.enum(['linux', 'simulated']);
export type VifDriver = z.infer<typeof VifDriver>;

/**
 * Why a virtual interface is not UP, or "link-up" when it is. `interface-in-use`: the node itself has addresses on the
 * interface, or another virtual interface has it; it is not taken from them.
 */
export const VifOperReason = z.enum(['link-up', 'admin-down', 'draining', 'no-carrier', 'interface-missing', 'interface-in-use', 'preparing']);
export type VifOperReason = z.infer<typeof VifOperReason>;

/** What is shown has one more, as of tunnels: its node has not been heard for longer than its lease. */
export const ShownVifReason = z.enum([...VifOperReason.options, 'node-silent']);

/** UP means that the device is there with its address, enabled, and its line has a carrier. */
export const VifOperStatusChanged = observation('VifOperStatusChanged', {
  ...vifRef, operStatus: OperStatus, reason: VifOperReason, detail: z.string(), since: z.string(), driver: VifDriver,
});
/** A virtual interface its worker no longer runs; the interface is given back to the node. */
export const VifGone = observation('VifGone', vifRef);

/** Counters of the device, monotonic within one counterEpoch. In = customer to cloud. */
export const VifCountersSampled = observation('VifCountersSampled', {
  ...vifRef, counterEpoch: z.string(), io: z.object({ bytesIn: z.number(), bytesOut: z.number(), packetsIn: z.number(), packetsOut: z.number() }),
});
export type VifCountersSampled = z.infer<typeof VifCountersSampled>;
