import path from 'node:path';
import { DownloadedCustomer, type DownloadedCustomerSpec, Host } from '../index.js';
import { RealWorld } from '../demo/real-world.js';
import { Reporter } from '../demo/report.js';
import { createStage, stageFolder, type Stage } from '../demo/stage.js';
import type { World } from '../demo/world.js';
import { eventually, fibsAgree } from '../demo/walk.js';
import { type Remote, Tutorial } from './tutorial.js';

const PINGS = 5;
/** Collections and their IDs, in the order in which their things may go. */
const LAST_FIRST = [
  ['vpnConnections', 'vpnConnectionId'], ['customerGateways', 'customerGatewayId'], ['vpcAttachments', 'vpcAttachmentId'], ['borderGateways', 'bgwId'],
  ['subnets', 'subnetId'], ['vpcs', 'vpcId'], ['publicAddresses', 'publicAddress'],
] as const;

/** Where recipes are cooked: a platform with real tunnels, an internet, and the machine of the customers that use the download. */
export class Kitchen {
  readonly report = new Reporter((line) => console.log(line));
  private readonly tutorials: Tutorial[] = [];
  private readonly besides: Stage[] = [];
  private vms = 0;

  private constructor(private readonly name: string, readonly stage: Stage, readonly world: RealWorld) {}

  /** `name` tells it from others on this computer. */
  static async open(name: string, { machine }: { machine: boolean }): Promise<Kitchen> {
    const stage = await createStage({ dir: stageFolder(name), name, simulated: false });
    const kitchen = new Kitchen(name, stage, real(stage.world));
    // the machine boots while the platform starts
    const [platformMs, bootMs] = await Promise.all([stage.platform.start(), machine ? kitchen.world.lab.machine().then((booted) => booted.bootMs) : undefined]);
    kitchen.report.say(`platform ready after ${platformMs} ms${bootMs === undefined ? '' : `, the customers' machine after ${bootMs} ms`}`);
    return kitchen;
  }

  /** A platform of another region on the same internet. */
  async beside(region: string): Promise<Stage> {
    const stage = await createStage({ dir: stageFolder(`${this.name}-${region}`), name: `${this.name}${region[0]}`, simulated: false, region, beside: this.world });
    this.besides.push(stage);
    await stage.platform.start();
    return stage;
  }

  get api() {
    return this.stage.api;
  }

  customer(spec: DownloadedCustomerSpec): Promise<DownloadedCustomer> {
    return this.world.lab.addDownloadedCustomer(spec);
  }

  /** Plugs a computer into a subnet of the tutorial, as soon as the worker has made it. */
  async vm(tutorial: Tutorial, address: string, at = { vpc: 'VPC', subnet: 'SUBNET', world: this.world }): Promise<Host> {
    this.vms += 1;
    const name = `vm${this.vms}`;
    const [vpcId, subnetId] = [await tutorial.variable(at.vpc), await tutorial.variable(at.subnet)];
    return eventually(`${name} plugged in`, () => at.world.addVm({ name, vpcId, subnetId, address: `${address}/24`, gateway: address.replace(/\d+$/, '1') }));
  }

  /** Opens a tutorial whose computers are these; it is closed with the kitchen. */
  async tutorial(name: string, computers: Record<string, () => DownloadedCustomer | Host>, env: Record<string, string> = {}): Promise<Tutorial> {
    const remoteOf = (find: () => DownloadedCustomer | Host): Remote => async (command, input) => {
      const computer = find();
      return computer instanceof Host ? computer.exec(['sh', '-c', command]) : computer.exec(command, { input });
    };
    this.report.step(`docs/tutorials/${name}`);
    const tutorial = await Tutorial.open({
      name, dir: path.join(path.dirname(this.stage.dataDir), 'tutorial'), say: (line) => this.report.say(line), env: { BORDERGATE_URL: this.stage.platform.url, ...env },
      remotes: Object.fromEntries(Object.entries(computers).map(([machine, find]) => [machine, remoteOf(find)])),
    });
    this.tutorials.push(tutorial);
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
  async settled(bgwId: string, state: string, stage: Stage = this.stage): Promise<void> {
    await fibsAgree(stage.api, stage.world, this.report, bgwId, state);
  }

  /** Takes away what a tutorial that failed has left: the next one makes its own things under the same names. */
  async clear(): Promise<void> {
    const { api } = this;
    for (const { vpnTunnelId } of await api.list('vpnTunnels')) {
      await api.post(`vpnTunnels/${vpnTunnelId}:disable`);
      await api.delete(`vpnTunnels/${vpnTunnelId}`);
    }
    for (const { bgwId } of await api.list('borderGateways')) {
      for (const { bgwRouteId } of await api.list(`staticRoutes?bgwId=${bgwId}`)) await api.delete(`staticRoutes/${bgwRouteId}`);
    }
    for (const [collection, id] of LAST_FIRST) for (const document of await api.list(collection)) await api.delete(`${collection}/${document[id]}`);
  }

  async close(): Promise<void> {
    for (const tutorial of this.tutorials) tutorial.close();
    for (const stage of [...this.besides, this.stage]) await stage.destroy();
  }
}

export function real(world: World): RealWorld {
  if (!(world instanceof RealWorld)) throw new Error('recipes want real tunnels');
  return world;
}
