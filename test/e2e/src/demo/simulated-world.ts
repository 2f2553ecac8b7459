import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectionLoss, TrafficLoss } from '../index.js';
import type { Document } from './api.js';
import { PLAN, type World } from './world.js';

/**
 * The simulated driver's customer. There are no packets; what is measured is how long the gateway's FIB kept using a
 * tunnel after it had become useless, polled over the API, and every figure says so.
 */
export class SimulatedWorld implements World {
  readonly kind = 'simulated';
  readonly nodes = ['node-1'];
  readonly probeNote = ' (simulated: time until the FIB left the tunnel; no packets)';
  private customerIps: string[] = [];
  private tunnelIds: string[] = [];
  private readonly useless = new Set<string>();

  constructor(private readonly url: string, private readonly region: string, private readonly bgwId: () => Promise<string>) {}

  async plugVm(): Promise<void> {}

  async startCustomer(tunnels: { tunnel: Document }[]): Promise<string> {
    this.customerIps = tunnels.map((t) => t.tunnel.customerIp);
    this.tunnelIds = tunnels.map((t) => t.tunnel.vpnTunnelId);
    for (const i of this.customerIps.keys()) await this.change(i, { announce: [PLAN.idcLan, PLAN.idcMore], linkUp: true, bgpUp: true });
    return 'the simulation';
  }

  async customerSays(): Promise<string[]> {
    return ['simulated customer: sessions as the driver says'];
  }

  ping(): Promise<never> {
    throw new Error('no packets with the simulated driver');
  }

  async startProbe() {
    const bgwId = await this.bgwId();
    let running = true;
    let polls = 0;
    let bad = 0;
    let gap = 0;
    const loop = (async () => {
      let badSince: number | undefined;
      while (running) {
        const fib = (await (await fetch(`${this.url}/v1/regions/${this.region}/borderGateways/${bgwId}/fib`)).json()) as Document;
        const hops = ((fib.expected as Document[]).find((e) => e.prefix === PLAN.idcLan)?.nextHops ?? []) as Document[];
        const broken = hops.length === 0 || hops.some((h) => this.useless.has(h.id));
        polls += 1;
        if (broken) {
          bad += 1;
          badSince ??= Date.now();
          gap = Math.max(gap, Date.now() - badSince);
        } else badSince = undefined;
        await sleep(10);
      }
    })();
    loop.catch(() => {}); // told by `stop`, which awaits it
    const direction = (): DirectionLoss => ({ sent: polls, received: polls - bad, lost: bad, flows: 1, flowsWithLoss: bad ? 1 : 0, longestGapMs: gap, gapStartedAt: undefined, averageDelayMs: undefined, sendErrors: {} });
    return {
      stop: async (): Promise<TrafficLoss> => {
        running = false;
        await loop;
        return { cloudToCustomer: direction(), customerToCloud: direction() };
      },
    };
  }

  breakBgpSession = (i: number) => this.change(i, { bgpUp: false }, true);
  restoreBgpSession = (i: number) => this.change(i, { bgpUp: true }, false);
  cutLink = (i: number) => this.change(i, { linkUp: false }, true);
  restoreLink = (i: number) => this.change(i, { linkUp: true }, false);

  async kernelFib() {
    return undefined;
  }

  async ikeSaIds(): Promise<string[]> {
    return [];
  }

  async wire() {
    return undefined;
  }

  tryIt(): string {
    return 'nothing to ping';
  }

  async destroy(): Promise<void> {}

  private async change(index: number, body: Document, useless?: boolean): Promise<void> {
    const response = await fetch(`${this.url}/simulation/v1/customers/${this.customerIps[index]}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`simulation: ${response.status} ${await response.text()}`);
    if (useless === true) this.useless.add(this.tunnelIds[index]!);
    if (useless === false) this.useless.delete(this.tunnelIds[index]!);
  }
}
