import type { PropagateType } from '@bordergate/contracts';

/**
 * An attachment and since when it propagates which subnet. The overlap rule asks who was first (semantics 3.4), so an
 * edit that keeps a subnet propagated must not move it to the end of the queue: renaming is no new propagation, and
 * neither is "all" becoming "partial" with that subnet in it. "When" is a log position: the same for every reader.
 */
export interface AttachmentSpan {
  readonly vpcId: string;
  /** Subnets not named in `listed` propagate since this position; null when only the listed do. */
  readonly all: bigint | null;
  readonly listed: ReadonlyMap<string, bigint>;
}

/** The position since which the attachment lets this subnet through; undefined when it does not. */
export const spanOf = (attachment: AttachmentSpan, subnetId: string): bigint | undefined => attachment.listed.get(subnetId) ?? attachment.all ?? undefined;

/** The attachment after a decision at `position`. */
export function propagating(
  before: AttachmentSpan | undefined, decision: { readonly vpcId: string; readonly propagateType: PropagateType; readonly subnetIds: readonly string[] }, position: bigint,
): AttachmentSpan {
  const kept = before?.vpcId === decision.vpcId ? before : undefined; // another VPC: nothing it propagated goes on
  switch (decision.propagateType) {
    case 'none':
      return { vpcId: decision.vpcId, all: null, listed: new Map() };
    case 'partial':
      return { vpcId: decision.vpcId, all: null, listed: new Map(decision.subnetIds.map((id) => [id, (kept && spanOf(kept, id)) ?? position])) };
    case 'all':
      return { vpcId: decision.vpcId, all: kept?.all ?? position, listed: kept?.listed ?? new Map() };
  }
}
