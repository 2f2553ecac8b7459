import { join } from 'node:path';
import type { Log } from '@bordergate/platform';
import { deviceNames, type AttachmentLink, type AttachmentPort, type BirdPort, type Change, type GatewayPort, type KernelRoute, namespaceNames, type VifPlace, type VifPlane, type VpcPort } from '../data-plane.js';
import { ensureAttachment, removeAttachment } from './attachment.js';
import { devicesOf, removeDevice } from './devices.js';
import { type FoundOnNode, foundOnNode } from './found.js';
import { Gateway } from './gateway.js';
import { KeyedLock } from './keyed-lock.js';
import { capLogFile } from './log-file.js';
import { netnsExists, removeNetns } from './namespaces.js';
import { SentinelHost } from './sentinel-host.js';
import { giveBackVif, inspectVif, setVif, takeVif, vifCounters } from './vif.js';
import { ensureVpc } from './vpc.js';

export interface LinuxNodeOptions {
  /** The namespace of the node's interfaces: wires of outer namespaces lead to it, direct connections are taken from it; null is the one this process is in. */
  uplinkNetns: string | null;
  /** State, sockets, logs and pid files. Short: a unix socket's path has at most 107 bytes. */
  dir: string;
  /** In front of the names of all namespaces; keeps several workers on one machine apart. */
  netnsPrefix: string;
  log: Log;
}

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const LOG_CHECK_MS = 10_000;

/** What every Linux driver has in common: gateways with their BIRD, VPCs, and the links between them. */
export class LinuxNode {
  readonly names: ReturnType<typeof namespaceNames>;
  readonly sentinel: SentinelHost;
  readonly #options: LinuxNodeOptions;
  readonly #gateways = new Map<string, Gateway>();
  /** As last asked for: a new attachment is routed to at once. */
  readonly #vpcs = new Map<string, VpcPort>();
  readonly #lock = new KeyedLock();
  readonly #listeners: ((change: Change) => void)[] = [];
  readonly #logCheck: NodeJS.Timeout;
  #closed = false;

  /** `otherLogs`: what else there is to be kept short. */
  constructor(options: LinuxNodeOptions, otherLogs: () => string[]) {
    // The directory is written into configuration files and into a command of BIRD's, in quotes that know no escape.
    if (/["\\\n]/.test(options.dir)) throw new Error(`the data folder must not have quotes or backslashes in its name: ${options.dir}`);
    this.#options = options;
    this.names = namespaceNames(options.netnsPrefix);
    this.sentinel = new SentinelHost({ netns: id => this.names.gateway(id), birdLog: id => this.#gateway(id).logFile }, options.log);
    this.#logCheck = setInterval(() => void this.#capLogs(otherLogs()), LOG_CHECK_MS).unref();
  }

  /** Directory of what a namespace's daemons need; named as the namespace, without the prefix. */
  dirOf(netns: string): string {
    return join(this.#options.dir, netns.slice(this.#options.netnsPrefix.length));
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  emit(change: Change): void {
    if (this.#closed) return;
    for (const listener of this.#listeners) listener(change);
  }

  ensureGateway({ borderGatewayId, transitEnabled }: GatewayPort): Promise<void> {
    return this.#gateway(borderGatewayId).ensure(transitEnabled);
  }

  async removeGateway(borderGatewayId: string): Promise<void> {
    this.sentinel.watch(borderGatewayId, []);
    const gateway = this.#gateway(borderGatewayId);
    this.#gateways.delete(borderGatewayId);
    await gateway.remove();
  }

  bird(borderGatewayId: string): BirdPort {
    return this.#gateway(borderGatewayId).bird;
  }

  kernelFib(borderGatewayId: string): Promise<KernelRoute[]> {
    return this.#gateway(borderGatewayId).kernelFib();
  }

  ensureVpc(vpc: VpcPort): Promise<void> {
    this.#vpcs.set(vpc.vpcId, vpc);
    return this.#lock.run(vpc.vpcId, () => ensureVpc(this.names.vpc(vpc.vpcId), vpc));
  }

  removeVpc(vpcId: string): Promise<void> {
    this.#vpcs.delete(vpcId);
    return this.#lock.run(vpcId, async () => {
      const netns = this.names.vpc(vpcId);
      if (await netnsExists(netns)) {
        // First what is half of a pair: the kernel empties a namespace some time after it is gone.
        for (const { ifname } of await devicesOf(netns)) if (ifname.startsWith('b-')) await removeDevice(netns, ifname);
      }
      await removeNetns(netns);
    });
  }

  /** One at a time: the choice of addresses looks at both namespaces. */
  async ensureAttachment(attachment: AttachmentPort): Promise<AttachmentLink> {
    const { link, made } = await this.#lock.run('attachments', () =>
      ensureAttachment(attachment, this.names.gateway(attachment.borderGatewayId), this.names.vpc(attachment.vpcId)));
    const vpc = this.#vpcs.get(attachment.vpcId);
    if (made && vpc) await this.ensureVpc(vpc);
    return link;
  }

  removeAttachment(attachment: AttachmentPort): Promise<void> {
    return this.#lock.run('attachments', () => removeAttachment(attachment, this.names.gateway(attachment.borderGatewayId)));
  }

  found(): Promise<FoundOnNode> {
    return foundOnNode(this.#options.netnsPrefix, this.#options.dir);
  }

  get vifs(): VifPlane {
    const { uplinkNetns } = this.#options;
    const at = <V extends VifPlace>(vif: V, work: (gateway: string) => Promise<void>) => this.#lock.run(vif.vifId, () => work(this.names.gateway(vif.borderGatewayId)));
    return {
      take: vif => at(vif, gateway => takeVif(vif, gateway, uplinkNetns)),
      setDevice: (vif, up) => setVif(vif, up, this.names.gateway(vif.borderGatewayId)),
      inspect: vif => inspectVif(vif, this.names.gateway(vif.borderGatewayId), uplinkNetns),
      counters: vif => vifCounters(vif, this.names.gateway(vif.borderGatewayId)),
      giveBack: vif => at(vif, gateway => giveBackVif(deviceNames.vif(vif.vifId), gateway, uplinkNetns)),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#logCheck);
    await Promise.all([this.sentinel.close(), ...[...this.#gateways.values()].map(gateway => gateway.release())]);
  }

  #gateway(borderGatewayId: string): Gateway {
    const known = this.#gateways.get(borderGatewayId);
    if (known) return known;
    const netns = this.names.gateway(borderGatewayId);
    const gateway = new Gateway({
      borderGatewayId, netns, dir: this.dirOf(netns), node: this.#options.uplinkNetns, log: this.#options.log,
      onChange: event => this.emit({ what: 'gateway', borderGatewayId, event }),
    });
    this.#gateways.set(borderGatewayId, gateway);
    return gateway;
  }

  async #capLogs(others: readonly string[]): Promise<void> {
    for (const file of [...[...this.#gateways.values()].map(gateway => gateway.logFile), ...others]) {
      await capLogFile(file, MAX_LOG_BYTES).catch((error: unknown) => this.#options.log.error('log file cannot be cut', { file, error }));
    }
  }
}
