import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabContext } from './context.js';
import { type CustomerLine, type CustomerSpec, type CustomerTunnel, deviceOf } from './customer-spec.js';
import { ipBatch, run } from './exec.js';
import { Frr, type FrrDaemon } from './frr.js';
import { announcement, frrConf, withdrawal } from './frr-config.js';
import { Host } from './host.js';
import { IpsecEnd, VICI_SOCKET } from './ipsec-end.js';
import { connect } from './netns.js';
import { updownScript } from './updown.js';
import type { LossDirection } from './wan-link.js';

export interface BgpNeighbor {
  readonly tunnel: string;
  readonly address: string;
  readonly state: string;
  readonly prefixesReceived: number;
  readonly prefixesSent: number;
}

export interface KernelRoute {
  readonly dst: string;
  readonly type?: string;
  readonly protocol?: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev: string; readonly flags: readonly string[] }[];
}

/** A data centre: one router (stock strongSwan and stock FRR, another make than the cloud's) and one machine behind it. */
export class Customer {
  private readonly ends = new Map<string, IpsecEnd>();
  private readonly frr: Frr;

  private constructor(
    private readonly lab: LabContext,
    readonly spec: CustomerSpec,
    readonly router: string,
    readonly host: Host,
  ) {
    this.frr = new Frr(lab, spec.name, router, daemonsFor(spec));
  }

  static async create(lab: LabContext, spec: CustomerSpec): Promise<Customer> {
    const router = await lab.netns(`${spec.name}-router`);
    const lan = await lab.netns(`${spec.name}-host`);
    const length = spec.lan.prefix.split('/')[1];
    if (length === undefined) throw new Error(`customer ${spec.name}: LAN prefix ${spec.lan.prefix} has no length`);
    await connect(
      { netns: router, device: 'lan0', address: `${spec.lan.routerAddress}/${length}` },
      { netns: lan, device: 'eth0', address: `${spec.lan.hostAddress}/${length}` },
    );
    await ipBatch(lan, [`route add default via ${spec.lan.routerAddress}`]);
    const customer = new Customer(lab, spec, router, new Host(`${spec.name}-host`, lan, spec.lan.hostAddress));
    for (const tunnel of spec.tunnels) await customer.addEnd(tunnel);
    for (const { nodeInterface, device, innerCustomer, innerLength } of spec.lines ?? []) {
      await connect({ netns: lab.inet, device: nodeInterface }, { netns: router, device, address: `${innerCustomer}/${innerLength}` });
    }
    return customer;
  }

  async start(): Promise<void> {
    await Promise.all([...this.ends.values()].map((end) => end.start()));
    await this.frr.start(frrConf(this.spec));
  }

  async stop(): Promise<void> {
    await this.frr.stop();
    await Promise.all([...this.ends.values()].map((end) => end.stop()));
  }

  /** The IPsec side of one tunnel: SAs, initiate, terminate, reconfigure, crash. */
  ipsec(tunnel: string): IpsecEnd {
    const end = this.ends.get(tunnel);
    if (end === undefined) throw new Error(`customer ${this.spec.name} has no tunnel ${tunnel}`);
    return end;
  }

  tunnelSas(tunnel: string): Promise<string> {
    return this.ipsec(tunnel).securityAssociations();
  }

  async breakBgpSession(tunnel: string): Promise<void> {
    await this.configureBgp([`neighbor ${this.peer(tunnel).innerCloud} shutdown`]);
  }

  async restoreBgpSession(tunnel: string): Promise<void> {
    await this.configureBgp([`no neighbor ${this.peer(tunnel).innerCloud} shutdown`]);
  }

  async cutLink(tunnel: string): Promise<void> {
    await this.ipsec(tunnel).link.cut();
  }

  async restoreLink(tunnel: string): Promise<void> {
    await this.ipsec(tunnel).link.restore();
  }

  /** Pulls the cable of a direct line at the customer's end: the other end loses its carrier. */
  async cutLine(name: string): Promise<void> {
    await ipBatch(this.router, [`link set ${this.line(name).device} down`]);
  }

  async restoreLine(name: string): Promise<void> {
    await ipBatch(this.router, [`link set ${this.line(name).device} up`]);
  }

  async blackhole(tunnel: string, direction: LossDirection = 'both'): Promise<void> {
    await this.ipsec(tunnel).link.blackhole(direction);
  }

  async unblackhole(tunnel: string): Promise<void> {
    await this.ipsec(tunnel).link.unblackhole();
  }

  async announce(...prefixes: readonly string[]): Promise<void> {
    this.demandBgp();
    await this.frr.configure(announcement(this.spec, prefixes));
  }

  async withdraw(...prefixes: readonly string[]): Promise<void> {
    this.demandBgp();
    await this.frr.configure(withdrawal(this.spec, prefixes));
  }

  async bgpSummary(): Promise<BgpNeighbor[]> {
    this.demandBgp();
    const summary = JSON.parse(await this.frr.show('show bgp ipv4 unicast summary json')) as FrrSummary;
    return [...this.spec.tunnels, ...(this.spec.lines ?? [])].map((tunnel) => {
      const peer = summary.peers?.[tunnel.innerCloud];
      return {
        tunnel: tunnel.name,
        address: tunnel.innerCloud,
        state: peer?.state ?? 'Unknown',
        prefixesReceived: peer?.pfxRcd ?? 0,
        prefixesSent: peer?.pfxSnt ?? 0,
      };
    });
  }

  /** How often each session was established, 0 while it is not: another number when it began anew. FRR's times of it are a second off now and then. */
  async sessionsBegun(): Promise<number[]> {
    this.demandBgp();
    const neighbors = JSON.parse(await this.frr.show('show bgp neighbors json')) as Record<string, { bgpState: string; connectionsEstablished: number }>;
    return this.spec.tunnels.map(({ innerCloud }) => (neighbors[innerCloud]?.bgpState === 'Established' ? neighbors[innerCloud].connectionsEstablished : 0));
  }

  /**
   * All sessions stand, and BFD with them. FRR begins BFD anew when a session is first established, which ends that session once (seen with FRR 8.4
   * and BIRD 2.0): whoever counts sessions begins after that.
   */
  async isSettled(): Promise<boolean> {
    const bfd = [...(await this.bfdStates()).values()];
    return bfd.length === this.spec.tunnels.length && bfd.every((state) => state === 'up') && (await this.sessionsBegun()).every((count) => count > 0);
  }

  /** What the cloud tells: AS_PATHs by prefix, of paths learned from the tunnels' neighbours. */
  async heard(): Promise<ReadonlyMap<string, string>> {
    this.demandBgp();
    const { routes } = JSON.parse(await this.frr.show('show bgp ipv4 unicast json')) as { routes: Record<string, { path: string; nexthops: { ip: string }[] }[]> };
    const clouds = new Set(this.spec.tunnels.map((tunnel) => tunnel.innerCloud));
    const fromCloud = Object.entries(routes).map(([prefix, paths]) => [prefix, paths.find((path) => path.nexthops.some(({ ip }) => clouds.has(ip)))?.path] as const);
    return new Map(fromCloud.flatMap(([prefix, path]) => (path === undefined ? [] : [[prefix, path] as const])));
  }

  /** BFD state per tunnel as the router sees it; a tunnel without a session is missing. */
  async bfdStates(): Promise<ReadonlyMap<string, string>> {
    const peers = JSON.parse(await this.frr.show('show bfd peers json')) as { peer: string; status: string }[];
    const named = this.spec.tunnels.flatMap((tunnel) => {
      const peer = peers.find((candidate) => candidate.peer === tunnel.innerCloud);
      return peer === undefined ? [] : [[tunnel.name, peer.status] as const];
    });
    return new Map(named);
  }

  async routes(): Promise<KernelRoute[]> {
    return JSON.parse(await run(['ip', '-n', this.router, '-j', 'route', 'show'])) as KernelRoute[];
  }

  /** Any command of FRR's shell, for questions this class does not know. */
  vtysh(command: string): Promise<string> {
    return this.frr.show(command);
  }

  private async addEnd(tunnel: CustomerTunnel): Promise<void> {
    if (this.ends.has(tunnel.name)) throw new Error(`customer ${this.spec.name} has two tunnels ${tunnel.name}`);
    const name = `${this.spec.name}-${tunnel.name}`;
    const device = deviceOf(this.spec, tunnel);
    const updown = this.spec.routing === 'static' ? { updown: this.writeUpdown(name, device) } : {};
    const end = await IpsecEnd.create(this.lab, {
      ...tunnel,
      ...updown,
      name,
      device,
      publicIp: tunnel.customerIp,
      peerIp: tunnel.cloudIp,
      innerAddress: tunnel.innerCustomer,
      router: this.router,
      table: this.lab.nextTable(),
    });
    this.ends.set(tunnel.name, end);
  }

  /** Static routes have no liveness of their own: only the state of the device can take them out. */
  private writeUpdown(name: string, device: string): string {
    const directory = this.lab.subdirectory(name);
    const script = join(directory, 'updown.sh');
    writeFileSync(script, updownScript({ directory, viciSocket: join(directory, VICI_SOCKET), router: this.router, device }), { mode: 0o755 });
    return script;
  }

  private async configureBgp(lines: readonly string[]): Promise<void> {
    this.demandBgp();
    await this.frr.configure([`router bgp ${this.spec.asn}`, ...lines]);
  }

  private demandBgp(): void {
    if (this.spec.routing !== 'bgp') throw new Error(`customer ${this.spec.name} routes statically and has no BGP`);
  }

  private peer(name: string): CustomerTunnel | CustomerLine {
    const peer = [...this.spec.tunnels, ...(this.spec.lines ?? [])].find((candidate) => candidate.name === name);
    if (peer === undefined) throw new Error(`customer ${this.spec.name} has no tunnel or line ${name}`);
    return peer;
  }

  private line(name: string): CustomerLine {
    const line = this.spec.lines?.find((candidate) => candidate.name === name);
    if (line === undefined) throw new Error(`customer ${this.spec.name} has no line ${name}`);
    return line;
  }
}

interface FrrSummary {
  readonly peers?: Readonly<Record<string, { readonly state: string; readonly pfxRcd?: number; readonly pfxSnt?: number }>>;
}

function daemonsFor(spec: CustomerSpec): FrrDaemon[] {
  if (spec.routing === 'static') return ['zebra', 'staticd'];
  return ['zebra', 'staticd', 'bgpd', ...(spec.bfd === undefined ? [] : (['bfdd'] as const))];
}
