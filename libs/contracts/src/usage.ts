import { z } from 'zod';
import { Region } from './values.js';

/**
 * Usage: what was used in an hour (UTC), for whoever bills. One event per hour and resource: its id and its key say which, so that one that comes
 * twice is the same one. Published only where the meter is on (BORDERGATE_METER).
 */
const id = z.string().min(1).max(64);
const usage = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({
  type: z.literal(type), region: Region, borderGatewayId: id, vpnConnectionId: id,
  hour: z.string().describe('when it began, RFC 3339, UTC'), seconds: z.int().min(0).max(3_600).describe('in which there was such a thing, up or down, enabled or not'), ...shape,
});

export const ConnectionHourMetered = usage('ConnectionHourMetered', {});
export const TunnelHourMetered = usage('TunnelHourMetered', { tunnelId: id, egressBytes: z.int().min(0).describe('outer bytes, cloud to customer') });
export const UsageMetered = z.discriminatedUnion('type', [ConnectionHourMetered, TunnelHourMetered]);
export type UsageMetered = z.infer<typeof UsageMetered>;
