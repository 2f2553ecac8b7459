import { Capture, type CaptureOptions } from './capture.js';
import { LabContext } from './context.js';
import { Customer } from './customer.js';
import type { CustomerSpec } from './customer-spec.js';
import { ipBatch } from './exec.js';
import { removeCrashLog } from './frr.js';
import { Host } from './host.js';
import { connect, deleteNetns, listNetns } from './netns.js';
import { Processes } from './processes.js';
import { DownloadedCustomer, type DownloadedCustomerSpec } from '../machine/downloaded-customer.js';
import { Machine } from '../machine/machine.js';

export interface LabOptions {
  /** Configuration, logs, sockets and pid records. Kept after destroy(), to be read after a failed test. */
  readonly dir: string;
  /** Starts the name of every namespace of this lab and of no other; ends with "-". */
  readonly prefix: string;
}

export interface VmSpec {
  readonly name: string;
  readonly vpcNetns: string;
  /** A bridge in vpcNetns: the VPC's subnet. */
  readonly bridge: string;
  /** With its length: 10.1.0.10/24. */
  readonly address: string;
  readonly gateway: string;
}

/** The world around the platform: an internet, data centres with stock routers, VMs. */
export class Lab {
  private captures = 0;
  private booted: Promise<Machine> | undefined;

  private constructor(private readonly context: LabContext) {}

  static async create(options: LabOptions): Promise<Lab> {
    const context = new LabContext(options.dir, options.prefix);
    await context.netns('inet');
    return new Lab(context);
  }

  /** Removes what a crashed run has left: recorded processes that still run, and namespaces with the lab's prefix. */
  static async cleanup(dir: string, prefix: string): Promise<void> {
    const processes = new Processes(new LabContext(dir, prefix).dir);
    const pids = processes.pidsOnRecord();
    await processes.stopAll();
    pids.forEach(removeCrashLog);
    for (const name of await listNetns(prefix)) await deleteNetns(name);
  }

  /** The provider's namespace: to be given to the tunnel worker as its uplink. */
  get inet(): string {
    return this.context.inet;
  }

  async addCustomer(spec: CustomerSpec): Promise<Customer> {
    return Customer.create(this.context, spec);
  }

  /** The virtual machine of this lab's downloaded customers, booted when it is first asked for. */
  machine(): Promise<Machine> {
    this.booted ??= Machine.boot(this.context);
    return this.booted;
  }

  /** A customer whose router takes the client configuration as it is downloaded. */
  async addDownloadedCustomer(spec: DownloadedCustomerSpec): Promise<DownloadedCustomer> {
    return DownloadedCustomer.create(this.context, await this.machine(), spec);
  }

  async addVm(spec: VmSpec): Promise<Host> {
    const netns = await this.context.netns(`vm-${spec.name}`);
    // Device names have at most 15 characters; the number of a table is unique and short.
    const port = `vm${this.context.nextTable()}`;
    await connect({ netns: spec.vpcNetns, device: port }, { netns, device: 'eth0', address: spec.address });
    await ipBatch(spec.vpcNetns, [`link set ${port} master ${spec.bridge}`]);
    await ipBatch(netns, [`route add default via ${spec.gateway}`]);
    return new Host(spec.name, netns, addressOf(spec.address));
  }

  /** Records what passes through a namespace, by default through the provider's. */
  async capture(netns: string = this.inet, options: CaptureOptions = {}): Promise<Capture> {
    this.captures += 1;
    return Capture.start(this.context, `capture${this.captures}`, netns, options);
  }

  /** For customers of another make: a namespace, a directory, a number and a daemon that go with the lab. */
  addNetns(name: string): Promise<string> {
    return this.context.netns(name);
  }

  directory(name: string): string {
    return this.context.subdirectory(name);
  }

  nextTable(): number {
    return this.context.nextTable();
  }

  async startProcess(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
    await this.context.processes.spawn({ name, argv, env });
  }

  /** Ends the lab's daemons and deletes its namespaces; may be called again. */
  async destroy(): Promise<void> {
    (await this.booted?.catch(() => undefined))?.close();
    const pids = this.context.processes.pidsOnRecord();
    await this.context.processes.stopAll();
    pids.forEach(removeCrashLog);
    await this.context.deleteAllNetns();
  }
}

const addressOf = (withLength: string): string => withLength.replace(/\/\d+$/, '');
