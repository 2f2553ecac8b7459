import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Document } from '../demo/api.js';
import { PlatformProcess } from '../demo/platform-process.js';
import { CLONE, cleanNode, stageFolder } from '../demo/stage.js';
import { type Customer, type CustomerTunnel, type Host, Lab, run, until } from '../index.js';
import { CloudCharon } from './charon-sas.js';

export const SUBNET = '10.1.1.0/24';
export const VM = '10.1.1.10';
export const LAN = '10.20.1.0/24';
export const LAN_HOST = '10.20.1.10';
const CUSTOMER_ASN = 65_010;
const CLOUD_IPS = ['203.0.113.1', '203.0.113.2'];

export interface SiteOptions {
  /** Two or three letters, of this test file alone. */
  readonly name: string;
  readonly customerIps: readonly string[];
  readonly bgp: boolean;
  /** Of the initial set, tunnel by tunnel. */
  readonly tunnels?: readonly Document[];
  /** How the customer's BFD is set, if it is. */
  readonly bfd?: { readonly intervalMs: number; readonly multiplier: number };
  /** Settings of the platform. */
  readonly env?: Readonly<Record<string, string>>;
}

const suffix = (id: string): string => id.slice(id.lastIndexOf('-') + 1);

/** A platform with a VPC, a VM, and one connection to one customer: the ground on which tests about tunnels stand. */
export class Site {
  tunnels: Document[] = [];
  readonly api: Api;
  vm!: Host;
  customer!: Customer;
  gatewayId = '';
  connectionId = '';

  private constructor(readonly options: SiteOptions, readonly lab: Lab, readonly platform: PlatformProcess, readonly netnsPrefix: string, readonly dataDir: string) {
    this.api = new Api(platform.url, platform.region);
  }

  /** Everything up to the tunnels, which negotiate with nobody yet; removes first what an interrupted run has left. */
  static async create(options: SiteOptions): Promise<Site> {
    const dir = stageFolder(options.name);
    const [netnsPrefix, labPrefix] = [`${options.name}${CLONE}-`, `${options.name}${CLONE}l-`];
    const [dataDir, labDir] = [path.join(dir, 'platform'), path.join(dir, 'lab')];
    cleanNode(dataDir, netnsPrefix, false);
    await Lab.cleanup(labDir, labPrefix);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true, mode: 0o755 });
    const lab = await Lab.create({ dir: labDir, prefix: labPrefix });
    const platform = await PlatformProcess.create({ dataDir, driver: 'libipsec', netnsPrefix, uplinkNetns: lab.inet, ...(options.env ? { env: options.env } : {}) });
    const site = new Site(options, lab, platform, netnsPrefix, dataDir);
    try {
      await platform.start();
      await site.#decide();
      return site;
    } catch (error) {
      // Who asked gets no site to destroy.
      await site.destroy();
      throw error;
    }
  }

  async #decide(): Promise<void> {
    const { api, options } = this;
    const vpc = await api.post('vpcs', { vpcName: 'vpc-1', cidr: '10.1.0.0/16' });
    const subnet = await api.post('subnets', { vpcId: vpc.vpcId, subnetName: 'subnet-1', cidr: SUBNET });
    for (const publicAddress of CLOUD_IPS) await api.post('publicAddresses', { publicAddress, node: 'node-1' });
    this.gatewayId = (await api.post('borderGateways', { bgwName: 'gateway-1' })).bgwId;
    await api.post('vpcAttachments', { vpcAttachmentName: 'attachment-1', bgwId: this.gatewayId, vpcId: vpc.vpcId, propagateType: 'all' });
    await api.post('routePropagations', { routeTableId: vpc.mainRouteTableId, bgwId: this.gatewayId });
    const customer = await api.post('customerGateways', { customerGatewayName: 'idc-1', customerIps: [...options.customerIps], bgpAsn: CUSTOMER_ASN });
    const bfd = options.bfd ? { bfdEnabled: true, bfdIntervalMs: options.bfd.intervalMs, bfdMultiplier: options.bfd.multiplier } : { bfdEnabled: false };
    const connection = await api.post('vpnConnections', { vpnConnectionName: 'to-idc', bgwId: this.gatewayId, cgwId: customer.customerGatewayId, bgpEnabled: options.bgp, ...bfd });
    this.connectionId = connection.vpnConnectionId;
    if (!options.bgp) await api.post('staticRoutes', { bgwId: this.gatewayId, bgwRouteDestination: LAN, bgwRouteNexthop: this.connectionId });
    this.tunnels = (await api.post(`vpnConnections/${this.connectionId}:addTunnels`, { tunnels: [...(options.tunnels ?? [])] })).items;
    this.vm = await until('the VM plugged in', async () => {
      const [vpcNetns, bridge] = [`${this.netnsPrefix}v-${suffix(vpc.vpcId)}`, `s-${suffix(subnet.subnetId)}`];
      await run(['ip', '-n', vpcNetns, 'link', 'show', bridge]);
      return this.lab.addVm({ name: 'vm1', vpcNetns, bridge, address: `${VM}/24`, gateway: '10.1.1.1' });
    }, { timeoutMs: 30_000 });
  }

  get gatewayNetns(): string {
    return `${this.netnsPrefix}g-${suffix(this.gatewayId)}`;
  }

  /** Adds a tunnel beyond the initial set. */
  async addTunnel(body: Document): Promise<Document> {
    const tunnel = await this.api.post('vpnTunnels', { vpnConnectionId: this.connectionId, ...body });
    this.tunnels.push(tunnel);
    return tunnel;
  }

  charon(index: number): CloudCharon {
    return new CloudCharon(path.join(this.dataDir, 'run'), this.id(index));
  }

  /** What the cloud's charon of a tunnel wrote down. */
  cloudLog(index: number): string {
    return readFileSync(path.join(this.dataDir, 'run', `o-${suffix(this.id(index))}`, 'charon.log'), 'utf8');
  }

  id(index: number): string {
    return String(this.tunnels[index]!.vpnTunnelId);
  }

  tunnel(index: number): Promise<Document> {
    return this.api.get(`vpnTunnels/${this.id(index)}`);
  }

  /** Changes a tunnel through the API. */
  change(index: number, options: Document): Promise<Document> {
    return this.api.patch(`vpnTunnels/${this.id(index)}`, options);
  }

  /** The customer's router, as the platform's documents describe it: one end per tunnel, named wan1, wan2 … */
  async addCustomer(changes: (index: number) => Partial<CustomerTunnel> = () => ({})): Promise<Customer> {
    const tunnels = await Promise.all(this.tunnels.map(async (tunnel, i) => {
      const { psk } = await this.api.post(`vpnTunnels/${tunnel.vpnTunnelId}:revealPsk`);
      return { ...customerTunnel(tunnel, psk, `wan${i + 1}`), ...changes(i) };
    }));
    const { bfd, bgp } = this.options;
    this.customer = await this.lab.addCustomer({
      name: 'idc', asn: CUSTOMER_ASN, tunnels, announce: [LAN], lan: { prefix: LAN, routerAddress: '10.20.1.1', hostAddress: LAN_HOST },
      ...(bgp ? { routing: 'bgp' } : { routing: 'static', cloudPrefixes: [SUBNET] }), ...(bfd ? { bfd } : {}),
    });
    return this.customer;
  }

  /** The customer's end of a tunnel. */
  end(index: number) {
    return this.customer.ipsec(`wan${index + 1}`);
  }

  async untilUp(indices: readonly number[] = this.tunnels.map((_, i) => i), timeoutMs = 60_000): Promise<void> {
    await Promise.all(indices.map((i) => this.untilTunnel(i, `tunnel ${i + 1} UP`, (tunnel) => tunnel.opStatus === 'UP', timeoutMs)));
  }

  untilTunnel(index: number, what: string, is: (tunnel: Document) => boolean, timeoutMs = 60_000): Promise<Document> {
    let last = '';
    return until(what, async () => {
      const tunnel = await this.tunnel(index);
      last = `${tunnel.opStatus} ${tunnel.opReason}: ${tunnel.opDetail}`;
      if (!is(tunnel)) throw new Error(last);
      return tunnel;
    }, { timeoutMs, intervalMs: 50 });
  }

  /** A ping between the inner addresses, which can go through this tunnel only. */
  async pingThrough(index: number, count = 3): Promise<number> {
    const { localTunnelIp, remoteTunnelIp } = this.tunnels[index]!;
    const out = await run(['ip', 'netns', 'exec', this.gatewayNetns, 'ping', '-n', '-q', '-c', String(count), '-i', '0.02', '-W', '1', '-I', localTunnelIp, remoteTunnelIp]).catch((error: { stdout?: string }) => error.stdout ?? '');
    return Number(/(\d+) received/.exec(out)?.[1] ?? 0);
  }

  async destroy(): Promise<void> {
    const failures: unknown[] = [];
    const steps = [() => this.platform.stop(), () => this.lab.destroy(), async () => cleanNode(this.dataDir, this.netnsPrefix, false), async () => rmSync(this.dataDir, { recursive: true, force: true })];
    for (const step of steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be removed');
  }
}

/** The other side of a tunnel's document. */
export function customerTunnel(tunnel: Document, psk: string, name: string): CustomerTunnel {
  return {
    name, customerIp: tunnel.customerIp, cloudIp: tunnel.cloudPublicIp, psk, localId: tunnel.remoteId, remoteId: tunnel.localId,
    innerCustomer: tunnel.remoteTunnelIp, innerCloud: tunnel.localTunnelIp, innerLength: 30, ...negotiation(tunnel),
    // The cloud's life times count, so that one side re-keys.
    ikeLifeSeconds: 86_400, espLifeSeconds: 86_400, cloudAsn: 65_000, initiate: false,
  };
}

const isAead = (cipher: string): boolean => cipher.includes('gcm');

/** What both sides must say alike, in strongSwan's words, written down independently of the platform's own translation. */
export const negotiation = (o: Document) => ({
  ikeVersion: (o.ikeVersion === 'v1' ? 1 : 2) as 1 | 2,
  aggressive: o.ikeVersion === 'v1' && o.ikeMode === 'aggressive',
  ikeProposal: `${o.ikeCipher}-${isAead(o.ikeCipher) ? 'prf' : ''}${o.ikeAuth}-${o.ikeKeyExchange}`,
  espProposal: `${o.ipsecCipher}${isAead(o.ipsecCipher) ? '' : `-${o.ipsecAuth}`}${o.ipsecKeyExchange ? `-${o.ipsecKeyExchange}` : ''}`,
});

export const pause = sleep;
