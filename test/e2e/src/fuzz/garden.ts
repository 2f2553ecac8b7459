import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Document } from './client.js';

/** Every pre-shared key that this run chooses begins so, and is looked for everywhere. */
export const PSK_MARK = 'FUZZPSK';

/** What a region has few of, and the fuzzer soon uses each: [collection, its id, its name, what a new one has besides]. */
const SPARES = [
  ['borderGateways', 'bgwId', 'bgwName', () => ({})], ['customerGateways', 'customerGatewayId', 'customerGatewayName', (n: number) => ({ customerIps: [`21.0.${n % 250}.1`], bgpAsn: 65_001 })],
  ['vpcs', 'vpcId', 'vpcName', () => ({ cidr: '10.9.0.0/16' })],
] as const;
/** Names of what the gardener and the fuzzer's requests leave alone, so that it can be deleted (world.py). */
const SPARE = 'spare-';

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
let serial = 0;

const isSpare = (document: Document): boolean => SPARES.some(([, , name]) => String(document[name]).startsWith(SPARE));

/**
 * A world as customers have it, made through the API: VPCs that overlap, attachments of each kind, customers with one, two and
 * four addresses, BGP and static connections with tunnels, routes of every type. Refusals (a full quota, something just
 * deleted by the fuzzer) leave a part out: so it also makes a plundered world rich again.
 */
export class Garden {
  #growing = true;

  constructor(private readonly client: Client, private readonly regions: readonly string[]) {}

  async plant(): Promise<void> {
    for (const region of this.regions) {
      await this.#spare(region); // first: the fuzzer fills the quotas
      await this.#grow(region);
    }
  }

  /** Goes on planting and weeding until it is stopped: writers that race with the fuzzer's. */
  async tend(): Promise<void> {
    while (this.#growing) {
      const region = pick(this.regions);
      const began = Date.now();
      await this.#grow(region).catch(() => sleep(500)); // the platform is being restarted, or slow: the fuzzer says so
      await this.#weed(region).catch(() => sleep(500));
      await this.#spare(region).catch(() => sleep(500));
      await sleep(Math.max(300, Date.now() - began)); // half of the time is the fuzzer's, however slow the machine
    }
  }

  stop(): void {
    this.#growing = false;
  }

  async #grow(region: string): Promise<void> {
    const n = ++serial;
    const made = async (collection: string, body: Document): Promise<Document | undefined> => {
      const { status, body: document } = await this.client.send('POST', `/v1/regions/${region}/${collection}`, body);
      return status === 201 ? document : undefined;
    };
    const block = this.regions.indexOf(region) * 64 + Math.floor(n / 60) % 64;
    for (const host of [1, 2, 3, 4]) await made('publicAddresses', { publicAddress: `51.${block}.${n % 60}.${host}`, node: `node-${1 + (host % 2)}` });
    const gateway = (await made('borderGateways', { bgwName: `bgw-${n}` })) ?? (await this.#one(region, 'borderGateways'));
    const vpc = (await made('vpcs', { vpcName: `vpc-${n}`, cidr: `10.${n % 8}.0.0/16` })) ?? (await this.#one(region, 'vpcs'));
    if (!gateway || !vpc) return;
    const { bgwId } = gateway;
    const { vpcId, mainRouteTableId: routeTableId } = vpc;
    const net = vpc.cidr.split('.').slice(0, 2).join('.');
    const subnets = [await made('subnets', { vpcId, subnetName: `s-${n}`, cidr: `${net}.${n % 250}.0/24` }), await made('subnets', { vpcId, subnetName: `t-${n}`, cidr: `${net}.${(n + 1) % 250}.0/24` })];
    const table = await made('routeTables', { vpcId, routeTableName: `table-${n}` });
    const propagateType = pick(['all', 'partial', 'none']);
    const attachment = await made('vpcAttachments', { vpcAttachmentName: `a-${n}`, bgwId, vpcId, propagateType, ...(propagateType === 'partial' ? { subnetIds: subnets.flatMap((s) => s?.subnetId ?? []) } : {}) });
    await made('routePropagations', { routeTableId, bgwId });
    if (table) await made('routePropagations', { routeTableId: table.routeTableId, bgwId, propagationCidrs: ['192.168.0.0/16'] });
    await made('vpcRoutes', { routeTableId, bgwId, destination: `172.2${n % 10}.0.0/16` });
    if (attachment) await made('staticRoutes', { bgwId, bgwRouteDestination: `10.${100 + (n % 100)}.0.0/16`, bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: attachment.vpcAttachmentId });
    const line = await made('virtualInterfaces', { vifName: `vif-${n}`, bgwId, node: 'node-1', interface: `eth${n % 8}`, vlanId: 100 + (n % 100), customerAsn: 65_001 + (n % 400) });
    if (line) await made('staticRoutes', { bgwId, bgwRouteDestination: `192.168.${n % 40}.0/24`, bgwRouteNextHopType: 'private_vif', bgwRouteNexthop: line.vifId });
    const customerIps = Array.from({ length: pick([1, 2, 2, 4]) }, (_, i) => `20.${10 + (n % 200)}.${block}.${i + 1}`);
    const customer = (await made('customerGateways', { customerGatewayName: `cgw-${n}`, customerIps, bgpAsn: 65_001 + (n % 400) })) ?? (await this.#one(region, 'customerGateways'));
    if (!customer) return;
    const connection = await made('vpnConnections', { vpnConnectionName: `vpn-${n}`, bgwId, cgwId: customer.customerGatewayId, bgpEnabled: Math.random() < 0.7 });
    if (!connection) return;
    const { vpnConnectionId } = connection;
    await made(`vpnConnections/${vpnConnectionId}:addTunnels`, { tunnels: [{ psk: `${PSK_MARK}-initial-${n}`, ...(n % 3 === 0 ? { ikeVersion: 'v1', ikeCipher: '3des' } : {}) }] });
    await made('staticRoutes', { bgwId, bgwRouteDestination: `192.168.${n % 40}.0/24`, bgwRouteNexthop: vpnConnectionId });
    for (const customerIp of customer.customerIps) {
      await this.client.send('POST', `/simulation/v1/customers/${customerIp}`, { announce: [`192.168.${n % 40}.0/24`, `172.20.${n % 50}.0/24`, '0.0.0.0/0'].slice(0, 1 + (n % 3)), prepend: n % 3, linkUp: true, bgpUp: true });
    }
  }

  async #weed(region: string): Promise<void> {
    const base = `/v1/regions/${region}`;
    const tunnel = await this.#one(region, 'vpnTunnels');
    if (tunnel) {
      const one = `${base}/vpnTunnels/${tunnel.vpnTunnelId}`;
      await this.client.send('POST', `/simulation/v1/customers/${tunnel.customerIp}`, { linkUp: Math.random() < 0.7, bgpUp: Math.random() < 0.7 });
      // several hands on one resource: one wins, the others are told
      await Promise.all([
        this.client.send('POST', `${one}:disable`), this.client.send('PATCH', one, { psk: `${PSK_MARK}-changed-${++serial}`, tunnelIp: `169.254.8.${(serial % 60) * 4}/30` }),
        this.client.send('PATCH', one, { ipsecSaLifeSec: 600 }, { 'if-match': '"1"' }), this.client.send('POST', `${one}:revealPsk`),
      ]);
      await this.client.send(Math.random() < 0.5 ? 'DELETE' : 'GET', one);
      await this.client.send('POST', `${one}:enable`);
    }
    for (const [collection, id] of [['vpnConnections', 'vpnConnectionId'], ['vpcAttachments', 'vpcAttachmentId'], ['customerGateways', 'customerGatewayId'], ['vpcs', 'vpcId'], ['borderGateways', 'bgwId']] as const) {
      const victim = Math.random() < 0.25 ? await this.#one(region, collection) : undefined;
      if (victim) await this.client.send('DELETE', `${base}/${collection}/${victim[id]}`);
    }
  }

  /** One of each kind that nothing needs: a new one, or where the quota is full one that everything is taken away from. */
  async #spare(region: string): Promise<void> {
    for (const [collection, id, name, more] of SPARES) {
      const all = await this.#all(region, collection);
      if (all.some((document) => isSpare(document))) continue;
      const n = ++serial;
      const { status } = await this.client.send('POST', `/v1/regions/${region}/${collection}`, { [name]: `${SPARE}${n}`, ...more(n) });
      if (status === 201 || all.length === 0) continue;
      const one = pick(all);
      await this.client.send('PATCH', `/v1/regions/${region}/${collection}/${one[id]}`, { [name]: `${SPARE}${n}` });
      await this.#clear(region, collection === 'customerGateways' ? 'cgwId' : id, one[id]);
    }
  }

  /** Takes away what needs a gateway, a customer gateway or a VPC, in the order in which that may go. */
  async #clear(region: string, field: string, owner: string): Promise<void> {
    const base = `/v1/regions/${region}`;
    const connections = field === 'vpcId' ? [] : await this.#all(region, `vpnConnections?${field}=${owner}`);
    const lines = field === 'bgwId' ? await this.#all(region, `virtualInterfaces?bgwId=${owner}`) : [];
    const routes = (await Promise.all([...new Set([...connections, ...lines].map(({ bgwId }) => bgwId))].map((bgwId) => this.#all(region, `staticRoutes?bgwId=${bgwId}`)))).flat();
    const legs = new Set([...connections, ...lines].map(({ vpnConnectionId, vifId }) => vpnConnectionId ?? vifId));
    for (const { bgwRouteId, bgwRouteNexthop } of routes) if (legs.has(bgwRouteNexthop)) await this.client.send('DELETE', `${base}/staticRoutes/${bgwRouteId}`);
    for (const { vifId } of lines) await this.client.send('DELETE', `${base}/virtualInterfaces/${vifId}`);
    for (const { vpnConnectionId, vpnTunnelIds } of connections) {
      for (const tunnel of vpnTunnelIds) {
        await this.client.send('POST', `${base}/vpnTunnels/${tunnel}:disable`);
        await this.client.send('DELETE', `${base}/vpnTunnels/${tunnel}`);
      }
      await this.client.send('DELETE', `${base}/vpnConnections/${vpnConnectionId}`);
    }
    const attachments = field === 'cgwId' ? [] : await this.#all(region, `vpcAttachments?${field}=${owner}`);
    for (const { vpcAttachmentId } of attachments) await this.client.send('DELETE', `${base}/vpcAttachments/${vpcAttachmentId}`);
  }

  async #one(region: string, collection: string): Promise<Document | undefined> {
    const used = (await this.#all(region, collection)).filter((document) => !isSpare(document));
    return used.length > 0 ? pick(used) : undefined;
  }

  /** The first 200, where there are more. */
  async #all(region: string, list: string): Promise<Document[]> {
    const { body } = await this.client.send('GET', `/v1/regions/${region}/${list}${list.includes('?') ? '&' : '?'}limit=200`);
    return body?.items ?? [];
  }
}
