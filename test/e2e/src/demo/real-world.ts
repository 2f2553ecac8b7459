import path from 'node:path';
import { Customer, type CustomerLine, Host, Lab, run, TrafficProbe, type Capture, type WireSummary } from '../index.js';
import type { Document } from './api.js';
import { PLAN, type Fib, type World } from './world.js';

const suffix = (id: string): string => id.slice(id.lastIndexOf('-') + 1);

/** Namespaces, a stock router with strongSwan and FRR, a VM, and an internet in which every packet is recorded. */
export class RealWorld implements World {
  readonly kind = 'real';
  readonly probeNote = '';
  private customer: Customer | undefined;
  private vm: Host | undefined;
  private tunnelNames: string[] = [];
  /** Direct lines that the customer's router has beside its tunnels; to be said before it is started. */
  lines: readonly CustomerLine[] = [];

  private constructor(readonly lab: Lab, private readonly capture: Capture, private readonly netnsPrefix: string, private readonly dir: string, private readonly stateDir: string) {}

  /** `netnsPrefix` and `stateDir` are the platform's: to find its namespaces and sockets without asking it. */
  static async create(options: { dir: string; prefix: string; netnsPrefix: string; stateDir: string }): Promise<RealWorld> {
    const lab = await Lab.create({ dir: options.dir, prefix: options.prefix });
    return new RealWorld(lab, await lab.capture(), options.netnsPrefix, options.dir, options.stateDir);
  }

  /** The same world as another platform in it sees it. */
  beside(options: { netnsPrefix: string; stateDir: string }): RealWorld {
    return new RealWorld(this.lab, this.capture, options.netnsPrefix, this.dir, options.stateDir);
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
    const vpcNetns = `${this.netnsPrefix}v-${suffix(vpcId)}`;
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

  async kernelFib(bgwId: string): Promise<Fib> {
    interface Route { dst: string; protocol?: string; dev?: string; nexthops?: { dev: string }[] }
    const routes = JSON.parse((await run(['ip', '-n', `${this.netnsPrefix}g-${suffix(bgwId)}`, '-j', 'route', 'show', 'proto', 'bird'])) || '[]') as Route[];
    // "t-abc" is tunnel tun-abc, "a-abc" attachment vpcatt-abc, "d-abc" virtual interface vif-abc: names follow from ids
    const id = (device: string) => device.replace(/^t-/, 'tun-').replace(/^a-/, 'vpcatt-').replace(/^d-/, 'vif-');
    const text = (route: Route) => (route.nexthops?.map((n) => n.dev) ?? [route.dev ?? '?']).map(id).sort().join(' ');
    return new Map(routes.map((route) => [route.dst === 'default' ? '0.0.0.0/0' : route.dst.includes('/') ? route.dst : `${route.dst}/32`, text(route)]));
  }

  async ikeSaIds(tunnelId: string): Promise<string[]> {
    const socket = path.join(this.stateDir, `o-${suffix(tunnelId)}`, 'vici');
    const raw = await run(['swanctl', '--list-sas', '--raw', '--uri', `unix://${socket}`]);
    return [...raw.matchAll(/\{\S+ \{uniqueid=(\d+) .*?state=ESTABLISHED/g)].map((m) => m[1]!);
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
