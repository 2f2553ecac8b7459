/** What the high-availability rule looks at. */
export interface HaTunnel { readonly cloudPublicIp: string; readonly customerIp: string; readonly opStatus: 'UP' | 'DOWN' }

/**
 * Semantics 1.4, all must hold: at least two customer addresses; both cloud addresses have tunnels, to different
 * customer addresses; each cloud address has a tunnel that is UP. One customer address is never highly available.
 */
export function haStatus(cloudPublicIps: readonly string[], customerIps: readonly string[], tunnels: readonly HaTunnel[]): 'redundancy' | 'no_redundancy' {
  const served = new Map(cloudPublicIps.map((cloud) => [cloud, tunnels.filter((tunnel) => tunnel.cloudPublicIp === cloud)]));
  const everyCloudIpUp = cloudPublicIps.length >= 2 && [...served.values()].every((own) => own.some((tunnel) => tunnel.opStatus === 'UP'));
  const differentCustomerIps = new Set(tunnels.map((tunnel) => tunnel.customerIp)).size >= 2;
  return customerIps.length >= 2 && everyCloudIpUp && differentCustomerIps ? 'redundancy' : 'no_redundancy';
}
