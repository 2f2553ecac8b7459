/**
 * The store and resources.decisions.v1 keep every event as it was written, for ever; what a type means today may differ. An
 * upcaster lifts older shapes of one type to today's, on the way out of the store and off a topic. Today every type has its
 * first shape: no entry.
 */
type Upcaster = (stored: any) => unknown;

const UPCASTERS: ReadonlyMap<string, Upcaster> = new Map();

/** The data of a stored event in its present shape. @param name of the type: "TunnelEnabled" */
export const upcast = <Data>(name: string, stored: unknown, upcasters: ReadonlyMap<string, Upcaster> = UPCASTERS): Data => (upcasters.get(name)?.(stored) ?? stored) as Data;
