import { http } from '@bordergate/contracts';
import type { Client, Document } from './client.js';

/** All that the API says about a region, at rest. */
export interface RegionSnapshot {
  readonly region: string;
  /** By collection, as listed. */
  readonly listed: Readonly<Record<string, Document[]>>;
  /** By path below the region: every resource read one by one, and every view of it. */
  readonly read: Readonly<Record<string, unknown>>;
}

const VIEWS: Readonly<Record<string, readonly string[]>> = {
  borderGateways: ['routes?limit=1', 'routes?table=static', 'routes?table=propagated', 'routes?table=effective', 'fib', 'explain?address=10.0.1.9', 'explain?prefix=192.168.0.0/16'],
  vpcs: ['routes', 'explain?address=192.168.1.1'],
  vpnTunnels: ['learnedRoutes', 'advertisedRoutes'], virtualInterfaces: ['learnedRoutes', 'advertisedRoutes'],
};
/** Views that come in pages; the first page of a gateway's routes is read as it is, for how full the table is. */
const PAGED = /^(routes$|routes\?table|learnedRoutes|advertisedRoutes)/;

export async function snapshotOf(client: Client, region: string): Promise<RegionSnapshot> {
  const base = `/v1/regions/${region}`;
  const listed: Record<string, Document[]> = {};
  const read: Record<string, unknown> = {};
  for (const [collection, { id }] of Object.entries(http.COLLECTIONS)) {
    listed[collection] = await client.list(`${base}/${collection}`);
    for (const document of listed[collection]) {
      const path = `${collection}/${document[id]}`;
      read[path] = await client.get(`${base}/${path}`);
      for (const view of VIEWS[collection] ?? []) read[`${path}/${view}`] = await (PAGED.test(view) ? client.list(`${base}/${path}/${view}`, 5) : client.get(`${base}/${path}/${view}`));
    }
  }
  for (const states of ['tunnelStates', 'vifStates']) listed[states] = await client.list(`${base}/${states}`);
  listed.quotas = await client.list(`${base}/quotas`, 200); // each page counts everything
  return { region, listed, read };
}

/** What moves although nobody decides anything: counters, and how long something has been. */
const MOVING: ReadonlySet<string> = new Set(['counters', 'rates', 'observedAt', 'rekeys', 'ikeSas', 'childSas']);

/** A copy without the fields that move by themselves, to be compared. */
export function still(value: unknown, moving: ReadonlySet<string> = MOVING): unknown {
  if (Array.isArray(value)) return value.map((item) => still(item, moving));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !moving.has(key)).map(([key, inner]) => [key, still(inner, moving)]));
}

/** A copy in which no sentence tells why, and since when, a leg is down: an explanation says in words what `still` can take away as fields. */
export const withoutReasons = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(/ (is oper DOWN|is down) \((?:(?!, since ).)*, since \d{4}-[0-9T:.-]+Z\)/g, ' $1'));

/** Where two values differ first, in words. */
export function difference(a: unknown, b: unknown, path = '', of?: unknown): string | undefined {
  if (Object.is(a, b)) return undefined;
  const both = [a, b].every((value) => typeof value === 'object' && value !== null);
  if (!both) return `${path || 'value'}: ${short(a)} and ${short(b)}${of === undefined ? '' : `, of ${short(of)}`}`;
  for (const key of new Set([...Object.keys(a as object), ...Object.keys(b as object)])) {
    const found = difference((a as Document)[key], (b as Document)[key], `${path}/${key}`, a);
    if (found) return found;
  }
  return undefined;
}

const short = (value: unknown): string | undefined => JSON.stringify(value)?.slice(0, 200);
