import { mkdir, rm } from 'node:fs/promises';
import { parseLogLine, type BirdLogEvent } from '@bordergate/bird';
import type { Log } from '@bordergate/platform';
import type { BirdConfig, BirdPort, KernelRoute } from '../data-plane.js';
import { Bird } from './bird.js';
import { devicesOf, removeDevice } from './devices.js';
import { inNetns, run, type Netns } from './exec.js';
import { kernelFib } from './kernel-fib.js';
import { LogTail } from './log-file.js';
import { ensureNetns, netnsExists, removeNetns } from './namespaces.js';
import { RouteMonitor } from './route-monitor.js';
import { giveBackVif } from './vif.js';

export interface GatewayOptions {
  borderGatewayId: string;
  /** Of its BIRD. */
  dir: string;
  netns: string;
  /** The namespace that the interfaces of direct connections go back to. */
  node: Netns;
  log: Log;
  onChange(event: string): void;
}

/**
 * No transit between outside legs unless it is switched on (semantics 1.1): what came out of one tunnel or direct connection never goes
 * into another, whatever routes customers announce. Counted, so that an operator can see who tries.
 */
const transitRule = (enabled: boolean): string => `table ip bordergate
delete table ip bordergate
table ip bordergate {
  chain transit {
    type filter hook forward priority filter; policy accept;
    iifname { "t-*", "d-*" } oifname { "t-*", "d-*" } counter ${enabled ? 'accept comment "transit between outside legs"' : 'drop comment "no transit between outside legs"'}
  }
}
`;

/** A border gateway on this node: its namespace, the BIRD that owns the routes in it, and what tells of changes there. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #bird: Bird;
  #tail: LogTail | undefined;
  #routes: RouteMonitor | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#bird = new Bird(options);
  }

  /** The port, which begins to watch when BIRD is wanted. */
  get bird(): BirdPort {
    const bird = this.#bird;
    return {
      logFile: bird.logFile,
      ensure: async (config: BirdConfig) => {
        await this.#watch();
        return bird.ensure(config);
      },
      running: () => bird.running(),
      protocols: () => bird.protocols(),
      routesOf: protocol => bird.routesOf(protocol),
      bfdSessions: () => bird.bfdSessions(),
      disable: protocol => bird.disable(protocol),
      enable: protocol => bird.enable(protocol),
      heardFrom: protocol => bird.heardFrom(protocol),
      restart: protocol => bird.restart(protocol),
    };
  }

  get logFile(): string {
    return this.#bird.logFile;
  }

  async ensure(transitEnabled: boolean): Promise<void> {
    const { netns } = this.#options;
    await ensureNetns(netns);
    // One transaction: there is no moment without the rule.
    await run(inNetns(netns, ['nft', '-f', '-']), transitRule(transitEnabled));
  }

  kernelFib(): Promise<KernelRoute[]> {
    return kernelFib(this.#options.netns);
  }

  /** With the attachments' devices first: their other ends go at once with them, and some time after with the namespace. */
  async remove(): Promise<void> {
    const { netns, dir } = this.#options;
    await this.#unwatch();
    await this.#bird.stop();
    if (await netnsExists(netns)) {
      const names = (await devicesOf(netns)).map(device => device.ifname);
      for (const name of names) if (name.startsWith('a-')) await removeDevice(netns, name);
      // A line is the node's: it would be lost with the namespace.
      for (const name of names) if (name.startsWith('d-')) await giveBackVif(name, netns, this.#options.node);
    }
    await removeNetns(netns);
    await rm(dir, { recursive: true, force: true });
  }

  async release(): Promise<void> {
    await this.#unwatch();
    this.#bird.release();
  }

  /** Asked each time: what watches may have ended with a namespace that is there again. */
  async #watch(): Promise<void> {
    const { dir, netns, log, onChange, borderGatewayId } = this.#options;
    this.#routes ??= new RouteMonitor(netns, log, () => onChange('routes changed'));
    this.#routes.start();
    if (this.#tail) return;
    await mkdir(dir, { recursive: true, mode: 0o755 });
    this.#tail = new LogTail(
      this.#bird.logFile,
      line => {
        const event = parseLogLine(line);
        if (event) onChange(describe(event));
      },
      error => log.error('the log of bird cannot be read', { borderGatewayId, error }),
    );
    await this.#tail.start();
  }

  async #unwatch(): Promise<void> {
    this.#tail?.close();
    await this.#routes?.close();
    this.#tail = undefined;
    this.#routes = undefined;
  }
}

function describe(event: BirdLogEvent): string {
  switch (event.type) {
    case 'protocol-state':
    case 'bgp-session': return `${event.type} ${event.protocol} ${event.state}`;
    case 'bgp-lost': return `${event.type} ${event.protocol} ${event.reason}`;
    case 'bfd': return `${event.type} ${event.neighborAddress} ${event.from} to ${event.to}`;
    case 'receive-limit': return `${event.type} ${event.protocol} ${event.limit}`;
    case 'remote': return `${event.type} ${event.protocol} ${event.message}`;
  }
}
