import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { commandEnvironment, inNetns, ipBatch, run } from './exec.js';
import { Host } from './host.js';
import type { Lab } from './lab.js';
import { connect } from './netns.js';

export interface FabricSpec {
  /** The router of the subnet, the same on every node, as the VMs know it. */
  readonly router: string;
  /** The fabric's own address in the subnet, which it asks the nodes from. */
  readonly own: string;
}

const PROBE_MS = 100;
/** Three probes and a bit: as BFD with 3 x 100 ms. */
const SILENT_MS = 350;
const LOOK_MS = 20;
/** So many answers in a row make a node that was silent one that is there. */
const BACK_AFTER = 3;
/** Stands for "the router of the subnet, on that node" in next hops: known by the MAC address that it has on every node. */
const ANYCAST = '169.254.0.1';
const PROTO = '200';

interface FabricNode {
  readonly device: string;
  probe: ChildProcess | undefined;
  heardAt: number;
  answers: number;
  alive: boolean;
}

/**
 * The cloud's own VPC fabric, as far as the demo needs one (ADR 33): it brings a VM's packets to a node that carries their destination,
 * and answers for the VMs towards every node. Which nodes carry what, it is told (`route`); whether a node is there, it asks by itself, as
 * for any ECMP next hop. It is a router with proxy ARP: VMs and nodes believe to be in one subnet.
 */
export class VpcFabric {
  readonly #nodes = new Map<string, FabricNode>();
  readonly #installed = new Map<string, string>();
  #wanted: ReadonlyMap<string, readonly string[]> = new Map();
  #ip: ChildProcess | undefined;
  readonly #timer: NodeJS.Timeout;
  #vms = 0;

  /** Told when a node is found silent or there again. */
  onLiveness: (node: string, alive: boolean) => void = () => {};

  private constructor(private readonly lab: Lab, readonly netns: string, private readonly spec: FabricSpec) {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  static async create(lab: Lab, spec: FabricSpec): Promise<VpcFabric> {
    const netns = await lab.addNetns('fabric');
    await run(inNetns(netns, ['sysctl', '-q', '-w', 'net.ipv4.conf.all.proxy_arp=1', 'net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0']));
    // Somewhere else than the VMs, so that proxy ARP answers them for the router.
    await ipBatch(netns, ['link add anycast type bridge', 'link set anycast up', `route add ${spec.router}/32 dev anycast`]);
    return new VpcFabric(lab, netns, spec);
  }

  async addVm(name: string, address: string): Promise<Host> {
    const netns = await this.lab.addNetns(`vm-${name}`);
    const port = `f-vm${++this.#vms}`;
    await connect({ netns: this.netns, device: port }, { netns, device: 'eth0', address });
    const ip = address.replace(/\/\d+$/, '');
    await this.#answerAtOnce(port);
    await ipBatch(this.netns, [`route add ${ip}/32 dev ${port}`]);
    await ipBatch(netns, [`route add default via ${this.spec.router}`]);
    return new Host(name, netns, ip);
  }

  /** Connects a node's end of the subnet; also again, after the node was gone. */
  async plug(node: string, vpcNetns: string, bridge: string): Promise<void> {
    const [{ address: mac }] = JSON.parse(await run(['ip', '-n', vpcNetns, '-j', 'link', 'show', bridge])) as [{ address: string }];
    const known = this.#nodes.get(node) ?? (await this.#port(node));
    const wire = `p-${node}`;
    await connect({ netns: vpcNetns, device: 'fabric' }, { netns: this.netns, device: wire });
    await ipBatch(vpcNetns, [`link set fabric master ${bridge}`]);
    await ipBatch(this.netns, [`link set ${wire} master ${known.device}`, `neigh replace ${ANYCAST} lladdr ${mac} dev ${known.device} nud permanent`]);
    this.#apply();
  }

  /** Destinations, and the nodes that carry them. */
  route(wanted: ReadonlyMap<string, readonly string[]>): void {
    this.#wanted = wanted;
    this.#apply();
  }

  /** The nodes that packets to a destination are sent to now. */
  nodesTo(prefix: string): string[] {
    return [...(this.#installed.get(prefix) ?? '').matchAll(/dev f-(\S+)/g)].map(([, node]) => node!).sort();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#ip?.kill();
    for (const { probe } of this.#nodes.values()) probe?.kill();
  }

  /** A bridge, not the bare wire: a node's death must not be told by its cable, which reaches no further than the next switch. */
  async #port(node: string): Promise<FabricNode> {
    const device = `f-${node}`;
    const { own, router } = this.spec;
    await ipBatch(this.netns, [
      `link add ${device} type bridge`, `link add c-${node} type veth peer name d-${node}`, `link set c-${node} master ${device}`, `link set c-${node} up`, `link set d-${node} up`, `link set ${device} up`,
      `addr add ${own}/32 dev ${device}`, `route add ${router}/32 dev ${device} metric ${100 + this.#nodes.size}`,
    ]);
    await this.#answerAtOnce(device);
    const port: FabricNode = { device, probe: undefined, heardAt: 0, answers: 0, alive: false };
    this.#nodes.set(node, port);
    this.#probe(port);
    return port;
  }

  /** Not after a random part of 0.8 s, as proxies of ARP do by default. */
  async #answerAtOnce(device: string): Promise<void> {
    await run(inNetns(this.netns, ['sysctl', '-q', '-w', `net.ipv4.neigh.${device}.proxy_delay=0`]));
  }

  #probe(port: FabricNode): void {
    const { own, router } = this.spec;
    const argv = inNetns(this.netns, ['nice', '-n', '-10', 'fping', '--loop', '--period', String(PROBE_MS), '--timeout', String(PROBE_MS - 10), '--iface', port.device, '--src', own, router]);
    port.probe = spawn('setpriv', ['--pdeathsig', 'TERM', ...argv], { env: commandEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: port.probe.stdout! }).on('line', (line) => {
      const answered = / bytes, /.test(line);
      port.answers = answered ? port.answers + 1 : 0;
      if (answered) port.heardAt = performance.now();
    });
  }

  #look(): void {
    const now = performance.now();
    let changed = false;
    for (const [node, port] of this.#nodes) {
      const alive = port.alive ? now - port.heardAt < SILENT_MS : port.answers >= BACK_AFTER;
      if (alive === port.alive) continue;
      port.alive = alive;
      changed = true;
      this.onLiveness(node, alive);
    }
    if (changed) this.#apply();
  }

  #apply(): void {
    const commands: string[] = [];
    for (const [prefix, nodes] of this.#wanted) {
      const route = this.#routeVia(nodes);
      if (route === this.#installed.get(prefix)) continue;
      commands.push(route ? `route replace ${prefix} proto ${PROTO} ${route}` : `route del ${prefix} proto ${PROTO}`);
      this.#installed.set(prefix, route);
    }
    for (const [prefix, route] of this.#installed) {
      if (this.#wanted.has(prefix)) continue;
      if (route) commands.push(`route del ${prefix} proto ${PROTO}`);
      this.#installed.delete(prefix);
    }
    if (commands.length > 0) this.#say(commands);
  }

  /** Through those that are there; when nobody is heard, it is not the nodes that are to blame. */
  #routeVia(nodes: readonly string[]): string {
    const known = nodes.flatMap((node) => this.#nodes.get(node) ?? []);
    const alive = known.filter((port) => port.alive);
    const hops = (alive.length > 0 ? alive : known).map(({ device }) => `via ${ANYCAST} dev ${device} onlink`);
    return hops.length < 2 ? hops.join('') : hops.map((hop) => `nexthop ${hop}`).join(' ');
  }

  /** One process that stays: starting one takes longer than all the rest on a busy machine. */
  #say(commands: readonly string[]): void {
    if (!this.#ip) {
      this.#ip = spawn('setpriv', ['--pdeathsig', 'TERM', 'nice', '-n', '-10', 'ip', '-n', this.netns, '-force', '-batch', '-'], { env: commandEnvironment(), stdio: ['pipe', 'ignore', 'inherit'] });
      this.#ip.once('exit', () => { this.#ip = undefined; });
    }
    this.#ip.stdin!.write(`${commands.join('\n')}\n`);
  }
}
