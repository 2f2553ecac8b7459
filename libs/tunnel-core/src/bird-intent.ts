import type { BirdAttachmentRoute, BirdBgpSession, BirdGateway, BirdStaticRoute } from '@bordergate/bird';
import { NEXT_HOP_TYPE, ROUTE_TYPE, type NextHopType, type RouteType } from '@bordergate/contracts';
import type { WantedGateway, WantedTunnel } from './wanted.js';

/**
 * The product's first two elimination steps (next-hop type, then route type; lower wins) as one number of BIRD's
 * (higher wins, 16 bits). A route type is below 256, so it never outweighs a next-hop type. AS_PATH length, the third
 * step, is BIRD's own; what is equal after it is merged.
 */
export const birdPreference = (nextHopType: NextHopType, routeType: RouteType): number =>
  60_000 - (NEXT_HOP_TYPE[nextHopType] * 256 + ROUTE_TYPE[routeType]);

/** How the node calls things: names that follow from ids, and attachment links as the driver made them. */
export interface NodeNames {
  tunnelDevice(tunnelId: string): string;
  bgpProtocol(tunnelId: string): string;
  /** Undefined while the link is not made: a route over it is then left out. */
  attachmentLink(vpcAttachmentId: string): { readonly device: string; readonly vpcAddress: string } | undefined;
}

export interface BirdIntentOptions {
  /** Tunnels being drained: BIRD must not use them, neither for sessions nor for static routes. */
  readonly withdrawn: ReadonlySet<string>;
  /** Tunnels whose peer is silent: their sessions stay, to hear it when it is back; no route is taken over them. */
  readonly silent?: ReadonlySet<string>;
}

const GRACEFUL_RESTART_SECONDS = 60;

/**
 * How many prefixes of one peer are taken in, used or not: a bound of our memory and of what the RIB has to judge, far above the limit
 * of what may be used, so that who is refused is the RIB's to say (ADR 15).
 */
export const receiveLimit = (maxDynamicRoutes: number): number => Math.max(1_000, 10 * maxDynamicRoutes);

/** A gateway for BIRD's renderer. Only tunnels that are admin UP appear: a disabled one carries nothing. */
export function birdIntent(gateway: WantedGateway, names: NodeNames, options: BirdIntentOptions): BirdGateway {
  const tunnels = gateway.tunnels.filter(tunnel => tunnel.adminStatus === 'UP' && !options.withdrawn.has(tunnel.spec.tunnelId));
  const { single, merged } = attachmentRoutes(gateway, names);
  // An attachment wins over a connection at the first step, so its prefix needs no second route.
  const taken = new Set(merged.map(route => route.prefix));
  return {
    routerId: gateway.routerId,
    gracefulRestartSeconds: GRACEFUL_RESTART_SECONDS,
    attachmentRoutes: single,
    staticRoutes: [...merged, ...staticRoutes(gateway, tunnels.filter(tunnel => !options.silent?.has(tunnel.spec.tunnelId)), names).filter(route => !taken.has(route.prefix))],
    bgp: tunnels.flatMap(tunnel => (tunnel.bgp ? [bgpSession(tunnel, tunnel.bgp, names, gateway, options)] : [])),
    refused: gateway.refused,
    ownAsns: gateway.ownAsns,
  };
}

/** BIRD's static protocol has one next hop per attachment route; several attachments (ECMP) go with the static routes. */
function attachmentRoutes(gateway: WantedGateway, names: NodeNames): { single: BirdAttachmentRoute[]; merged: BirdStaticRoute[] } {
  const single: BirdAttachmentRoute[] = [];
  const merged: BirdStaticRoute[] = [];
  for (const route of gateway.attachmentRoutes) {
    const preference = birdPreference('vpc_attachment', route.routeType);
    const hops = route.vpcAttachmentIds.flatMap(id => {
      const link = names.attachmentLink(id);
      return link ? [{ device: link.device, via: link.vpcAddress }] : [];
    });
    if (hops.length === 1) single.push({ prefix: route.prefix, preference, ...hops[0]! });
    else if (hops.length > 1) merged.push({ prefix: route.prefix, preference, nextHops: hops });
  }
  return { single, merged };
}

/** A connection resolves to its tunnels on this node; BIRD leaves out those whose device is down. Equal destinations merge: ECMP. */
function staticRoutes(gateway: WantedGateway, tunnels: readonly WantedTunnel[], names: NodeNames): BirdStaticRoute[] {
  const hops = new Map<string, Map<string, { via: string; device: string }>>();
  for (const route of gateway.staticRoutes) {
    for (const { spec, ref } of tunnels) {
      if (ref.vpnConnectionId !== route.vpnConnectionId) continue;
      const device = names.tunnelDevice(spec.tunnelId);
      hops.set(route.prefix, (hops.get(route.prefix) ?? new Map()).set(device, { via: spec.remoteTunnelIp, device }));
    }
  }
  const preference = birdPreference('vpn_connection', 'static');
  return [...hops].map(([prefix, nextHops]) => ({ prefix, preference, nextHops: [...nextHops.values()] }));
}

function bgpSession(
  { spec, advertise, transit }: WantedTunnel, bgp: NonNullable<WantedTunnel['bgp']>, names: NodeNames, gateway: WantedGateway, { silent }: BirdIntentOptions,
): BirdBgpSession {
  const { options } = bgp;
  const sameAs = gateway.tunnels.filter(tunnel => tunnel.bgp?.customerAsn === bgp.customerAsn);
  return {
    name: names.bgpProtocol(spec.tunnelId),
    device: names.tunnelDevice(spec.tunnelId),
    localAddress: spec.localTunnelIp,
    localAsn: bgp.localAsn,
    neighborAddress: spec.remoteTunnelIp,
    neighborAsn: bgp.customerAsn,
    preference: birdPreference('vpn_connection', 'ebgp'),
    holdSeconds: options.holdSec,
    keepaliveSeconds: options.keepaliveSec,
    ...(options.bfdEnabled ? { bfd: { intervalMs: options.bfdIntervalMs, multiplier: options.bfdMultiplier } } : {}),
    receiveLimit: receiveLimit(gateway.maxDynamicRoutes),
    ...(silent?.has(spec.tunnelId) ? { quarantined: true } : {}),
    advertise,
    ...(transit.length === 0 ? {} : { transit: { prefixes: transit, notFrom: sameAs.map(tunnel => names.bgpProtocol(tunnel.spec.tunnelId)) } }),
  };
}
