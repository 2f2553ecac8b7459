import { NodeSign, TOPICS } from '@bordergate/contracts';
import type { Clock } from '../clock.js';
import type { Journal, Subscription } from '../journal.js';
import type { Log } from '../log.js';
import { readAs, type Door } from '../parked/door.js';
import { NodeLeases } from './node-leases.js';
import { giveSigns, SIGN_EVERY_MS } from './signs.js';

export interface NodeWatchOptions {
  readonly journal: Journal;
  /** Of the service that listens: its processes share the echo. */
  readonly listener: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly door: Door;
  readonly echoEveryMs?: number;
  /** Nodes were heard, or not any more. By region/node, of those that are silent: the time of their last sign. */
  readonly changed?: (silent: ReadonlyMap<string, string>) => void;
}

/** Listens for the heartbeats of nodes, and for its own echo, which shows that there is something to hear. */
export class NodeWatch {
  readonly #leases: NodeLeases;
  #silent: ReadonlyMap<string, string> = new Map();
  #subscription: Subscription | undefined;
  #stopEcho = (): void => {};

  constructor(private readonly options: NodeWatchOptions) {
    this.#leases = new NodeLeases(3 * (options.echoEveryMs ?? SIGN_EVERY_MS));
  }

  /** The time of the last sign of a node that is silent; undefined for one that is heard, or never was. */
  silentSince(region: string, node: string): string | undefined {
    return this.#leases.silentSince(region, node);
  }

  async start(): Promise<void> {
    const { journal, listener, clock, log, door, echoEveryMs } = this.options;
    this.#subscription = await journal.subscribe(TOPICS.nodes, { name: `${listener}/nodes`, from: 'beginning' }, {
      batch: async (records, place) => {
        const signs = await door.admit(records, place, ({ event }) => event && { sign: readAs(NodeSign, event.data), time: event.time });
        this.#leases.heard(clock.now());
        for (const heard of signs) if (heard?.sign.type === 'NodeHeartbeat') this.#leases.beat(heard.sign, heard.time);
        this.#tell();
      },
    });
    this.#stopEcho = giveSigns({
      journal, clock, log, key: `listener/${listener}`, actor: `service:${listener}`, make: () => ({ type: 'NodeListenerEcho', listener }), ...(echoEveryMs !== undefined && { everyMs: echoEveryMs }),
    });
  }

  async stop(): Promise<void> {
    this.#stopEcho();
    await this.#subscription?.close();
  }

  #tell(): void {
    const [before, now] = [this.#silent, this.#leases.silent()];
    if (before.size === now.size && [...now].every(([key, time]) => before.get(key) === time)) return;
    this.#silent = now;
    for (const [node, since] of now) if (!before.has(node)) this.options.log.warn('a node is not heard any more; whether its tunnels carry is not known', { node, since });
    for (const node of before.keys()) if (!now.has(node)) this.options.log.info('a node is heard again', { node });
    this.options.changed?.(now);
  }
}
