import { existsSync } from 'node:fs';
import path from 'node:path';
import { Customer, type CustomerLine, Host, Lab, run, TrafficProbe, type Capture, type WireSummary } from '../index.js';
import type { Document } from './api.js';
import { PLAN, type Fib, type World } from './world.js';

export const suffix = (id: string): string => id.slice(id.lastIndexOf('-') + 1);

interface Route { dst: string; protocol?: string; dev?: string; nexthops?: { dev: string }[] }
const bird = async (netns: string): Promise<Route[]> => JSON.parse((await run(['ip', '-n', netns, '-j', 'route', 'show', 'proto', 'bird'])) || '[]') as Route[];
/** "t-abc" is tunnel tun-abc, "a-abc" attachment vpcatt-abc, "d-abc" virtual interface vif-abc: names follow from ids. */
const idOf = (device: string): string => device.replace(/^t-/, 'tun-').replace(/^a-/, 'vpcatt-').replace(/^d-/, 'vif-');

/** Where a node of the platform has what it made: to find it without asking the platform. */
export interface NodePlace {
  readonly name: string;
  readonly netnsPrefix: string;
  /** Of the daemons' sockets. */
  readonly stateDir: string;
}

/** Namespaces, a stock router with strongSwan and FRR, a VM, and an internet in which every packet is recorded. */
export class RealWorld implements World {
  readonly kind = 'real';
  readonly probeNote = '';
  private customer: Customer | undefined;
  protected vm: Host | undefined;
  private tunnelNames: string[] = [];
  /** Direct lines that the customer's router has beside its tunnels; to be said before it is started. */
  lines: readonly CustomerLine[] = [];

  protected constructor(readonly lab: Lab, private readonly capture: Capture, private readonly dir: string, readonly places: readonly [NodePlace, ...NodePlace[]]) {}

  static async create(options: { dir: string; prefix: string; node: NodePlace }): Promise<RealWorld> {
    const lab = await Lab.create({ dir: options.dir, prefix: options.prefix });
    return new RealWorld(lab, await lab.capture(), options.dir, [options.node]);
  }

  /** The same world as another platform in it sees it. */
  beside(node: NodePlace): RealWorld {
    return new RealWorld(this.lab, this.capture, this.dir, [node]);
  }

  get nodes(): string[] {
    return this.places.map(({ name }) => name);
  }

  get uplink(): string {
    return this.lab.inet;
  }

  get hosts(): { vm: Host; idc: Host } {
    if (!this.vm || !this.customer) throw new Error('the VM or the customer is not there yet');
    return { vm: this.vm, idc: this.customer.host };
  }

  get customerRouter(): Customer {
    if (!this.customer) throw new Error('the customer is not there yet');
    return this.customer;
  }

  /** The namespace of the customer's router. */
  get router(): string {
    return this.customerRouter.router;
  }

  async plugVm(vpcId: string, subnetId: string): Promise<void> {
    this.vm = await this.addVm({ name: 'vm1', vpcId, subnetId, address: `${PLAN.vm}/24`, gateway: PLAN.subnetRouter });
  }

  /** A computer in a subnet of a VPC; fails while the worker has not made the subnet yet. */
  async addVm({ vpcId, subnetId, ...vm }: { name: string; vpcId: string; subnetId: string; address: string; gateway: string }): Promise<Host> {
    const vpcNetns = `${this.places[0].netnsPrefix}v-${suffix(vpcId)}`;
    const bridge = `s-${suffix(subnetId)}`;
    await run(['ip', '-n', vpcNetns, 'link', 'show', bridge]);
    return this.lab.addVm({ ...vm, vpcNetns, bridge });
  }

  async startCustomer(tunnels: { tunnel: Document; psk: string }[]): Promise<string> {
    this.tunnelNames = tunnels.map((_, i) => `wan${i + 1}`);
    this.customer = await this.lab.addCustomer({
      name: 'idc', asn: PLAN.customerAsn, routing: 'bgp', announce: [PLAN.idcLan, PLAN.idcMore], bfd: PLAN.bfd, lines: this.lines,
      lan: { prefix: PLAN.idcLan, routerAddress: PLAN.idcRouter, hostAddress: PLAN.idcHost },
      tunnels: tunnels.map(({ tunnel, psk }, i) => ({
        name: this.tunnelNames[i]!, customerIp: tunnel.customerIp, cloudIp: tunnel.cloudPublicIp, psk, localId: tunnel.remoteId, remoteId: tunnel.localId,
        innerCustomer: tunnel.remoteTunnelIp, innerCloud: tunnel.localTunnelIp, innerLength: 30, ikeVersion: tunnel.ikeVersion === 'v1' ? 1 : 2,
        ikeProposal: `${tunnel.ikeCipher}-${tunnel.ikeAuth}-${tunnel.ikeKeyExchange}`,
        espProposal: `${tunnel.ipsecCipher}-${tunnel.ipsecAuth}${tunnel.ipsecKeyExchange ? `-${tunnel.ipsecKeyExchange}` : ''}`,
        ikeLifeSeconds: tunnel.ikeSaLifeSec, espLifeSeconds: tunnel.ipsecSaLifeSec, cloudAsn: PLAN.cloudAsn, initiate: false,
      })),
    });
    await this.customer.start();
    return this.dir;
  }

  async customerSays(): Promise<string[]> {
    // of the tunnels: a direct line may be waiting for its other end
    const neighbors = ((await this.customer?.bgpSummary()) ?? []).filter((n) => this.tunnelNames.includes(n.tunnel));
    const bfd = (await this.customer?.bfdStates()) ?? new Map<string, string>();
    return neighbors.map((n) => `FRR: neighbor ${n.address} ${n.state}, ${n.prefixesReceived} prefixes received, ${n.prefixesSent} sent, BFD ${bfd.get(n.tunnel) ?? 'off'}`);
  }

  ping(from: 'vm' | 'idc') {
    const { vm, idc } = this.hosts;
    return from === 'vm' ? vm.ping(PLAN.idcHost, { count: 5 }) : idc.ping(PLAN.vm, { count: 5 });
  }

  startProbe() {
    const { vm, idc } = this.hosts;
    return TrafficProbe.start({ cloud: vm, customer: idc });
  }

  breakBgpSession = (i: number) => this.customer!.breakBgpSession(this.tunnelNames[i]!);
  restoreBgpSession = (i: number) => this.customer!.restoreBgpSession(this.tunnelNames[i]!);
  cutLink = (i: number) => this.customer!.cutLink(this.tunnelNames[i]!);
  restoreLink = (i: number) => this.customer!.restoreLink(this.tunnelNames[i]!);

  /** Of all nodes together: each has the tunnels that end on it, and every attachment. */
  async kernelFib(bgwId: string): Promise<Fib> {
    const hops = new Map<string, Set<string>>();
    for (const { netnsPrefix } of await this.present()) {
      for (const { dst, nexthops, dev } of await bird(`${netnsPrefix}g-${suffix(bgwId)}`)) {
        const prefix = dst === 'default' ? '0.0.0.0/0' : dst.includes('/') ? dst : `${dst}/32`;
        const known = hops.get(prefix) ?? new Set();
        for (const device of nexthops?.map((n) => n.dev) ?? [dev ?? '?']) known.add(idOf(device));
        hops.set(prefix, known);
      }
    }
    return new Map([...hops].map(([prefix, ids]) => [prefix, [...ids].sort().join(' ')]));
  }

  async ikeSaIds(tunnelId: string): Promise<string[]> {
    const place = this.places.find(({ stateDir }) => existsSync(this.viciOf(stateDir, tunnelId))) ?? this.places[0];
    const raw = await run(['swanctl', '--list-sas', '--raw', '--uri', `unix://${this.viciOf(place.stateDir, tunnelId)}`]);
    return [...raw.matchAll(/\{\S+ \{uniqueid=(\d+) .*?state=ESTABLISHED/g)].map((m) => m[1]!);
  }

  /** The nodes that are not switched off. */
  protected async present(): Promise<readonly NodePlace[]> {
    return this.places;
  }

  private viciOf(stateDir: string, tunnelId: string): string {
    return path.join(stateDir, `o-${suffix(tunnelId)}`, 'vici');
  }

  wire(): Promise<WireSummary> {
    return this.capture.stop();
  }

  tryIt(): string {
    return `ip netns exec ${this.hosts.vm.netns} ping ${PLAN.idcHost}`;
  }

  destroy(): Promise<void> {
    return this.lab.destroy();
  }
}
