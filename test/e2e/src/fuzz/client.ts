import { setTimeout as sleep } from 'node:timers/promises';

export type Document = Record<string, any>;
export interface Answer { readonly status: number; readonly body: Document | undefined; readonly text: string }

/** Sends anything, throws at nothing but silence, and remembers every answer of 500 and above: those are findings, whoever asked. */
export class Client {
  readonly failures: string[] = [];
  requests = 0;

  constructor(readonly url: string) {}

  async send(method: string, path: string, body?: Document, headers: Record<string, string> = {}): Promise<Answer> {
    this.requests++;
    const response = await fetch(`${this.url}${path}`, {
      // a kept connection may be closed by the server in the moment of the next request, when a busy machine looks at it too late
      method, signal: AbortSignal.timeout(60_000), headers: { connection: 'close', ...(body ? { 'content-type': 'application/json' } : {}), ...headers }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.status >= 500) this.failures.push(`${method} ${path} ${body ? JSON.stringify(body) : ''}: ${response.status} ${text}`);
    const json = response.headers.get('content-type')?.includes('json') && text !== '';
    return { status: response.status, body: json ? (JSON.parse(text) as Document) : undefined, text };
  }

  /** A 2xx, or an error that names the request. */
  async get(path: string): Promise<Document> {
    const { status, body, text } = await this.send('GET', path);
    if (status !== 200 || !body) throw new Error(`GET ${path}: ${status} ${text.slice(0, 300)}`);
    return body;
  }

  /** All pages. A small page finds what is wrong with paging. */
  async list(path: string, limit = 7): Promise<Document[]> {
    const items: Document[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Document = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  /** Until two looks in a row are the same: what was decided has reached every view. */
  async settled<T>(look: () => Promise<T>, patienceMs = 300_000): Promise<T> {
    const deadline = Date.now() + patienceMs;
    for (let before = await look(); ; ) {
      await sleep(1_000);
      const now = await look();
      if (JSON.stringify(now) === JSON.stringify(before)) return now;
      if (Date.now() > deadline) throw new Error(`the platform did not come to rest in ${patienceMs} ms`);
      before = now;
    }
  }
}
