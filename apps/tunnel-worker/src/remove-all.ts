import type { DataPlane } from './data-plane.js';

/** Takes everything of a node away, in the order in which it stands on one another; what fails does not keep the rest. */
export async function removeAll(dataPlane: DataPlane): Promise<{ tunnels: number; gateways: number; vpcs: number; failures: unknown[] }> {
  const { tunnelIds, attachments, vifs, borderGatewayIds, vpcIds } = await dataPlane.found();
  const removals = [
    ...tunnelIds.map((tunnelId) => () => dataPlane.removeTunnel({ tunnelId })),
    ...vifs.map((vif) => () => dataPlane.vifs.giveBack(vif)),
    ...attachments.map((attachment) => () => dataPlane.removeAttachment(attachment)),
    ...borderGatewayIds.map((id) => () => dataPlane.removeGateway(id)),
    ...vpcIds.map((id) => () => dataPlane.removeVpc(id)),
  ];
  const failures: unknown[] = [];
  for (const remove of removals) await remove().catch((error: unknown) => failures.push(error));
  return { tunnels: tunnelIds.length, gateways: borderGatewayIds.length, vpcs: vpcIds.length, failures };
}
