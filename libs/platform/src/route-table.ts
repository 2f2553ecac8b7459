/** Which methods a path has: for 405 instead of 404, which Fastify's router does not tell apart. */
export class RouteTable {
  readonly #routes: { readonly method: string; readonly path: RegExp }[] = [];

  /** @param url pattern in Fastify's form: "/things/:id", "/things/:id(^[^:]+)::enable", "/docs/*" */
  add(methods: string | readonly string[], url: string): void {
    const path = new RegExp(`^${patternOf(url)}$`);
    for (const method of [methods].flat()) this.#routes.push({ method: method.toUpperCase(), path });
  }

  /** The methods of all routes that match a path, sorted. */
  methodsOf(path: string): string[] {
    return [...new Set(this.#routes.filter((route) => route.path.test(path)).map((route) => route.method))].sort();
  }
}

/** The parts of a pattern: an escaped colon, a parameter with or without its own expression, a wildcard, other text. */
const PART = /::|:[A-Za-z_]\w*(?:\((?:[^()\\]|\\.)*\))?|\*|[^:*]+/g;

const patternOf = (url: string): string => (url.match(PART) ?? []).map((part) => {
  if (part === '::') return ':';
  if (part === '*') return '.*';
  if (!part.startsWith(':')) return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const own = /\((.*)\)$/.exec(part)?.[1];
  return own === undefined ? '[^/]+' : `(?:${own.replace(/^\^|\$$/g, '')})`;
}).join('');
