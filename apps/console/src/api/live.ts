import { LiveStates, type LiveChange } from './live-states.js';
import { sseReader } from './sse.js';
import type { TunnelState } from './types.js';

/** connecting: the first time; live; offline: what is shown is old, and will be caught up. */
export type LiveStatus = 'connecting' | 'live' | 'offline';

/** The server says something every 15 s; silence for so long is a connection that is gone. */
const SILENCE_MS = 40_000;
/** A page that nobody looks at gives its connection back: a browser has six of them per server, for all pages. */
const HIDDEN_MS = 30_000;
/** Rows are drawn anew so often at most, however many states change. */
const DRAW_MS = 250;
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000];

interface Listeners {
  /** Lists of resources are old; `again` is after a pause, in which anything may have changed. */
  readonly onOld: (again: boolean) => void;
}

/**
 * The one connection of a page to the live stream of its region. It goes on where it ended (Last-Event-ID), so that what
 * happened in between is told; what it knows is read by id and listened to.
 */
export class LiveConnection {
  readonly #states = new LiveStates();
  readonly #listeners = new Set<() => void>();
  #all: ReadonlyMap<string, TunnelState> = new Map();
  #status: LiveStatus = 'connecting';
  #lastEventId: string | undefined;
  #attempt = 0;
  #connection: AbortController | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #draw: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #resourcesOld = false;
  #paused = false;

  constructor(private readonly url: string, private readonly listeners: Listeners) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly status = (): LiveStatus => this.#status;
  /** Another map after each change. */
  readonly all = (): ReadonlyMap<string, TunnelState> => this.#all;
  state(id: string): TunnelState | undefined {
    return this.#states.get(id);
  }

  /** Until the returned function is called. */
  start(): () => void {
    const now = () => this.#connect();
    const visibility = () => this.#visibility();
    window.addEventListener('online', now);
    document.addEventListener('visibilitychange', visibility);
    this.#connect();
    return () => {
      window.removeEventListener('online', now);
      document.removeEventListener('visibilitychange', visibility);
      this.#disconnect();
      for (const timer of [this.#draw, this.#hide]) clearTimeout(timer);
    };
  }

  #visibility(): void {
    clearTimeout(this.#hide);
    if (document.hidden) {
      this.#hide = setTimeout(() => {
        this.#paused = true;
        this.#disconnect();
      }, HIDDEN_MS);
    } else if (this.#paused) this.#connect();
  }

  #disconnect(): void {
    for (const timer of [this.#retry, this.#silence]) clearTimeout(timer);
    this.#connection?.abort();
    this.#connection = undefined;
  }

  #connect(): void {
    this.#disconnect();
    this.#paused = false;
    const connection = new AbortController();
    this.#connection = connection;
    const ended = () => {
      if (connection !== this.#connection) return; // another one has taken over, or none is wanted
      this.#become('offline');
      this.#retry = setTimeout(() => this.#connect(), WAITS_MS[Math.min(this.#attempt++, WAITS_MS.length - 1)]);
    };
    this.#read(connection.signal).then(ended, ended); // however it ends, the page says so and it is tried again
  }

  async #read(signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (this.#lastEventId !== undefined) headers['last-event-id'] = this.#lastEventId;
    this.#heard();
    const response = await fetch(this.url, { headers, signal, cache: 'no-store' });
    if (!response.ok || !response.body) throw new Error(`the live stream answers ${response.status}`);
    const again = this.#lastEventId !== undefined;
    this.#attempt = 0;
    this.#become('live');
    if (again) this.listeners.onOld(true);
    const read = sseReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heard();
      for (const event of read(value)) {
        this.#lastEventId = event.id;
        this.#changed(this.#states.apply(event));
      }
    }
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#connect(), SILENCE_MS);
  }

  #changed({ ids, resources }: LiveChange): void {
    this.#resourcesOld ||= resources;
    if (ids?.length !== 0) this.#draw ??= setTimeout(() => this.#tell(), DRAW_MS);
  }

  #tell(): void {
    this.#draw = undefined;
    this.#all = new Map(this.#states.all());
    for (const listener of this.#listeners) listener();
    if (this.#resourcesOld) this.listeners.onOld(false);
    this.#resourcesOld = false;
  }

  #become(status: LiveStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}
