import type { KernelRoute } from '../data-plane.js';
import { ipList, type Netns } from './exec.js';

/** RTPROT_BIRD; its name is not in every distribution's rt_protos. */
const PROTO_BIRD = '12';

interface Hop { dev?: string; gateway?: string; flags?: string[] }
interface Route extends Hop { dst: string; type?: string; nexthops?: Hop[] }

/** What BIRD has put into the namespace's main table. A route that drops packets (blackhole) has no next hop. */
export async function kernelFib(netns: Netns): Promise<KernelRoute[]> {
  const routes = await ipList<Route>(netns, '-4', 'route', 'show', 'proto', PROTO_BIRD);
  return routes.map(route => ({ prefix: prefixOf(route.dst), nextHops: (route.nexthops ?? [route]).flatMap(hop) }));
}

// The kernel keeps a next hop whose device has gone down, but does not use it.
const hop = ({ dev, gateway, flags = [] }: Hop): KernelRoute['nextHops'] =>
  dev === undefined || flags.includes('dead') ? [] : [{ device: dev, via: gateway ?? null }];

const prefixOf = (dst: string): string => (dst === 'default' ? '0.0.0.0/0' : dst.includes('/') ? dst : `${dst}/32`);
