import { z } from 'zod';

/** Timers of a BGP session and of the BFD beside it; the same over a tunnel and over a virtual interface. */
export const BgpOptions = z.object({
  holdSec: z.int().min(3).max(180), keepaliveSec: z.int().min(1).max(60), bfdEnabled: z.boolean(), bfdIntervalMs: z.int().min(50).max(1_000), bfdMultiplier: z.int().min(3).max(10),
});
export type BgpOptions = z.infer<typeof BgpOptions>;
