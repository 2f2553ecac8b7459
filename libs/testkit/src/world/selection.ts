import type { BirdBgpSession, BirdGateway } from '@bordergate/bird';
import { grouped } from '@bordergate/kernel';

/**
 * What a BIRD with this configuration forwards: a small model made from BIRD's manual and DESIGN.md of libs/bird, and on
 * purpose without a line of routing-core, for it is there to contradict it.
 *
 * Per prefix the highest preference wins; among BGP routes of one preference the shortest AS_PATH; `merge paths` joins
 * what is left of BGP. A static route keeps the next hops whose device is up and is gone when none is.
 */
export interface HeardRoute { readonly prefix: string; readonly asPath: readonly number[] }
export interface Forwarded {
  readonly prefix: string;
  readonly nextHops: readonly { readonly device: string }[];
  /** The protocols whose routes are used. */
  readonly protocols: readonly string[];
  readonly bgp: boolean;
}

interface Route { readonly prefix: string; readonly protocol: string; readonly preference: number; readonly pathLength: number; readonly bgp: boolean; readonly devices: readonly string[] }

export function forwarded(gateway: BirdGateway, isUp: (device: string) => boolean, heard: (session: BirdBgpSession) => readonly HeardRoute[]): Forwarded[] {
  const routes: Route[] = [
    ...gateway.attachmentRoutes.map(({ prefix, preference, device }) => ({ prefix, preference, protocol: 'attachments', pathLength: 0, bgp: false, devices: [device] })),
    ...gateway.staticRoutes.map(({ prefix, preference, nextHops }) => ({
      prefix, preference, protocol: 'customer', pathLength: 0, bgp: false, devices: nextHops.map(({ device }) => device).filter(isUp),
    })),
    ...gateway.bgp.flatMap((session) => heard(session).map(({ prefix, asPath }) => ({
      prefix, preference: session.preference, protocol: session.name, pathLength: asPath.length, bgp: true, devices: [session.device],
    }))),
  ];
  const usable = routes.filter((route) => route.devices.length > 0);
  return [...grouped(usable, (route) => route.prefix)].map(([prefix, candidates]) => {
    const preference = Math.max(...candidates.map((route) => route.preference));
    const preferred = candidates.filter((route) => route.preference === preference);
    const shortest = Math.min(...preferred.map((route) => route.pathLength));
    const best = preferred.filter((route) => route.pathLength === shortest);
    // Only BGP is merged: of two static protocols one would win, whichever; a configuration must not ask for that.
    if (best.length > 1 && best.some((route) => !route.bgp)) throw new Error(`BIRD would choose among equals for ${prefix}: ${best.map((route) => route.protocol).join(', ')}`);
    const devices = [...new Set(best.flatMap((route) => route.devices))];
    return { prefix, nextHops: devices.sort().map((device) => ({ device })), protocols: best.map((route) => route.protocol), bgp: best[0]!.bgp };
  });
}
