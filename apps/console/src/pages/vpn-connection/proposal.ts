import type { EndPoints } from '@bordergate/contracts';

/** Pairs that have no tunnel yet: there is at most one between two addresses. */
export function freePairs(cloud: readonly string[], customer: readonly string[], taken: readonly EndPoints[]): EndPoints[] {
  const has = new Set(taken.map(({ cloudPublicIp, customerIp }) => `${cloudPublicIp} ${customerIp}`));
  return cloud.flatMap((cloudPublicIp) => customer.map((customerIp) => ({ cloudPublicIp, customerIp }))).filter((free) => !has.has(`${free.cloudPublicIp} ${free.customerIp}`));
}
