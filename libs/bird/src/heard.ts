import type { BirdRoute } from './routes.js';

/** Attributes of ours, in which the import function keeps what it makes equal. */
export const HEARD = { origin: 'heard_origin', med: 'heard_med', stale: 'heard_stale' } as const;

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;
/** LLGR_STALE (RFC 9494). */
const STALE = '65535:6';

/**
 * The Adj-RIB-In of a session, from `show route filtered protocol X all` and `show route protocol X all`: a route that was refused has the
 * attributes it came with, one that was taken has what the import function left of them. Of a route that moved while the two were listed,
 * and so is in both, the one that was taken counts.
 */
export function heardRoutes(refused: readonly BirdRoute[], taken: readonly BirdRoute[]): BirdRoute[] {
  const heard = new Map(refused.map(route => [route.prefix, route]));
  for (const route of taken) heard.set(route.prefix, asHeard(route));
  return [...heard.values()];
}

function asHeard({ med: _made, localPref: _equal, custom = {}, ...route }: BirdRoute): BirdRoute {
  const med = custom[HEARD.med];
  return {
    ...route,
    origin: ORIGINS[custom[HEARD.origin] ?? 0] ?? 'incomplete',
    ...(med === undefined ? {} : { med }),
    communities: custom[HEARD.stale] === undefined ? route.communities : [...route.communities, STALE],
  };
}
