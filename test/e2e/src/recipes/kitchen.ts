import path from 'node:path';
import { DownloadedCustomer, type DownloadedCustomerSpec, Host } from '../index.js';
import { RealWorld } from '../demo/real-world.js';
import { Reporter } from '../demo/report.js';
import { createStage, stageFolder, type Stage } from '../demo/stage.js';
import { eventually, fibsAgree } from '../demo/walk.js';
import { type Remote, Tutorial } from './tutorial.js';

const PINGS = 5;

/** Where recipes are cooked: a platform with real tunnels, an internet, and the machine of the customers that use the download. */
export class Kitchen {
  readonly report = new Reporter((line) => console.log(line));
  private readonly opened: Tutorial[] = [];
  private vms = 0;

  private constructor(readonly stage: Stage, readonly world: RealWorld) {}

  static async open(name: string): Promise<Kitchen> {
    const stage = await createStage({ dir: stageFolder(name), name: name.slice(0, 3), simulated: false });
    if (!(stage.world instanceof RealWorld)) throw new Error('recipes want real tunnels');
    const kitchen = new Kitchen(stage, stage.world);
    // the machine boots while the platform starts
    const [platformMs, machine] = await Promise.all([stage.platform.start(), stage.world.lab.machine()]);
    kitchen.report.say(`platform ready after ${platformMs} ms, the customers' machine after ${machine.bootMs} ms`);
    return kitchen;
  }

  get api() {
    return this.stage.api;
  }

  customer(spec: DownloadedCustomerSpec): Promise<DownloadedCustomer> {
    return this.world.lab.addDownloadedCustomer(spec);
  }

  /** Plugs a computer into a subnet, as soon as the worker has made it. */
  vm(vpcId: string, subnetId: string, address: string, gateway: string): Promise<Host> {
    this.vms += 1;
    const name = `vm${this.vms}`;
    return eventually(`${name} plugged in`, () => this.world.addVm({ name, vpcId, subnetId, address, gateway }));
  }

  /** Opens a tutorial with these computers; it is closed with the kitchen. */
  async tutorial(name: string, remotes: Record<string, () => DownloadedCustomer | Host>): Promise<Tutorial> {
    const remoteOf = (find: () => DownloadedCustomer | Host): Remote => async (command, input) => {
      const computer = find();
      return computer instanceof Host ? computer.exec(['sh', '-c', command]) : computer.exec(command, { input });
    };
    this.report.step(`docs/tutorials/${name}`);
    const tutorial = await Tutorial.open({
      name, url: this.stage.platform.url, dir: path.join(path.dirname(this.stage.dataDir), 'tutorial'), say: (line) => this.report.say(line),
      remotes: Object.fromEntries(Object.entries(remotes).map(([machine, find]) => [machine, remoteOf(find)])),
    });
    this.opened.push(tutorial);
    return tutorial;
  }

  /** Both directions, until every one is answered: the first may still be resolving a neighbour. */
  async pings(a: Host, b: Host): Promise<void> {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const { received, rttMs } = await eventually(`ping ${from.name} → ${to.name}`, async () => {
        const result = await from.ping(to.address, { count: PINGS });
        return result.received === PINGS && result;
      });
      this.report.seen(`ping ${from.name} → ${to.name}`, `${received} of ${PINGS} answered, ${rttMs} ms`);
    }
  }

  /** The kernel's FIB of a gateway is the RIB's, in a settled state. */
  async settled(bgwId: string, state: string): Promise<void> {
    await fibsAgree(this.api, this.world, this.report, bgwId, state);
  }

  async close(): Promise<void> {
    for (const tutorial of this.opened) tutorial.close();
    await this.stage.destroy();
  }
}
