import type { FibNextHop, TunnelObservation } from '@bordergate/contracts';
import { canonicalJson, comparePrefixes, prefixOf } from '@bordergate/kernel';
import type { WantedGateway } from './wanted.js';

/** A route as the kernel has it: devices, not legs. */
export interface DeviceRoute { readonly prefix: string; readonly nextHops: readonly { readonly device: string }[] }

type KernelFib = Extract<TunnelObservation, { type: 'KernelFibObserved' }>;

/** The kernel's FIB of a gateway in the product's words, sorted, so that equal FIBs are equal data. */
export function kernelFib(
  where: { region: string; node: string }, gateway: WantedGateway, routes: readonly DeviceRoute[],
  names: { tunnelDevice(tunnelId: string): string; vifDevice(vifId: string): string; attachmentDevice(vpcAttachmentId: string): string },
): KernelFib {
  const owners = new Map<string, FibNextHop>([
    ...gateway.tunnels.map(({ spec }): [string, FibNextHop] => [names.tunnelDevice(spec.tunnelId), { kind: 'tunnel', id: spec.tunnelId }]),
    ...gateway.vifs.map(({ ref }): [string, FibNextHop] => [names.vifDevice(ref.vifId), { kind: 'vif', id: ref.vifId }]),
    ...gateway.attachments.map(({ vpcAttachmentId }): [string, FibNextHop] => [names.attachmentDevice(vpcAttachmentId), { kind: 'attachment', id: vpcAttachmentId }]),
  ]);
  const entries = routes.map(({ prefix, nextHops }) => ({
    prefix,
    nextHops: nextHops.map(({ device }) => owners.get(device) ?? { kind: 'unknown' as const, id: device })
      .sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
  }));
  entries.sort((a, b) => comparePrefixes(prefixOf(a.prefix), prefixOf(b.prefix)));
  return { type: 'KernelFibObserved', region: where.region, borderGatewayId: gateway.borderGatewayId, node: where.node, entries };
}
