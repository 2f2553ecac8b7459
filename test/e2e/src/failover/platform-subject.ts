import path from 'node:path';
import { readFileSync, rmSync } from 'node:fs';
import { Lab, until } from '../index.js';
import { Api, type Document } from '../demo/api.js';
import { cleanNode, CLONE } from '../demo/stage.js';
import { PlatformProcess } from '../demo/platform-process.js';
import { giveRoutes, routesOf, SITE, usedDevices } from './plan.js';
import type { Setting, Subject } from './subject.js';

const suffix = (id: string): string => id.slice(id.lastIndexOf('-') + 1);

/** Ours has daemons that a test may stop and kill, and a log. */
export interface PlatformSubject extends Subject {
  charonPid(tunnel: number): number;
  birdPid(): number;
  /** Lines of the platform's log that say this. */
  said(message: string): string[];
}

/** Our platform, made by its API, with a stock customer (strongSwan and FRR). */
export async function platformSubject({ dir, instance, routes, bfd }: Setting): Promise<PlatformSubject> {
  const [netnsPrefix, labPrefix] = [`bgf${instance}${CLONE}-`, `bgf${instance}${CLONE}l-`];
  const dataDir = path.join(dir, 'platform');
  const labDir = path.join(dir, 'lab');
  cleanNode(dataDir, netnsPrefix, false);
  await Lab.cleanup(labDir, labPrefix);
  rmSync(dataDir, { recursive: true, force: true });
  const lab = await Lab.create({ dir: labDir, prefix: labPrefix });
  const platform = await PlatformProcess.create({ dataDir, driver: 'libipsec', netnsPrefix, uplinkNetns: lab.inet });
  const api = new Api(platform.url, platform.region);
  const destroy = async (): Promise<void> => {
    await platform.stop();
    await lab.destroy();
    cleanNode(dataDir, netnsPrefix, false);
  };
  try {
    await platform.start();
    await api.patch('quotas/bgw_propagated_route', { maxLimit: 2 * routes + 100 });
    const vpc = await api.post('vpcs', { vpcName: 'vpc', cidr: SITE.vpcCidr });
    const subnet = await api.post('subnets', { vpcId: vpc.vpcId, subnetName: 'subnet', cidr: SITE.subnet });
    for (const publicAddress of SITE.cloudPublic) await api.post('publicAddresses', { publicAddress, node: 'node-1' });
    const bgw = await api.post('borderGateways', { bgwName: 'gateway' });
    await api.post('vpcAttachments', { vpcAttachmentName: 'attachment', bgwId: bgw.bgwId, vpcId: vpc.vpcId, propagateType: 'all' });
    // A VPC has a static route to everything behind its gateway: propagation into a VPC has limits of its own.
    await api.post('vpcRoutes', { routeTableId: vpc.mainRouteTableId, destination: '10.64.0.0/14', bgwId: bgw.bgwId });
    await api.post('vpcRoutes', { routeTableId: vpc.mainRouteTableId, destination: SITE.lan, bgwId: bgw.bgwId });
    const cgw = await api.post('customerGateways', { customerGatewayName: 'idc', customerIps: [...SITE.customerPublic], bgpAsn: SITE.customerAsn });
    const connection = await api.post('vpnConnections', {
      vpnConnectionName: 'to-idc', bgwId: bgw.bgwId, cgwId: cgw.customerGatewayId, bfdEnabled: true, bfdIntervalMs: SITE.bfd.intervalMs, bfdMultiplier: SITE.bfd.multiplier,
    });
    const tunnels: Document[] = (await api.post(`vpnConnections/${connection.vpnConnectionId}:addTunnels`)).items;
    const ids = tunnels.map(tunnel => String(tunnel.vpnTunnelId));
    const psks = await Promise.all(ids.map(async id => String((await api.post(`vpnTunnels/${id}:revealPsk`)).psk)));
    const customer = await lab.addCustomer({
      name: 'idc', asn: SITE.customerAsn, routing: 'bgp', announce: [SITE.lan], redistributeKernel: true, ...(bfd ? { bfd: SITE.bfd } : {}),
      lan: { prefix: SITE.lan, routerAddress: SITE.lanRouter, hostAddress: SITE.lanHost },
      tunnels: tunnels.map((tunnel, i) => ({
        name: `wan${i + 1}`, customerIp: tunnel.customerIp, cloudIp: tunnel.cloudPublicIp, psk: psks[i]!, localId: tunnel.remoteId, remoteId: tunnel.localId,
        innerCustomer: tunnel.remoteTunnelIp, innerCloud: tunnel.localTunnelIp, innerLength: 30, ikeVersion: 2, ikeProposal: 'aes128-sha256-ecp256', espProposal: 'aes128-sha256',
        ikeLifeSeconds: 14_400, espLifeSeconds: 3_600, cloudAsn: SITE.cloudAsn, initiate: false,
      })),
    });
    await giveRoutes(customer, routes);
    const vm = await until('the VPC', () => lab.addVm({
      name: 'vm', vpcNetns: `${netnsPrefix}v-${suffix(vpc.vpcId)}`, bridge: `s-${suffix(subnet.subnetId)}`, address: `${SITE.vm}/24`, gateway: SITE.subnetRouter,
    }), { timeoutMs: 30_000 });
    await customer.start();
    const pidOf = (daemon: string): number => (JSON.parse(readFileSync(path.join(dataDir, 'run', daemon, 'pid.json'), 'utf8')) as { pid: number }).pid;
    const charonPid = (i: number): number => pidOf(`o-${suffix(ids[i]!)}`);
    const gateway = `${netnsPrefix}g-${suffix(bgw.bgwId)}`;
    return {
      name: 'bordergate', ends: { vm, customer }, gateway, devices: [`t-${suffix(ids[0]!)}`, `t-${suffix(ids[1]!)}`], destroy,
      disable: async i => void (await api.post(`vpnTunnels/${ids[i]}:disable`)),
      enable: async i => void (await api.post(`vpnTunnels/${ids[i]}:enable`)),
      charonPid, birdPid: () => pidOf(`g-${suffix(bgw.bgwId)}`),
      said: message => readFileSync(platform.log, 'utf8').split('\n').filter(line => line.includes(`"message":"${message}"`)),
      killCharon: async i => void process.kill(charonPid(i), 'SIGKILL'),
      repairCharon: async () => {},
      worker: { kill: () => platform.kill(), start: async () => void (await platform.start()) },
      // The kernel has moved before anybody asks; until the worker has told of it, the RIB agrees with what was.
      agree: async () => void (await until('FIB agreement', async () => {
        await sameAsKernel(api, bgw.bgwId, gateway);
        return true;
      }, { timeoutMs: 120_000, intervalMs: routes > 1_000 ? 1_000 : 200 })),
    };
  } catch (error) {
    console.error(platform.logTail());
    await destroy();
    throw error;
  }
}

/** What the RIB expects is what the kernel has: as the platform says, and as the kernel says without the worker's help. */
async function sameAsKernel(api: Api, bgwId: string, gateway: string): Promise<void> {
  const fib = await api.get(`borderGateways/${bgwId}/fib`);
  if (fib.agreed !== true) throw new Error(`the platform says agreed: ${fib.agreed}`);
  const expected = new Map((fib.expected as Document[]).map(entry =>
    [String(entry.prefix), (entry.nextHops as Document[]).map(hop => suffix(String(hop.id))).sort().join(' ')]));
  const kernel = new Map((await routesOf(gateway, 'proto', 'bird')).map(route => [route.dst.includes('/') ? route.dst : `${route.dst}/32`, usedDevices(route).map(suffix).sort().join(' ')]));
  const differences = [...new Set([...expected.keys(), ...kernel.keys()])].filter(prefix => expected.get(prefix) !== kernel.get(prefix));
  if (differences.length === 0) return;
  const shown = differences.slice(0, 3).map(prefix => `${prefix}: RIB ${expected.get(prefix)}, kernel ${kernel.get(prefix)}`);
  throw new Error(`${differences.length} of ${expected.size} prefixes differ between RIB and kernel: ${shown.join('; ')}`);
}
