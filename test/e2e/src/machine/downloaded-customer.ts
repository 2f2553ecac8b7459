import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LabContext } from '../lab/context.js';
import { ipBatch } from '../lab/exec.js';
import { Host } from '../lab/host.js';
import { AccessLine, PROVIDER_ADDRESS } from './access-line.js';
import { guestScript, type Machine } from './machine.js';

export interface DownloadedCustomerSpec {
  /** Unique in its machine, short: it starts the names of namespaces. */
  readonly name: string;
  /** One line to the internet each. */
  readonly publicAddresses: readonly string[];
  readonly lan: {
    readonly prefix: string;
    readonly routerAddress: string;
    readonly hostAddress: string;
  };
}

/** What `…/clientConfig` answers. */
export interface Download {
  readonly device: string;
  readonly files: readonly { readonly name: string; readonly content: string }[];
  readonly notes: readonly string[];
}

/**
 * A data centre whose router is configured from the download, byte for byte: stock strongSwan with kernel ESP and XFRM
 * interfaces, FRR or BIRD, in a virtual machine. Made with `Lab.addDownloadedCustomer`; it has its addresses, its lines to
 * the internet and its LAN, and no VPN yet. `apply` does what the download's notes say. `host` is a machine in its LAN,
 * which pings and is an end of a TrafficProbe; `exec` is a root shell on the router; `addLeg` plugs in another cable.
 */
export class DownloadedCustomer {
  private readonly lines = new Map<string, AccessLine>();

  private constructor(private readonly machine: Machine, readonly spec: DownloadedCustomerSpec, private readonly pid: string, readonly host: Host) {}

  static async create(lab: LabContext, machine: Machine, spec: DownloadedCustomerSpec): Promise<DownloadedCustomer> {
    const pid = (await machine.exec(`set -- '${spec.name}'\n${readFileSync(guestScript('customer.sh'), 'utf8')}`)).trim();
    const lan = await lab.netns(`${spec.name}-host`);
    const customer = new DownloadedCustomer(machine, spec, pid, new Host(`${spec.name}-host`, lan, spec.lan.hostAddress));
    await customer.write('/usr/local/bin/systemctl', readFileSync(guestScript('systemctl.sh'), 'utf8'));
    await customer.exec('chmod +x /usr/local/bin/systemctl');
    const length = spec.lan.prefix.split('/')[1];
    await customer.addLeg({ netns: lan, device: 'eth0', address: `${spec.lan.hostAddress}/${length}` }, { device: 'lan0', address: `${spec.lan.routerAddress}/${length}` });
    await ipBatch(lan, [`route add default via ${spec.lan.routerAddress}`]);
    for (const [i, address] of spec.publicAddresses.entries()) await customer.addLine(lab, address, i + 1);
    return customer;
  }

  /** Plugs a cable between a namespace of the lab and the router; both ends are up. Answers the router's hardware address. */
  async addLeg(near: { netns: string; device: string; address?: string }, router: { device: string; address?: string }): Promise<string> {
    const nic = await this.machine.plug(near.netns, near.device);
    const address = (end: { device: string; address?: string }) => (end.address === undefined ? [] : [`addr add ${end.address} dev ${end.device}`]);
    await ipBatch(near.netns, [...address(near), `link set ${near.device} up`]);
    await this.machine.exec(`ip link set ${nic.guestDevice} netns ${this.pid} name ${router.device}`);
    await this.exec([...address(router), `link set ${router.device} up`].map((line) => `ip ${line}`).join(' && '));
    return nic.mac;
  }

  /** Does what the notes of the download say: files where they belong, scripts executable, interfaces, strongSwan, routing daemon. */
  async apply(download: Download): Promise<void> {
    for (const { name, content } of download.files) await this.write(`/${name}`, content);
    const scripts = download.files.map((file) => file.name).filter((name) => name.endsWith('.sh'));
    await this.exec(`chmod +x ${scripts.map((name) => `/${name}`).join(' ')}\nbordergate-interfaces.sh && systemctl restart strongswan`);
    if (download.files.some((file) => file.name === 'etc/frr/frr.conf')) {
      if (download.notes.some((note) => note.includes('bgpd=yes'))) await this.exec("sed -i 's/^bgpd=no/bgpd=yes/; s/^bfdd=no/bfdd=yes/' /etc/frr/daemons");
      await this.exec('systemctl restart frr');
    } else await this.exec('systemctl restart bird');
  }

  /** A root shell on the router. */
  exec(script: string, options: { readonly input?: Buffer; readonly timeoutMs?: number } = {}): Promise<string> {
    const enter = `PATH=${ROOT_PATH} nsenter -t ${this.pid} --mount --net --pid --uts --root --wd /bin/sh -c ${quoted(script)}`;
    return this.machine.exec(options.input === undefined ? enter : `base64 -d <<'END' | ${enter}\n${options.input.toString('base64')}\nEND`, options.timeoutMs);
  }

  async write(file: string, content: string): Promise<void> {
    await this.exec(`mkdir -p ${path.dirname(file)} && cat >${file}`, { input: Buffer.from(content) });
  }

  /** What charon says of its SAs, in its own words. */
  securityAssociations(): Promise<string> {
    return this.exec('swanctl --list-sas');
  }

  /** The router's routes into the tunnels, from the kernel. */
  async kernelRoutes(): Promise<{ dst: string; dev?: string; nexthops?: { dev: string }[] }[]> {
    return JSON.parse(await this.exec('ip -j route show')) as { dst: string; dev?: string; nexthops?: { dev: string }[] }[];
  }

  /** Nothing comes through the line of this address any more. */
  cutLine(publicIp: string): Promise<void> {
    return this.line(publicIp).cut();
  }

  restoreLine(publicIp: string): Promise<void> {
    return this.line(publicIp).restore();
  }

  /** Ends the router with all its daemons; its cables stay plugged in. */
  async switchOff(): Promise<void> {
    await this.machine.exec(`kill -9 ${this.pid}`);
  }

  /** As a router with several providers has it: what has the address of a line goes out through it. */
  private async addLine(lab: LabContext, publicIp: string, number: number): Promise<void> {
    const device = `wan${number}`;
    const near = `w${lab.nextTable()}`;
    const mac = await this.addLeg({ netns: lab.inet, device: near }, { device, address: `${publicIp}/32` });
    const line = new AccessLine(lab.inet, near, publicIp, mac);
    await line.create();
    const table = 100 + number;
    await this.exec([
      `neigh replace ${PROVIDER_ADDRESS} lladdr ${await line.mac()} dev ${device} nud permanent`,
      `route add default via ${PROVIDER_ADDRESS} dev ${device} onlink metric ${number}`,
      `route add default via ${PROVIDER_ADDRESS} dev ${device} onlink table ${table}`,
      `rule add from ${publicIp} lookup ${table}`,
    ].map((command) => `ip ${command}`).join(' && '));
    this.lines.set(publicIp, line);
  }

  private line(publicIp: string): AccessLine {
    const line = this.lines.get(publicIp);
    if (line === undefined) throw new Error(`customer ${this.spec.name} has no line of ${publicIp}`);
    return line;
  }
}

/** Of a root login in Debian. */
const ROOT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
