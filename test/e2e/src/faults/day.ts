import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Document } from '../demo/api.js';
import type { Site } from '../demo/walk.js';
import { PLAN } from '../demo/world.js';

/** Addresses for extra connections, some on each node; their customers are switched off. */
export const EXTRA_ADDRESSES = ['203.0.113.3', '203.0.113.4', '203.0.113.5', '203.0.113.6', '203.0.113.7', '203.0.113.8'];
const PAUSE_MS = 150;
/** How long a thing lives, in rounds: within the region's quotas. */
const ROUNDS_OF_LIFE = 4;

/**
 * A day of an operations team, over and over: three people at once, each with what is their own. Every name is used once, so that a
 * repeated request that counted twice is seen.
 */
export class Day {
  readonly #people: Promise<void>[];
  #refused: string[] = [];
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};
  #ended = false;
  #busy = 0;

  constructor(private readonly api: Api, private readonly site: Site, private readonly nodes: readonly string[]) {
    this.#people = [this.#repeat((n) => this.#customers(n)), this.#repeat((n) => this.#routes(n)), this.#repeat((n) => this.#connections(n))];
  }

  /** Resolves when the commands under way are answered; no other begins before `resume`. */
  async pause(): Promise<void> {
    this.#gate = new Promise((resolve) => { this.#open = resolve; });
    while (this.#busy > 0) await sleep(20);
  }

  /** What was refused since the last time: nothing may be, for nothing is asked for that cannot be. */
  refused(): string[] {
    return this.#refused.splice(0);
  }

  resume(): void {
    this.#open();
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.resume();
    await Promise.all(this.#people);
  }

  async #repeat(round: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; !this.#ended; n++) await round(n).catch((error: Error) => { this.#refused.push(error.message); });
  }

  /** Between any two commands the day may be paused. */
  async #command<T>(send: () => Promise<T>): Promise<T> {
    await sleep(PAUSE_MS);
    await this.#gate;
    this.#busy++;
    return send().finally(() => { this.#busy--; });
  }

  #post = (path: string, body: Document = {}) => this.#command(() => this.api.post(path, body));
  #patch = (path: string, body: Document) => this.#command(() => this.api.patch(path, body));
  #delete = (path: string) => this.#command(() => this.api.delete(path));

  readonly #gateways: string[] = [];
  async #customers(n: number): Promise<void> {
    const { customerGatewayId } = await this.#post('customerGateways', { customerGatewayName: `day-${n}`, customerIps: ['192.0.2.1'], bgpAsn: 64600 + (n % 100) });
    const path = `customerGateways/${customerGatewayId}`;
    this.#gateways.push(path);
    await this.#patch(path, { description: `round ${n}` });
    await this.#patch(path, { customerIps: [`192.0.2.${1 + (n % 200)}`, '192.0.2.250'] });
    await this.#patch('quotas/customer_gateway', { maxLimit: 40 + (n % 7) });
    if (this.#gateways.length > ROUNDS_OF_LIFE) await this.#delete(this.#gateways.shift()!);
  }

  readonly #parts: string[][] = [];
  async #routes(n: number): Promise<void> {
    const { bgwId, vpnConnectionId, vpcId, routeTableId } = this.site;
    const route = await this.#post('staticRoutes', { bgwId, bgwRouteDestination: `10.${100 + (Math.floor(n / 250) % 100)}.${n % 250}.0/24`, bgwRouteNexthop: vpnConnectionId });
    const parts = [`staticRoutes/${route.bgwRouteId}`];
    await this.#patch(parts[0]!, { description: `round ${n}` });
    if (n % 2 === 0) parts.push(`vpcRoutes/${(await this.#post('vpcRoutes', { routeTableId, bgwId, destination: `172.${16 + (Math.floor(n / 250) % 16)}.${n % 250}.0/24` })).vpcRouteId}`);
    if (n % 3 === 0) parts.push(`subnets/${(await this.#post('subnets', { vpcId, subnetName: `day-${n}`, cidr: `10.1.${2 + (n % 250)}.0/24` })).subnetId}`);
    this.#parts.push(parts);
    if (this.#parts.length > ROUNDS_OF_LIFE) for (const part of this.#parts.shift()!) await this.#delete(part);
  }

  /** Connections beside the one that carries traffic: made, changed, disabled, enabled, taken down. */
  async #connections(n: number): Promise<void> {
    const { bgwId } = this.site;
    if (n === 0) for (const [i, publicAddress] of EXTRA_ADDRESSES.entries()) await this.#post('publicAddresses', { publicAddress, node: this.nodes[i % this.nodes.length]! });
    const { customerGatewayId } = await this.#post('customerGateways', { customerGatewayName: `branch-${n}`, customerIps: [PLAN.customerPublic[0].replace(/\d+$/, '77')], bgpAsn: 64900 });
    const { vpnConnectionId } = await this.#post('vpnConnections', { vpnConnectionName: `branch-${n}`, bgwId, cgwId: customerGatewayId });
    const path = `vpnConnections/${vpnConnectionId}`;
    const tunnels = ((await this.#post(`${path}:addTunnels`)).items as Document[]).map(({ vpnTunnelId }) => `vpnTunnels/${vpnTunnelId}`);
    await this.#patch(path, { description: `round ${n}`, bgpHoldSec: 30 + (n % 30) });
    const route = await this.#post('staticRoutes', { bgwId, bgwRouteDestination: `10.${200 + (Math.floor(n / 250) % 50)}.${n % 250}.0/24`, bgwRouteNexthop: vpnConnectionId });
    for (const tunnel of tunnels) await this.#post(`${tunnel}:disable`);
    await this.#patch(tunnels[0]!, { ipsecSaLifeSec: 3_600 + (n % 100) });
    await this.#post(`${tunnels[0]}:enable`);
    await this.#post(`${tunnels[0]}:disable`);
    for (const part of [`staticRoutes/${route.bgwRouteId}`, ...tunnels, path, `customerGateways/${customerGatewayId}`]) await this.#delete(part);
  }
}
