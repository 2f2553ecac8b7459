import { connect } from './netns.js';
import { inNetns, ipBatch, run } from './exec.js';

/** Every veth of the provider network has this address on its inner side: it is everybody's default gateway. */
const PROVIDER_ADDRESS = '100.64.0.1';

export type LossDirection = 'both' | 'toPeer' | 'fromPeer';

export interface WanLinkSpec {
  readonly inet: string;
  readonly netns: string;
  readonly publicIp: string;
  readonly peerIp: string;
  /** Routing table, rule preference and device name in the provider namespace. */
  readonly table: number;
}

/**
 * The access line of one public address, from its own namespace to the provider's.
 * The provider demultiplexes by (source, destination), since several tunnel ends may own the same address
 * (two tunnels of one customer address to two cloud addresses and the reverse).
 */
export class WanLink {
  private readonly device: string;
  private readonly providerMac: string;
  private readonly customerMac: string;

  constructor(private readonly spec: WanLinkSpec) {
    this.device = `w${spec.table}`;
    const suffix = spec.table.toString(16).padStart(4, '0').replace(/^(..)/, '$1:');
    this.providerMac = `02:00:00:00:${suffix}`;
    this.customerMac = `02:00:00:01:${suffix}`;
  }

  async create(): Promise<void> {
    const { inet, netns, publicIp, peerIp, table } = this.spec;
    await connect(
      { netns: inet, device: this.device, address: `${PROVIDER_ADDRESS}/32` },
      { netns, device: 'wan', address: `${publicIp}/32` },
    );
    await ipBatch(netns, [`link set wan address ${this.customerMac}`, ...this.uplink()]);
    await ipBatch(inet, [`link set ${this.device} address ${this.providerMac}`, ...this.path(), `rule add from ${peerIp} to ${publicIp} lookup ${table} pref ${table}`]);
  }

  /** Pulls the cable. The kernel forgets the routes through the device as well. */
  async cut(): Promise<void> {
    await ipBatch(this.spec.inet, [`link set ${this.device} down`]);
  }

  async restore(): Promise<void> {
    await ipBatch(this.spec.inet, [`link set ${this.device} up`, ...this.path()]);
  }

  /** The customer's end goes down and comes up again; a NAT there forgets whom it has translated. */
  async restart(): Promise<void> {
    await ipBatch(this.spec.netns, ['link set wan down', 'link set wan up', ...this.uplink()]);
  }

  /** Loses packets without telling anybody: the links stay up, which only a liveness protocol can see through. */
  async blackhole(direction: LossDirection): Promise<void> {
    const { publicIp, peerIp } = this.spec;
    const rules = {
      toPeer: [`ip saddr ${publicIp} ip daddr ${peerIp} drop`],
      fromPeer: [`ip saddr ${peerIp} ip daddr ${publicIp} drop`],
    };
    const wanted = direction === 'both' ? [...rules.toPeer, ...rules.fromPeer] : rules[direction];
    await this.nft(`table ip ${this.lossTable()} {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ${wanted.join('\n    ')}
  }
}`);
  }

  async unblackhole(): Promise<void> {
    await this.nft(`delete table ip ${this.lossTable()}`);
  }

  /**
   * Fixed neighbours instead of ARP. A cut cable loses packets; ARP would keep them and deliver them all when the link is
   * back, and charon, given three first messages of one peer at once, asks for a cookie and then fails to authenticate.
   */
  private path(): string[] {
    const { publicIp, table } = this.spec;
    return [
      `neigh replace ${publicIp} lladdr ${this.customerMac} dev ${this.device} nud permanent`,
      `route replace ${publicIp} dev ${this.device} table ${table}`,
    ];
  }

  private uplink(): string[] {
    return [`neigh replace ${PROVIDER_ADDRESS} lladdr ${this.providerMac} dev wan nud permanent`, `route add ${PROVIDER_ADDRESS} dev wan`, `route add default via ${PROVIDER_ADDRESS} dev wan`];
  }

  private lossTable(): string {
    return `loss${this.spec.table}`;
  }

  private async nft(script: string): Promise<void> {
    await run(inNetns(this.spec.inet, ['nft', '-f', '-']), { input: `${script}\n` });
  }
}
