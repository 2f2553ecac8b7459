import { z } from 'zod';
import { Node, Region } from './values.js';

/**
 * A node's worker lives. `life` is of this start of the worker and `beat` counts within it, so that a later one is told from one that comes late or
 * twice, whatever the node's clock says. Who has not heard one for `leaseMs`, and has heard others' meanwhile, does not know what the node does (ADR 34).
 */
export const NodeHeartbeat = z.object({ type: z.literal('NodeHeartbeat'), region: Region, node: Node, life: z.string().min(1).max(64), beat: z.int().min(0), leaseMs: z.int().min(1) });
export type NodeHeartbeat = z.infer<typeof NodeHeartbeat>;

/** Of a service that listens for heartbeats, to itself: that it comes back shows that the broker takes and gives. */
export const NodeListenerEcho = z.object({ type: z.literal('NodeListenerEcho'), listener: z.string().min(1) });
export type NodeListenerEcho = z.infer<typeof NodeListenerEcho>;

export const NodeSign = z.discriminatedUnion('type', [NodeHeartbeat, NodeListenerEcho]);
export type NodeSign = z.infer<typeof NodeSign>;
