import type { BirdAttachmentRoute, BirdBgpSession, BirdGateway, BirdStaticRoute } from '@bordergate/bird';
import { NEXT_HOP_TYPE, peerIdOf, ROUTE_TYPE, type AdminStatus, type NextHopType, type RouteType } from '@bordergate/contracts';
import { peersOf, type WantedBgp, type WantedGateway, type WantedTunnel, type WantedVif } from './wanted.js';

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
  vifDevice(vifId: string): string;
  /** Of a tunnel or a virtual interface. */
  bgpProtocol(peerId: string): string;
  /** Undefined while the link is not made: a route over it is then left out. */
  attachmentLink(vpcAttachmentId: string): { readonly device: string; readonly vpcAddress: string } | undefined;
}

export interface BirdIntentOptions {
  /** Tunnels and virtual interfaces being drained: BIRD must not use them, neither for sessions nor for static routes. */
  readonly withdrawn: ReadonlySet<string>;
  /** Disabled ones that are used a little longer, by who has not left yet (plan.ts, LEAVE_MS). */
  readonly leaving?: ReadonlySet<string>;
  /** Tunnels whose peer is silent: their sessions stay, to hear it when it is back; no route is taken over them. */
  readonly silent?: ReadonlySet<string>;
}

const GRACEFUL_RESTART_SECONDS = 60;

/**
 * How many prefixes of one peer are taken in, used or not: a bound of our memory and of what the RIB has to judge, far above the limit
 * of what may be used, so that who is refused is the RIB's to say (ADR 15).
 */
export const receiveLimit = (maxDynamicRoutes: number): number => Math.max(1_000, 10 * maxDynamicRoutes);

/** A gateway for BIRD's renderer. Only legs that are admin UP appear, or were a moment ago: a disabled one carries nothing. */
export function birdIntent(gateway: WantedGateway, names: NodeNames, options: BirdIntentOptions): BirdGateway {
  const isUsed = (id: string, { adminStatus }: { readonly adminStatus: AdminStatus }): boolean => (adminStatus === 'UP' || options.leaving?.has(id) === true) && !options.withdrawn.has(id);
  const tunnels = gateway.tunnels.filter(tunnel => isUsed(tunnel.spec.tunnelId, tunnel));
  const vifs = gateway.vifs.filter(vif => isUsed(vif.ref.vifId, vif));
  const { single, merged } = attachmentRoutes(gateway, names);
  // An attachment wins over a connection at the first step, so its prefix needs no second route.
  const taken = new Set(merged.map(route => route.prefix));
  return {
    routerId: gateway.routerId,
    gracefulRestartSeconds: GRACEFUL_RESTART_SECONDS,
    attachmentRoutes: single,
    staticRoutes: [...merged, ...staticRoutes(gateway, tunnels.filter(tunnel => !options.silent?.has(tunnel.spec.tunnelId)), names).filter(route => !taken.has(route.prefix))],
    directRoutes: directRoutes(vifs, names),
    bgp: [
      ...tunnels.flatMap(tunnel => (tunnel.bgp ? [overTunnel(tunnel, tunnel.bgp, names, gateway, options)] : [])),
      ...vifs.flatMap(vif => (vif.bgp ? [overVif(vif, vif.bgp, names, gateway)] : [])),
    ],
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

/** A virtual interface is its own way out; BIRD leaves it out while its device is down or has no carrier. */
function directRoutes(vifs: readonly WantedVif[], names: NodeNames): BirdStaticRoute[] {
  const hops = new Map<string, { via: string; device: string }[]>();
  for (const { ref, remoteIp, staticPrefixes } of vifs) {
    for (const prefix of staticPrefixes) hops.set(prefix, [...(hops.get(prefix) ?? []), { via: remoteIp, device: names.vifDevice(ref.vifId) }]);
  }
  const preference = birdPreference('direct_connect', 'static');
  return [...hops].map(([prefix, nextHops]) => ({ prefix, preference, nextHops }));
}

function overTunnel({ spec, ...tunnel }: WantedTunnel, bgp: WantedBgp, names: NodeNames, gateway: WantedGateway, { silent }: BirdIntentOptions): BirdBgpSession {
  return {
    name: names.bgpProtocol(spec.tunnelId), device: names.tunnelDevice(spec.tunnelId), localAddress: spec.localTunnelIp, neighborAddress: spec.remoteTunnelIp,
    preference: birdPreference('vpn_connection', 'ebgp'),
    ...(silent?.has(spec.tunnelId) ? { quarantined: true } : {}),
    ...session(bgp, tunnel, names, gateway),
  };
}

function overVif({ ref, localAddress, remoteIp, ...vif }: WantedVif, bgp: WantedBgp, names: NodeNames, gateway: WantedGateway): BirdBgpSession {
  return {
    name: names.bgpProtocol(ref.vifId), device: names.vifDevice(ref.vifId), localAddress: localAddress.split('/')[0]!, neighborAddress: remoteIp,
    preference: birdPreference('direct_connect', 'ebgp'),
    ...session(bgp, vif, names, gateway),
  };
}

/** What sessions have in common, whatever they run over. */
function session({ localAsn, customerAsn, options }: WantedBgp, { advertise, transit }: Pick<WantedTunnel, 'advertise' | 'transit'>, names: NodeNames, gateway: WantedGateway) {
  const sameAs = peersOf(gateway).filter(peer => peer.bgp?.customerAsn === customerAsn);
  return {
    localAsn, neighborAsn: customerAsn, holdSeconds: options.holdSec, keepaliveSeconds: options.keepaliveSec,
    ...(options.bfdEnabled ? { bfd: { intervalMs: options.bfdIntervalMs, multiplier: options.bfdMultiplier } } : {}),
    receiveLimit: receiveLimit(gateway.maxDynamicRoutes),
    advertise,
    ...(transit.length === 0 ? {} : { transit: { prefixes: transit, notFrom: sameAs.map(peer => names.bgpProtocol(peerIdOf(peer.ref))) } }),
  };
}
