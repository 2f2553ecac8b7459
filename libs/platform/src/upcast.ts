import type { Decision } from '@bordergate/contracts';

/**
 * The store keeps every event as it was written, for ever; what a type means today may differ. An upcaster lifts the
 * old shape of one type to today's, on the way out of the store. Today every type has its first shape: no entry.
 */
type Upcaster = (stored: any) => Decision;

const UPCASTERS: ReadonlyMap<string, Upcaster> = new Map();

/** A stored decision in its present shape. */
export const upcast = (type: string, stored: unknown, upcasters: ReadonlyMap<string, Upcaster> = UPCASTERS): Decision =>
  upcasters.get(type)?.(stored) ?? (stored as Decision);
