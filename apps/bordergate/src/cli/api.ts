import { http } from '@bordergate/contracts';

export type Json = Record<string, unknown>;
type Problem = ReturnType<typeof http.Problem.parse>;

/** For lists that are read to the end (http.PageQuery). */
export const LARGEST_PAGE = { limit: '200' } as const;

/** The server said no; the message is what a person reads. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Nobody answered. */
export class UnreachableError extends Error {}

export interface Api {
  /** A path below /v1/regions/{region}, or one of no region when it begins with "/"; undefined is "no content". */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All items of a list, page after page. */
  list(path: string, query?: Readonly<Record<string, string>>): Promise<Json[]>;
  /** An event stream that has begun; the caller reads its body. */
  stream(path: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response>;
}

export function createApi(url: string, region: string): Api {
  const root = url.replace(/\/+$/, '');
  const base = `${root}/v1/regions/${encodeURIComponent(region)}/`;
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(path.startsWith('/') ? root + path : base + path, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new UnreachableError(`cannot reach ${url}: ${because(error)}`);
    }
    if (!response.ok) throw new ApiError(response.status, messageOf(response, await response.text()));
    return response;
  };
  const request: Api['request'] = async (method, path, body) => {
    const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await send(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return text === '' ? undefined : parsed(response, text);
  };
  return {
    request,
    async list(path, query = {}) {
      const items: Json[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const search = new URLSearchParams({ ...query, ...(cursor ? { cursor } : {}) }).toString();
        const page = (await request('GET', search === '' ? path : `${path}?${search}`)) as { items?: unknown; nextCursor?: string | null };
        if (!Array.isArray(page?.items)) throw new ApiError(200, `not-a-list: ${base}${path} did not answer with a list`);
        items.push(...page.items);
        cursor = page.nextCursor || null;
      }
      return items;
    },
    stream: (path, headers, signal) => send(path, { headers: { accept: 'text/event-stream', ...headers }, ...(signal ? { signal } : {}) }),
  };
}

/** "code: detail (field: rule)"; when several fields are wrong, one line for each. */
function messageOf(response: Response, text: string): string {
  const problem = http.Problem.partial().safeParse(jsonOr(text));
  if (!problem.success || problem.data.code === undefined) return `http-${response.status}: ${response.statusText || 'the server gave no reason'}`;
  const { code, detail, title, field, rule, errors = [] } = problem.data as Partial<Problem>;
  const broken = errors.length > 0 ? errors : field === undefined ? [] : [{ field, rule: rule ?? detail ?? '' }];
  const what = `${code}: ${detail ?? title ?? ''}`;
  const each = broken.map((e) => (e.rule === '' || (e.rule === detail && broken.length === 1) ? e.field : `${e.field}: ${e.rule}`));
  if (each.length === 0) return what;
  return each.length === 1 ? `${what} (${each[0]})` : [what, ...each.map((line) => `  ${line}`)].join('\n');
}

function parsed(response: Response, text: string): unknown {
  const value = jsonOr(text);
  if (value === undefined) throw new ApiError(response.status, `not-json: ${response.url} did not answer with JSON; is it a Bordergate server?`);
  return value;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an answer of something in between, such as a proxy's page
  }
}

/** fetch hides the reason in the cause, or in several of them when a name has several addresses. */
function because(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}
