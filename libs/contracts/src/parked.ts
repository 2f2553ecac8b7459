import { z } from 'zod';

/** Where a message lay, and who could not read it. `consumer`: "routing/rib", or "any": it is no event at all. */
const place = { consumer: z.string().min(1), topic: z.string().min(1), partition: z.int().min(0), offset: z.int().min(0) };
const base64 = z.base64();
/** Of key, value and headers: offsets begin anew when a topic is made anew, and then it is another message. */
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

/** A message as it was, octet by octet: what cannot be read need not be text. */
export const RawMessage = z.object({ key: base64.nullable(), value: base64.nullable(), headers: z.record(z.string(), z.array(base64)) });
export type RawMessage = z.infer<typeof RawMessage>;

/** A message that a consumer could not read was set aside, and the consumer went on. `message` is null when it was too large to be kept. */
export const RecordParked = z.object({ type: z.literal('RecordParked'), ...place, reason: z.string(), fingerprint, message: RawMessage.nullable() });
export type RecordParked = z.infer<typeof RecordParked>;

export const ParkedResolution = z.enum(['replayed', 'discarded']);
export type ParkedResolution = z.infer<typeof ParkedResolution>;

/** An operator has dealt with it. It stands for ever, because a consumer that reads its topic anew parks the same message again. */
export const ParkedRecordResolved = z.object({ type: z.literal('ParkedRecordResolved'), ...place, fingerprint, resolution: ParkedResolution });
export type ParkedRecordResolved = z.infer<typeof ParkedRecordResolved>;
