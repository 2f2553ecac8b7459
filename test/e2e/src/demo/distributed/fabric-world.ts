import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listNetns, netnsExists } from '../../lab/netns.js';
import { VpcFabric } from '../../lab/vpc-fabric.js';
import { inNetns, Lab, run } from '../../index.js';
import type { FibEntries, VpcRoutes } from '../fabric-routes.js';
import { fabricRoutes } from '../fabric-routes.js';
import { RealWorld, suffix, type NodePlace } from '../real-world.js';
import { PLAN } from '../world.js';

/** Where the fabric asks the nodes from; a VM never has it. */
const FABRIC_ADDRESS = '10.1.1.2';

/** The world of a platform with several nodes: the VM is reached through the VPC's fabric, by any of them; and a node can be switched off. */
export class FabricWorld extends RealWorld {
  private vpc: { readonly vpcId: string; readonly subnetId: string; routeTableId: string } | undefined;
  private tables: { readonly vpcRoutes: VpcRoutes; readonly fib: FibEntries } | undefined;
  private readonly off = new Set<string>();
  fabric!: VpcFabric;

  static async createOn(options: { dir: string; prefix: string; places: readonly [NodePlace, ...NodePlace[]] }): Promise<FabricWorld> {
    const lab = await Lab.create({ dir: options.dir, prefix: options.prefix });
    const world = new FabricWorld(lab, await lab.capture(), options.dir, options.places);
    world.fabric = await VpcFabric.create(lab, { router: PLAN.subnetRouter, own: FABRIC_ADDRESS });
    return world;
  }

  /** The route table that the VM's subnet obeys. */
  obey(routeTableId: string): void {
    this.vpc!.routeTableId = routeTableId;
    this.#route();
  }

  /** What is published for fabrics, as it is now. */
  published(vpcRoutes: VpcRoutes, fib: FibEntries): void {
    this.tables = { vpcRoutes, fib };
    this.#route();
  }

  override async plugVm(vpcId: string, subnetId: string): Promise<void> {
    this.vpc = { vpcId, subnetId, routeTableId: '' };
    for (const { name } of this.places) await this.#plug(name);
    this.vm = await this.fabric.addVm('vm1', `${PLAN.vm}/24`);
  }

  /** The power goes: everything of the node at once, and nobody is told. Its disk stays. */
  async switchOff(node: string): Promise<void> {
    const place = this.#place(node);
    this.off.add(node);
    const namespaces = await listNetns(place.netnsPrefix);
    await Promise.all(namespaces.map((netns) => run(inNetns(netns, ['sh', '-c', 'for d in wan fabric; do ip link set $d down 2>/dev/null || true; done']))));
    for (const pid of daemonsOf(path.dirname(place.stateDir))) process.kill(pid, 'SIGKILL');
    await Promise.all(namespaces.map((netns) => run(['ip', 'netns', 'del', netns])));
  }

  /** Its cable to the fabric is in again, once the node has made its end. */
  async switchOn(node: string): Promise<void> {
    await this.#plug(node);
    this.off.delete(node);
  }

  protected override async present(): Promise<readonly NodePlace[]> {
    return this.places.filter(({ name }) => !this.off.has(name));
  }

  override async destroy(): Promise<void> {
    this.fabric.close();
    await super.destroy();
  }

  async #plug(node: string): Promise<void> {
    const { vpcId, subnetId } = this.vpc!;
    const vpcNetns = `${this.#place(node).netnsPrefix}v-${suffix(vpcId)}`;
    if (!netnsExists(vpcNetns)) throw new Error(`${node} has not made the VPC yet`);
    await this.fabric.plug(node, vpcNetns, `s-${suffix(subnetId)}`);
  }

  #place(node: string): NodePlace {
    return this.places.find(({ name }) => name === node)!;
  }

  #route(): void {
    if (this.tables && this.vpc?.routeTableId) this.fabric.route(fabricRoutes(this.vpc.routeTableId, this.tables.vpcRoutes, this.tables.fib));
  }
}

/** The daemons that a worker has started with this data folder, by the mark in their environment. */
function daemonsOf(dataDir: string): number[] {
  const mark = `BORDERGATE_DAEMON=${dataDir}/`;
  return readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid) && environmentOf(pid).split('\0').some((entry) => entry.startsWith(mark)));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // ended meanwhile, or the kernel's own
  }
}
