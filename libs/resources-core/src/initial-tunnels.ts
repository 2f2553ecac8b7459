import { initialPairs, type EndPoints, type PartialTunnelOptions } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import { effectiveOptions, newOptions } from './algorithms.js';
import type { TunnelRequest } from './tunnel-spec.js';

/** One of the initial set as it is asked for: every member may be missing. */
export interface InitialTunnelRequest extends Partial<Omit<TunnelRequest, 'tunnelId' | 'pskRef' | 'options'>> {
  readonly options?: PartialTunnelOptions | undefined;
}

/** How many tunnels a request makes: of the initial set the pairs of the default, and more when more are asked for; later just those asked for. */
export const addedTunnelCount = (requested: number, present: number, cloudIps: readonly string[], customerIps: readonly string[]): number =>
  (present > 0 ? requested : Math.max(requested, initialPairs(cloudIps, customerIps).length));

/**
 * All tunnels of a request: the n-th is about the n-th pair and may override all of it; options it omits are those of the request's first,
 * and of the first the defaults. Requests beyond the pairs (all of them, once the connection has tunnels) name both ends.
 */
export function initialTunnels(
  requests: readonly InitialTunnelRequest[], secrets: readonly { readonly tunnelId: string; readonly pskRef: string }[], pairs: readonly EndPoints[],
): TunnelRequest[] | Rejection {
  const first = newOptions(requests[0]?.options ?? {});
  if (isRejection(first)) return ofTunnel(0, first);
  const tunnels: TunnelRequest[] = [];
  for (const [index, { tunnelId, pskRef }] of secrets.entries()) {
    const { options = {}, ...request } = requests[index] ?? {};
    const cloudPublicIp = request.cloudPublicIp ?? pairs[index]?.cloudPublicIp;
    const customerIp = request.customerIp ?? pairs[index]?.customerIp;
    if (cloudPublicIp === undefined) return endPointNeeded(index, 'cloudPublicIp');
    if (customerIp === undefined) return endPointNeeded(index, 'customerIp');
    const own = effectiveOptions(first, index === 0 ? {} : options);
    if (isRejection(own)) return ofTunnel(index, own);
    tunnels.push({ ...request, cloudPublicIp, customerIp, tunnelId, pskRef, options: own });
  }
  return tunnels;
}

/** A refusal about one tunnel of a set. */
const ofTunnel = (index: number, { code, because, field }: Rejection): Rejection => reject(code, because, `tunnels[${index}].${field}`);

const endPointNeeded = (index: number, field: string): Rejection =>
  reject('end-point-needed', 'a tunnel beyond the initial set names both of its ends', `tunnels[${index}].${field}`);
