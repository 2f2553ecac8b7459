import type { ServerResponse } from 'node:http';
import type { LiveMessage, LiveStates } from './live.js';

/**
 * Server-sent events (WHATWG HTML, 9.2) for all clients of the live stream. Comments are heartbeats: they keep
 * proxies from cutting a silent stream and find out that a client is gone.
 */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  #closed = false;

  constructor(private readonly live: LiveStates, heartbeatMs: number) {
    this.#heartbeat = setInterval(() => {
      // A response that waits for its reader needs none: it has bytes under way.
      for (const response of this.#open) if (!response.writableNeedDrain) response.write(': heartbeat\n\n');
    }, heartbeatMs).unref();
  }

  /** Open streams, for metrics. */
  get size(): number {
    return this.#open.size;
  }

  /** Answers with the stream, until the client leaves or the service closes. */
  serve(response: ServerResponse, region: string, lastEventId: string | undefined, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    if (this.#closed) {
      response.end();
      return;
    }
    response.write('retry: 1000\n\n');
    const { resume, leave } = this.live.join(region, lastEventId, (message) => response.write(textOf(message)));
    this.#open.add(response);
    response.on('drain', resume);
    response.on('close', () => {
      leave();
      this.#open.delete(response);
    });
  }

  /** Ends every stream: a service that stops waits for its answers, and these would never end. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const response of this.#open) response.end();
  }
}

const textOf = ({ id, event, data }: LiveMessage): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
