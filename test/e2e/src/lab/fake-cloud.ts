import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabContext } from './context.js';
import type { CustomerTunnel } from './customer-spec.js';
import { inNetns, ipBatch, run } from './exec.js';
import { IpsecEnd } from './ipsec-end.js';
import { until } from './until.js';

export interface FakeCloudSpec {
  readonly dir: string;
  readonly prefix: string;
  readonly inet: string;
  readonly tunnels: readonly CustomerTunnel[];
  readonly customerAsn: number;
  readonly bfd: { readonly intervalMs: number; readonly multiplier: number };
  readonly vpc: { readonly prefix: string; readonly gateway: string };
}

/**
 * The smallest cloud that the lab's customers can talk to, so that the lab can be checked without the platform, and the
 * platform compared with what someone builds by hand. No part of any test of the platform.
 */
export class FakeCloud {
  private readonly ends: IpsecEnd[] = [];

  protected constructor(
    protected readonly context: LabContext,
    protected readonly spec: FakeCloudSpec,
    readonly gateway: string,
  ) {}

  static async create(spec: FakeCloudSpec): Promise<FakeCloud> {
    const context = new LabContext(spec.dir, spec.prefix, { name: spec.inet, firstTable: 10_000 });
    const cloud = new this(context, spec, await context.netns('gw'));
    await ipBatch(cloud.gateway, ['link add br0 type bridge', `addr add ${spec.vpc.gateway} dev br0`, 'link set br0 up']);
    for (const [index, tunnel] of spec.tunnels.entries()) {
      const end = await IpsecEnd.create(context, {
        ...tunnel,
        name: tunnel.name,
        table: context.nextTable(),
        router: cloud.gateway,
        device: `t${index}`,
        publicIp: tunnel.cloudIp,
        peerIp: tunnel.customerIp,
        localId: tunnel.remoteId,
        remoteId: tunnel.localId,
        innerAddress: tunnel.innerCloud,
        initiate: !tunnel.initiate,
      });
      cloud.ends.push(end);
    }
    return cloud;
  }

  async start(): Promise<void> {
    await Promise.all(this.ends.map((end) => end.start()));
    await this.startBgp();
  }

  /** The IPsec side of one tunnel. */
  end(index: number): IpsecEnd {
    const end = this.ends[index];
    if (end === undefined) throw new Error(`the cloud has no tunnel ${index}`);
    return end;
  }

  protected async startBgp(): Promise<void> {
    const file = join(this.context.dir, 'bird.conf');
    const socket = join(this.context.dir, 'bird.ctl');
    writeFileSync(file, this.birdConf());
    const argv = ['nice', '-n', '-10', 'bird', '-f', '-c', file, '-s', socket, '-P', join(this.context.dir, 'bird.pid')];
    await this.context.processes.spawn({ name: 'bird', argv: inNetns(this.gateway, argv) });
    await this.context.processes.untilReady('bird', async () => existsSync(socket));
    await until('bird to answer', async () => (await this.birdc('show status')).includes('up and running'), { timeoutMs: 5000 });
  }

  birdc(command: string): Promise<string> {
    return run(['birdc', '-s', join(this.context.dir, 'bird.ctl'), ...command.split(' ')]);
  }

  async destroy(): Promise<void> {
    await this.context.processes.stopAll();
    await this.context.deleteAllNetns();
  }

  private birdConf(): string {
    const { bfd, vpc, customerAsn } = this.spec;
    const sessions = this.spec.tunnels.map(
      (tunnel, index) => `protocol bgp b_t${index} {
  debug { states, events };
  local ${tunnel.innerCloud} as ${tunnel.cloudAsn};
  neighbor ${tunnel.innerCustomer} as ${customerAsn};
  interface "t${index}"; direct; bfd on;
  hold time 9; keepalive time 3; connect retry time 5; connect delay time 1; error wait time 1, 5;
  ipv4 { import all; export where proto = "own"; next hop self; };
}`,
    );
    return `log stderr all;
router id ${vpc.gateway.split('/')[0]};
protocol device { scan time 1; }
protocol static own { ipv4; route ${vpc.prefix} blackhole; }
protocol kernel k4 { merge paths on; ipv4 { import none; export where source = RTS_BGP; }; }
protocol bfd bfd1 { interface "t*" { interval ${bfd.intervalMs} ms; multiplier ${bfd.multiplier}; }; }
${sessions.join('\n')}
`;
  }
}
