/** Which methods a path has: for 405 instead of 404, which Fastify's router does not tell apart. */
export class RouteTable {
  readonly #routes: { readonly method: string; readonly path: RegExp; readonly plain: RegExp }[] = [];

  /** @param url pattern in Fastify's form: "/things/:id", "/things/:id(^[^:]+)::enable", "/docs/*" */
  add(methods: string | readonly string[], url: string): void {
    const [path, plain] = ['[^/]+', '[^/:]+'].map((parameter) => new RegExp(`^${patternOf(url, parameter)}$`)) as [RegExp, RegExp];
    for (const method of [methods].flat()) this.#routes.push({ method: method.toUpperCase(), path, plain });
  }

  /** The methods of all routes that match a path, sorted. "/things/t:enable" is the verb, where there is one, and not a thing with a colon in its name. */
  methodsOf(path: string): string[] {
    const own = this.#routes.filter(({ plain }) => plain.test(path));
    return [...new Set((own.length > 0 ? own : this.#routes.filter((route) => route.path.test(path))).map(({ method }) => method))].sort();
  }
}

/** The parts of a pattern: an escaped colon, a parameter with or without its own expression, a wildcard, other text. */
const PART = /::|:[A-Za-z_]\w*(?:\((?:[^()\\]|\\.)*\))?|\*|[^:*]+/g;

const patternOf = (url: string, parameter: string): string => (url.match(PART) ?? []).map((part) => {
  if (part === '::') return ':';
  if (part === '*') return '.*';
  if (!part.startsWith(':')) return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const own = /\((.*)\)$/.exec(part)?.[1];
  return own === undefined ? parameter : `(?:${own.replace(/^\^|\$$/g, '')})`;
}).join('');
