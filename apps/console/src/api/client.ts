import { ApiProblem, Unreachable } from './problem.js';
import type { Problem } from './types.js';

/** Every request of the console goes through here. */
export interface Answer<T> {
  readonly data: T;
  /** What If-Match takes when the resource is changed. */
  readonly etag: string | null;
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly ifMatch?: string | null;
  /** With it the request may be repeated: the API does it once (and says the same again). */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  readonly accept?: string;
}

/** How often a request with an idempotency key is sent again by itself, and after which waits. */
const WAITS_MS = [400, 1_500];

export class ApiClient {
  /** @param base where the API is: '' for the console's own origin */
  constructor(readonly base: string, private readonly fetcher: typeof fetch = (...args) => fetch(...args), private readonly wait = (ms: number) => new Promise<void>((done) => { setTimeout(done, ms); })) {}

  url(path: string, query: Request['query'] = {}): string {
    const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return `${this.base}${path}${search ? `?${search}` : ''}`;
  }

  async send<T>(path: string, request: Request = {}): Promise<Answer<T>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once<T>(path, request);
      } catch (error) {
        const repeatable = request.idempotencyKey !== undefined && attempt < WAITS_MS.length && (error instanceof Unreachable || (error instanceof ApiProblem && error.problem.status >= 500));
        if (!repeatable) throw error;
        await this.wait(WAITS_MS[attempt]!);
      }
    }
  }

  async get<T>(path: string, query?: Request['query'], signal?: AbortSignal): Promise<T> {
    return (await this.send<T>(path, { query, signal })).data;
  }

  async #once<T>(path: string, { method = 'GET', query, body, ifMatch, idempotencyKey, signal, accept = 'application/json' }: Request): Promise<Answer<T>> {
    const headers: Record<string, string> = { accept };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (ifMatch) headers['if-match'] = ifMatch;
    if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
    let response: Response;
    let text: string;
    try {
      response = await this.fetcher(this.url(path, query), { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin' });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable((error as Error).message);
    }
    if (!response.ok) throw new ApiProblem(problemIn(response, text));
    return { data: (text === '' ? undefined : accept === 'application/json' ? JSON.parse(text) : text) as T, etag: response.headers.get('etag') };
  }
}

/** What something between us and the API answers need not be a problem document. */
function problemIn(response: Response, text: string): Problem {
  if (/\bjson\b/.test(response.headers.get('content-type') ?? '')) return JSON.parse(text) as Problem;
  const title = response.statusText || `HTTP ${response.status}`;
  return { type: 'about:blank', title, status: response.status, detail: `${title} (${response.status})`, code: `http-${response.status}` };
}

/**
 * The idempotency key of what one opened form sends: the same content has the same key, however often it is sent, so that a retry
 * never makes two; a changed content is another request.
 */
export function attemptKeys(newKey: () => string = () => crypto.randomUUID()): (body: unknown) => string {
  const keys = new Map<string, string>();
  return (body) => {
    const content = JSON.stringify(body) ?? '';
    const key = keys.get(content) ?? newKey();
    keys.set(content, key);
    return key;
  };
}
