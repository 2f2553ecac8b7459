import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer of the API that is a problem (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Record<string, unknown>,
  ) {
    super(`${status} ${code}: ${String(problem.detail ?? '')} ${problem.field ? `(${String(problem.field)})` : ''}`.trim());
  }
}

export type Document = Record<string, any>;

/**
 * A client of the REST API as a careful user would write one: a POST carries an Idempotency-Key, so that a request
 * whose answer was lost (the platform was killed) can be sent again until it is answered, and happens once.
 */
export class Api {
  /** Changes that were acknowledged: what a crash must not lose. */
  readonly acknowledged: { method: string; path: string; answer: Document | undefined }[] = [];

  constructor(
    readonly url: string,
    readonly region: string,
    private readonly patienceMs = 60_000,
  ) {}

  get = (path: string): Promise<Document> => this.send('GET', path);
  post = (path: string, body: Document = {}): Promise<Document> => this.send('POST', path, body);
  patch = (path: string, body: Document): Promise<Document> => this.send('PATCH', path, body);

  /** A DELETE whose answer was lost may find nothing the second time: that is the wanted state. */
  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** All pages of a list. */
  async list(path: string): Promise<Document[]> {
    const items: Document[] = [];
    let cursor: string | null = null;
    do {
      const page: Document = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  private async send(method: string, path: string, body?: Document): Promise<Document> {
    const url = path.startsWith('/') ? `${this.url}${path}` : `${this.url}/v1/regions/${this.region}/${path}`;
    const headers: Record<string, string> = {};
    if (body) headers['content-type'] = 'application/json';
    if (method === 'POST') headers['idempotency-key'] = randomUUID();
    const deadline = Date.now() + this.patienceMs;
    for (let attempt = 1; ; attempt++) {
      let response: Response;
      let text: string;
      try {
        response = await fetch(url, { method, headers, signal: AbortSignal.timeout(10_000), ...(body ? { body: JSON.stringify(body) } : {}) });
        text = await response.text();
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`${method} ${url}: no answer in ${this.patienceMs} ms`, { cause: error });
        await sleep(50);
        continue;
      }
      const answer = text ? (JSON.parse(text) as Document) : {};
      // not ready yet after a restart
      if (response.status === 503 && Date.now() < deadline) {
        await sleep(50);
        continue;
      }
      // deleted by the try whose answer was lost
      const alreadyGone = method === 'DELETE' && response.status === 404 && attempt > 1;
      if (!response.ok && !alreadyGone) throw new ProblemError(response.status, String(answer.code ?? 'unknown'), answer);
      if (method !== 'GET') this.acknowledged.push({ method, path, answer: alreadyGone ? undefined : answer });
      return answer;
    }
  }
}
