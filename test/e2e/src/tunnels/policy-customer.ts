import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomerTunnel } from '../lab/customer-spec.js';
import { inNetns, ipBatch, run } from '../lab/exec.js';
import { strongswanConf, swanctlConf } from '../lab/ipsec-config.js';
import type { Lab } from '../lab/lab.js';
import { connect } from '../lab/netns.js';
import { until } from '../lab/until.js';
import { WanLink } from '../lab/wan-link.js';

export interface PolicyCustomerSpec extends CustomerTunnel {
  /** Its networks, each with the router's address and one machine. */
  readonly networks: readonly { readonly prefix: string; readonly router: string; readonly host: string }[];
  readonly cloudNetworks: readonly string[];
}

/**
 * A customer without a tunnel interface: strongSwan as it comes, on the router itself, with policies for its own networks.
 * What is encrypted is decided by selectors alone; charon installs what routes it needs for that.
 */
export class PolicyCustomer {
  readonly #dir: string;

  private constructor(private readonly lab: Lab, private readonly spec: PolicyCustomerSpec, private readonly router: string) {
    this.#dir = lab.directory(spec.name);
  }

  static async create(lab: Lab, spec: PolicyCustomerSpec): Promise<PolicyCustomer> {
    const router = await lab.addNetns(spec.name);
    const link = new WanLink({ inet: lab.inet, netns: router, publicIp: spec.customerIp, peerIp: spec.cloudIp, table: lab.nextTable() });
    await link.create();
    for (const [index, { prefix, router: address, host }] of spec.networks.entries()) {
      const length = prefix.split('/')[1];
      const lan = await lab.addNetns(`${spec.name}-lan${index}`);
      await connect({ netns: router, device: `lan${index}`, address: `${address}/${length}` }, { netns: lan, device: 'eth0', address: `${host}/${length}` });
      await ipBatch(lan, [`route add default via ${address}`]);
    }
    return new PolicyCustomer(lab, spec, router);
  }

  /** Idempotent: one that runs is left alone. */
  async start(): Promise<void> {
    const { name, networks, cloudNetworks, customerIp, cloudIp, initiate, ...ipsec } = this.spec;
    const socket = join(this.#dir, 'vici');
    const conf = strongswanConf(socket, join(this.#dir, 'charon.log')).replace('install_routes = no', 'install_routes = yes').replace('fwmark = 0x5a5a', 'fwmark = !0x42').replace('  plugins {\n', '  plugins {\n    socket-default {\n      fwmark = 0x42\n    }\n');
    writeFileSync(join(this.#dir, 'strongswan.conf'), conf);
    const selectors = { localTs: networks.map(({ prefix }) => prefix), remoteTs: cloudNetworks };
    // IKEv1 knows one pair of networks per child; charon takes each child's first.
    const children = ipsec.ikeVersion === 2 ? [selectors] : networks.map(({ prefix }) => ({ localTs: [prefix], remoteTs: cloudNetworks }));
    writeFileSync(join(this.#dir, 'swanctl.conf'), withChildren({ ...ipsec, publicIp: customerIp, peerIp: cloudIp, initiate }, children), { mode: 0o600 });
    await this.lab.startProcess(name, inNetns(this.router, ['charon-systemd']), { STRONGSWAN_CONF: join(this.#dir, 'strongswan.conf'), SWANCTL_DIR: this.#dir });
    await until('charon of the policy-based customer', async () => (await run(['swanctl', '--version', '--daemon', '--uri', `unix://${socket}`])).includes('strongSwan'), { timeoutMs: 20_000 }).catch(() => undefined);
    await until('its configuration loaded', () => run(['swanctl', '--load-all', '--noprompt', '--uri', `unix://${socket}`], { env: { STRONGSWAN_CONF: join(this.#dir, 'strongswan.conf'), SWANCTL_DIR: this.#dir } }), { timeoutMs: 20_000 });
  }

  log(): string {
    return readFileSync(join(this.#dir, 'charon.log'), 'utf8');
  }
}

/** The connection's one child, once per pair of selectors. */
function withChildren(spec: Parameters<typeof swanctlConf>[0], children: readonly { localTs: readonly string[]; remoteTs: readonly string[] }[]): string {
  const texts = children.map((child) => swanctlConf({ ...spec, ...child }));
  const block = (text: string, index: number) => (/ {6}net \{[\s\S]*?\n {6}\}\n/.exec(text)?.[0] ?? '').replace('net {', `net${index} {`);
  return texts[0]!.replace(/ {6}net \{[\s\S]*?\n {6}\}\n/, texts.map(block).join(''));
}
