import { inNetns, ipBatch, run } from '../lab/exec.js';

/** The provider's address on every line: everybody's default gateway. */
export const PROVIDER_ADDRESS = '100.64.0.1';

/**
 * The provider's end of the line of one public address: a device in its namespace. Neighbours are fixed: a cut line loses
 * packets, while ARP would keep some and deliver them late.
 */
export class AccessLine {
  constructor(private readonly inet: string, private readonly device: string, private readonly publicIp: string, private readonly customerMac: string) {}

  async create(): Promise<void> {
    await ipBatch(this.inet, [`addr add ${PROVIDER_ADDRESS}/32 dev ${this.device}`]);
    await this.restore();
  }

  /** The line fails behind the modem: the customer's router sees its link up, and nothing comes through. */
  async cut(): Promise<void> {
    await ipBatch(this.inet, [`link set ${this.device} down`]);
  }

  async restore(): Promise<void> {
    await ipBatch(this.inet, [
      `link set ${this.device} up`,
      `neigh replace ${this.publicIp} lladdr ${this.customerMac} dev ${this.device} nud permanent`,
      `route replace ${this.publicIp} dev ${this.device}`,
    ]);
  }

  async mac(): Promise<string> {
    const [link] = JSON.parse(await run(inNetns(this.inet, ['ip', '-j', 'link', 'show', 'dev', this.device]))) as [{ address: string }];
    return link.address;
  }
}
