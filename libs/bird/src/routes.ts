import { parseAsPath } from './as-path.js';
import { BirdProtocolError } from './errors.js';
import type { BirdReply } from './reply.js';

export interface BirdNextHop {
  /** The router's address; absent when the destination is on the link. */
  readonly via?: string;
  readonly device: string;
}

/** One route of `show route`; what follows `asPath` is there for BGP routes, and only with `all`. */
export interface BirdRoute {
  /** "master4"; "import" for a session's import table. */
  readonly table: string;
  readonly prefix: string;
  readonly protocol: string;
  /** When the route last changed, in BIRD's `timeformat route`, local time. */
  readonly since: string;
  /** BIRD's first choice for the prefix. With `merge paths` its equals are forwarded over as well. */
  readonly best: boolean;
  /** True when the kernel refused it. */
  readonly kernelError: boolean;
  /** "unicast", "blackhole", "unreachable" or "prohibited". */
  readonly destination: string;
  readonly nextHops: readonly BirdNextHop[];
  readonly preference: number;
  /** Who told it, where that is not the next hop. */
  readonly from?: string;
  readonly asPath: readonly number[];
  readonly asPathLength: number;
  /** BIRD prints 500 bytes of an AS_PATH; beyond, the two above are a lower bound. */
  readonly asPathTruncated: boolean;
  readonly origin?: 'igp' | 'egp' | 'incomplete';
  readonly med?: number;
  readonly localPref?: number;
  /** RFC 1997 as "65010:7", RFC 8092 as "65010:1:2". */
  readonly communities: readonly string[];
  /** Attributes that the configuration defines, by name. */
  readonly custom?: Readonly<Record<string, number>>;
}

type Draft = { -readonly [K in keyof BirdRoute]: BirdRoute[K] } & { nextHops: BirdNextHop[]; communities: string[] };

const ROUTE = 1007;
const TYPE = 1008;
const ATTRIBUTE = 1012;

// 10.2.0.0/24          unicast [b_t1 2026-11-21 02:29:03.661 from 169.254.1.2] * (150) [AS65099i]
const HEAD = /^(\S*)\s+(unicast|blackhole|unreachable|prohibited) \[(\S+) ([^\]]*?)(?: from (\S+))?\]( [*!])?(?: \((\d+)[^)]*\))?/;
const HOP = /^\t(?:via (\S+) on|dev) (\S+)/;

/**
 * Reads `show route` with any of `all`, `protocol X`, `filtered`, `export X`, `import table X.ipv4`. Without routes the
 * answer is empty. Attributes it does not know are passed over; a route it cannot read is a BirdProtocolError.
 */
export function parseRoutes(reply: BirdReply): BirdRoute[] {
  const routes: Draft[] = [];
  let table = '';
  let attribute = '';
  for (const { code, text } of reply.lines) {
    const route = routes.at(-1);
    if (code === ROUTE) {
      const heading = /^Table (\S+):$/.exec(text);
      const hop = HOP.exec(text);
      if (heading) table = heading[1]!;
      else if (hop && route) route.nextHops.push(hop[1] === undefined ? { device: hop[2]! } : { via: hop[1], device: hop[2]! });
      else if (text !== '') routes.push(parseHead(text, table, route));
    } else if (code === ATTRIBUTE && route) {
      // A list too long for a line goes on in lines of two tabs.
      const named = /^\t([A-Za-z0-9_.]+): ?(.*)$/.exec(text);
      if (named) attribute = named[1]!;
      readAttribute(route, attribute, named ? named[2]! : text);
    } else if (code === TYPE) {
      attribute = '';
    }
  }
  return routes;
}

function parseHead(text: string, table: string, before: Draft | undefined): Draft {
  const match = HEAD.exec(text);
  // Further routes to one prefix leave the column empty.
  const prefix = match?.[1] || (before?.table === table ? before.prefix : undefined);
  if (!match || prefix === undefined) throw new BirdProtocolError(`not a route: ${JSON.stringify(text)}`);
  const [, , destination, protocol, since, from, mark, preference] = match as unknown as string[];
  return {
    table,
    prefix,
    protocol: protocol!,
    since: since!,
    best: mark !== undefined,
    kernelError: mark === ' !',
    destination: destination!,
    nextHops: [],
    preference: Number(preference ?? 0),
    ...(from === undefined ? {} : { from }),
    asPath: [],
    asPathLength: 0,
    asPathTruncated: false,
    communities: [],
  };
}

function readAttribute(route: Draft, name: string, value: string): void {
  switch (name) {
    case 'BGP.origin':
      if (value === 'IGP') route.origin = 'igp';
      else if (value === 'EGP') route.origin = 'egp';
      else route.origin = 'incomplete';
      break;
    case 'BGP.as_path': {
      const path = parseAsPath(value);
      route.asPath = path.asns;
      route.asPathLength = path.length;
      route.asPathTruncated = path.truncated;
      break;
    }
    case 'BGP.med': route.med = Number(value); break;
    case 'BGP.local_pref': route.localPref = Number(value); break;
    case 'BGP.community':
    case 'BGP.large_community':
      for (const match of value.matchAll(/\(([\d, ]+)\)/g)) route.communities.push(match[1]!.replace(/, ?/g, ':'));
      break;
    default:
      if (!name.includes('.') && /^\d+$/.test(value)) route.custom = { ...route.custom, [name]: Number(value) };
  }
}
