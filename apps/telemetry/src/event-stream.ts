import type { ServerResponse } from 'node:http';
import { reject } from '@bordergate/kernel';
import { RejectionError } from '@bordergate/platform';
import type { LiveMessage, LiveStates } from './live.js';

/** A client that has taken nothing during so many heartbeats, though something waits for it, is not coming back for it. */
const PATIENCE = 4;

/**
 * Server-sent events (WHATWG HTML, 9.2) for all clients of the live stream. Comments are heartbeats: they keep
 * proxies from cutting a silent stream and find out that a client is gone.
 */
export class EventStreams {
  /** With how many heartbeats each has not been there for. */
  readonly #open = new Map<ServerResponse, number>();
  /** Of a message, for all its clients. */
  readonly #bytes = new WeakMap<LiveMessage, Buffer>();
  readonly #heartbeat: NodeJS.Timeout;
  #closed = false;

  /** @param limit of open streams: each costs a write with every change */
  constructor(private readonly live: LiveStates, heartbeatMs: number, private readonly limit: number) {
    this.#heartbeat = setInterval(() => {
      // A response that waits for its reader needs none: it has bytes under way.
      for (const [response, missed] of this.#open) {
        if (!response.writableNeedDrain) response.write(': heartbeat\n\n');
        else if (missed === PATIENCE) response.destroy(); // it can come back after its last event
        else this.#open.set(response, missed + 1);
      }
    }, heartbeatMs).unref();
  }

  /** Open streams, for metrics. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws RejectionError while there are as many streams as there may be */
  admit(): void {
    if (this.#open.size >= this.limit) throw new RejectionError(reject('busy', `at most ${this.limit} live streams at once, and so many are open; come again later (BORDERGATE_LIVE_STREAMS)`));
  }

  /** Answers with the stream, until the client leaves or the service closes. */
  serve(response: ServerResponse, region: string, lastEventId: string | undefined, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    if (this.#closed) {
      response.end();
      return;
    }
    response.write('retry: 1000\n\n');
    const { resume, leave } = this.live.join(region, lastEventId, (message) => response.write(this.#bytesOf(message)));
    this.#open.set(response, 0);
    response.on('drain', () => {
      this.#open.set(response, 0);
      resume();
    });
    response.on('close', () => {
      leave();
      this.#open.delete(response);
    });
  }

  /** Ends every stream: a service that stops waits for its answers, and these would never end. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const response of this.#open.keys()) response.end();
  }

  #bytesOf(message: LiveMessage): Buffer {
    const known = this.#bytes.get(message) ?? Buffer.from(textOf(message));
    this.#bytes.set(message, known);
    return known;
  }
}

const textOf = ({ id, event, data }: LiveMessage): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
