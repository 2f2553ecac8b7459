import { comparePrefixes, overlaps, type Prefix } from '@bordergate/kernel';
import { spanOf, type AttachmentSpan } from './attachment-span.js';
import type { Gateway, Vpc } from './topology.js';

/** A subnet as a route of the gateway: what an attachment propagates (semantics 1.2: subnet CIDRs, not the VPC's). */
export interface PropagatedSubnet {
  readonly vpcAttachmentId: string;
  readonly subnetId: string;
  readonly prefix: Prefix;
  /** Log position of the decision that made it propagate: the attachment's or the subnet's, whichever came later. */
  readonly since: bigint;
  /** False when an earlier effective subnet of another attachment overlaps it. */
  readonly effective: boolean;
}

/**
 * Everything the attachments of a gateway propagate, first propagated first, with the overlap rule of semantics 3.4:
 * the first is effective, a later one of another attachment that overlaps it is not, though it may be more specific.
 * Only effective subnets suppress: one that is itself suppressed forwards nothing, so it has nothing to protect. When
 * the first is withdrawn, the next takes over, because this is computed anew from what is left.
 */
export function propagatedSubnets(gateway: Gateway, vpcs: ReadonlyMap<string, Vpc>): PropagatedSubnet[] {
  const queue = [...gateway.attachments].flatMap(([id, attachment]) => subnetsOf(id, attachment, vpcs.get(attachment.vpcId))).sort(byTurn);
  const effective: PropagatedSubnet[] = [];
  return queue.map((subnet) => {
    const suppressed = effective.some((first) => first.vpcAttachmentId !== subnet.vpcAttachmentId && overlaps(first.prefix, subnet.prefix));
    if (suppressed) return { ...subnet, effective: false };
    effective.push(subnet);
    return subnet;
  });
}

function subnetsOf(vpcAttachmentId: string, attachment: AttachmentSpan, vpc: Vpc | undefined): PropagatedSubnet[] {
  if (!vpc) return [];
  return [...vpc.subnets].flatMap(([subnetId, subnet]) => {
    const span = spanOf(attachment, subnetId);
    if (span === undefined) return [];
    return [{ vpcAttachmentId, subnetId, prefix: subnet.cidr, since: span > subnet.said.position ? span : subnet.said.position, effective: true }];
  });
}

/** One decision can make many subnets propagate (an attachment with "all"): then by id and prefix, so that there is one order. */
function byTurn(a: PropagatedSubnet, b: PropagatedSubnet): number {
  if (a.since !== b.since) return a.since < b.since ? -1 : 1;
  if (a.vpcAttachmentId !== b.vpcAttachmentId) return a.vpcAttachmentId < b.vpcAttachmentId ? -1 : 1;
  return comparePrefixes(a.prefix, b.prefix) || (a.subnetId < b.subnetId ? -1 : 1);
}
