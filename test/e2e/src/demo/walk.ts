import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../lab/until.js';
import type { Api, Document } from './api.js';
import type { Reporter } from './report.js';
import { PLAN, type Fib, type World } from './world.js';

/** What the tutorial has made: ids of everything, tunnels in order. */
export interface Site {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly routeTableId: string;
  readonly bgwId: string;
  readonly cgwId: string;
  readonly vpnConnectionId: string;
  readonly tunnelIds: string[];
}

/** Waits for what must come true in the world; the lab's `until` with a demo's patience. */
export const eventually = <T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs = 30_000): Promise<T> => until(what, look, { timeoutMs, intervalMs: 25 });

const routeRows = (routes: Document[]): string[][] =>
  routes.map((r) => [r.bgwRouteDestination, r.origin, r.routeType, r.bgwRouteNexthop, r.asPath.join(' '), r.effective ? 'yes' : 'no', r.because]);
const vpcRows = (routes: Document[]): string[][] => routes.map((r) => [r.destination, r.routeType, r.nextHop, r.effective ? 'yes' : 'no', r.because]);
export const ROUTE_HEADER = ['destination', 'origin', 'type', 'next hop', 'AS_PATH', 'effective', 'because'];
const VPC_HEADER = ['destination', 'type', 'next hop', 'effective', 'because'];

/**
 * The owner's nine-step tutorial (seed 001), every step through the REST API.
 * @param onVm when the VM is plugged in, with what it hangs on
 */
export async function tutorial(api: Api, world: World, report: Reporter, onVm: (vpc: { routeTableId: string }) => void = () => {}): Promise<Site> {
  report.step('Before: a VPC with a VM, and two public addresses in the pool of the region');
  const vpc = await api.post('vpcs', { vpcName: 'vpc-1', cidr: PLAN.vpcCidr });
  const subnet = await api.post('subnets', { vpcId: vpc.vpcId, subnetName: 'subnet-1', cidr: PLAN.subnet });
  for (const [i, publicAddress] of PLAN.cloudPublic.entries()) await api.post('publicAddresses', { publicAddress, node: world.nodes[i % world.nodes.length] });
  report.say(`${vpc.vpcId} ${vpc.cidr}, ${subnet.subnetId} ${subnet.cidr}; addresses ${PLAN.cloudPublic.join(', ')}`);

  report.step('Step 1. Create border gateway');
  const gateway = await api.post('borderGateways', { bgwName: 'gateway-1' });
  report.say(`${gateway.bgwId}, BGP ASN ${gateway.bgpAsn}`);

  report.step('Step 2. Create VPC attachment, and propagate the gateway into the VPC route table');
  const attachment = await api.post('vpcAttachments', { vpcAttachmentName: 'attachment-1', bgwId: gateway.bgwId, vpcId: vpc.vpcId, propagateType: 'all' });
  await api.post('routePropagations', { routeTableId: vpc.mainRouteTableId, bgwId: gateway.bgwId });
  report.say(`${attachment.vpcAttachmentId} propagates ${attachment.propagateCidrInfos.map((i: Document) => i.subnetCidr).join(', ')}`);
  const attached = await eventually('the subnet in the gateway table', async () =>
    (await routes(api, gateway.bgwId, 'effective')).find((r) => r.bgwRouteDestination === PLAN.subnet && r.nextHopType === 'vpc_attachment'));
  report.seen('the VPC segment is in the border gateway table', `${attached.bgwRouteDestination} via ${attached.bgwRouteNexthop}`);
  await eventually('the VM plugged in', async () => {
    await world.plugVm(vpc.vpcId, subnet.subnetId);
    return true;
  });
  onVm({ routeTableId: vpc.mainRouteTableId });

  report.step('Step 3. Create customer gateway with two addresses');
  const customer = await api.post('customerGateways', { customerGatewayName: 'idc-1', customerIps: [...PLAN.customerPublic], bgpAsn: PLAN.customerAsn });
  report.say(`${customer.customerGatewayId}, ${customer.customerIps.join(' and ')}, ASN ${customer.bgpAsn}`);

  report.step('Step 4. Create VPN connection, BGP on');
  const connection = await api.post('vpnConnections', {
    vpnConnectionName: 'to-idc', bgwId: gateway.bgwId, cgwId: customer.customerGatewayId, bfdIntervalMs: PLAN.bfd.intervalMs, bfdMultiplier: PLAN.bfd.multiplier,
  });
  report.check('two cloud addresses are allocated', connection.cloudPublicIp.length === 2, connection.cloudPublicIp.join(' and '));

  report.step('Step 5. Create VPN tunnels: the initial set in one call');
  const added = await api.post(`vpnConnections/${connection.vpnConnectionId}:addTunnels`);
  const tunnels: Document[] = added.items;
  for (const t of tunnels) report.say(`${t.vpnTunnelId}: ${t.cloudPublicIp} - ${t.customerIp}, inner ${t.tunnelIp} (cloud ${t.localTunnelIp}), IKE${t.ikeVersion} ${t.ikeCipher}-${t.ikeAuth}-${t.ikeKeyExchange}`);
  report.check('two tunnels between different addresses', tunnels.length === 2 && new Set(tunnels.map((t) => t.customerIp)).size === 2, tunnels.map((t) => t.vpnTunnelId).join(' '));
  const tunnelIds = tunnels.map((t) => String(t.vpnTunnelId));

  report.step("Step 6. Configure the VPN client: a stock router, from files");
  const secrets = await Promise.all(tunnels.map(async (tunnel) => ({ tunnel, psk: (await api.post(`vpnTunnels/${tunnel.vpnTunnelId}:revealPsk`)).psk as string })));
  const began = Date.now();
  report.say(`configured in ${await world.startCustomer(secrets)}; the cloud initiates`);
  const up = await Promise.all(tunnelIds.map((id) => eventually(`tunnel ${id} UP`, async () => {
    const tunnel = await api.get(`vpnTunnels/${id}`);
    return tunnel.opStatus === 'UP' && tunnel;
  }, 60_000)));
  report.seen('both tunnels are UP', `${up.map((t) => `${t.vpnTunnelId} ${t.opStatus} (${t.opReason}, driver ${t.driver})`).join(', ')} ${Date.now() - began} ms after the router was switched on`);

  report.step('Step 7. BGP: a session over each tunnel');
  await Promise.all(tunnelIds.map((id) => eventually(`BGP over ${id}`, async () => (await api.get(`vpnTunnels/${id}`)).bgpStatus === 'established', 60_000)));
  const said = await eventually("the customer's router sees its sessions", async () => {
    const lines = await world.customerSays();
    return lines.every((line) => !/neighbor/.test(line) || /Established/.test(line)) && lines;
  });
  for (const line of said) report.say(line);
  report.seen('both BGP sessions are established', `ASN ${connection.localAsn} - ${connection.customerAsn}`);
  const site: Site = {
    vpcId: vpc.vpcId, subnetId: subnet.subnetId, routeTableId: vpc.mainRouteTableId, bgwId: gateway.bgwId, cgwId: customer.customerGatewayId, vpnConnectionId: connection.vpnConnectionId, tunnelIds,
  };

  report.step('Step 8. Routes: learned by BGP, propagated into the VPC');
  await bothTunnelsCarry(api, site);
  report.table(ROUTE_HEADER, routeRows(await routes(api, site.bgwId, 'effective')));
  const inVpc = await eventually('the data centre in the VPC table', async () => {
    const rows = (await api.get(`vpcs/${site.vpcId}/routes`)).items as Document[];
    return rows.some((r) => r.destination === PLAN.idcLan && r.effective) && rows;
  });
  report.say('');
  report.table(VPC_HEADER, vpcRows(inVpc));
  const learned = (await api.get(`vpnTunnels/${tunnelIds[0]}/learnedRoutes`)).items as Document[];
  const told = (await api.get(`vpnTunnels/${tunnelIds[0]}/advertisedRoutes`)).items as Document[];
  report.check('routes are learned and advertised', learned.length === 2 && told.some((r) => r.prefix === PLAN.subnet), `learned ${learned.map((r) => r.prefix).join(', ')}; told ${told.map((r) => r.prefix).join(', ')}`);
  const ha = await eventually('high availability', async () => {
    const c = await api.get(`vpnConnections/${site.vpnConnectionId}`);
    return c.haStatus === 'redundancy' && c;
  });
  report.seen('the connection is highly available', ha.haStatus);
  await fibsAgree(api, world, report, site.bgwId, 'tutorial done');

  report.step('Step 9. Test connectivity');
  await pings(world, report);
  return site;
}

export async function pings(world: World, report: Reporter): Promise<void> {
  if (world.kind === 'simulated') return report.say('no packets with the simulated driver: nothing to ping');
  for (const [from, name] of [['vm', 'VM → data centre'], ['idc', 'data centre → VM']] as const) {
    // the first packet may still be resolving a neighbour
    const { sent, received, rttMs } = await eventually(`ping ${name}`, async () => {
      const result = await world.ping(from);
      return result.received === result.sent && result;
    }, 15_000);
    report.seen(`ping ${name}`, `${received} of ${sent} answered, ${rttMs} ms`);
  }
}

export const routes = async (api: Api, bgwId: string, table: string): Promise<Document[]> => (await api.get(`borderGateways/${bgwId}/routes?table=${table}`)).items;

/** Tunnels that the effective route of a prefix uses. */
export async function carriers(api: Api, bgwId: string, prefix: string): Promise<string[]> {
  const effective = (await routes(api, bgwId, 'effective')).filter((r) => r.bgwRouteDestination === prefix && r.effective);
  return [...new Set(effective.flatMap((r) => (r.nextHops as Document[]).map((n) => String(n.id))))].sort();
}

export const bothTunnelsCarry = (api: Api, site: Site): Promise<true> =>
  eventually('equal-cost routes over both tunnels', async () => (await carriers(api, site.bgwId, PLAN.idcLan)).length === 2 && (await carriers(api, site.bgwId, PLAN.idcMore)).length === 2 && true, 60_000);

const expectedFib = async (api: Api, bgwId: string): Promise<{ fib: Fib; document: Document }> => {
  const document = await api.get(`borderGateways/${bgwId}/fib`);
  return { document, fib: new Map((document.expected as Document[]).map((e) => [e.prefix, (e.nextHops as Document[]).map((n) => String(n.id)).sort().join(' ')])) };
};

const sameFib = (a: Fib, b: Fib): boolean => a.size === b.size && [...a].every(([prefix, hops]) => b.get(prefix) === hops);

/**
 * In a settled state three views must be one: what the RIB expects, what the worker reports of the kernel, and what
 * the kernel says when asked directly. Compared twice, half a second apart, so that a passing agreement is not enough.
 */
export async function fibsAgree(api: Api, world: World, report: Reporter, bgwId: string, state: string): Promise<void> {
  let last = '';
  const agreed = async () => {
    const { fib, document } = await expectedFib(api, bgwId);
    const kernel = (await world.kernelFib(bgwId)) ?? fib;
    last = `RIB ${JSON.stringify([...fib])}, kernel ${JSON.stringify([...kernel])}, worker ${JSON.stringify(document.nodes)}`;
    return document.agreed === true && sameFib(fib, kernel) && fib.size;
  };
  const settled = async () => {
    if (!(await agreed())) return undefined;
    await sleep(500);
    return (await agreed()) || undefined;
  };
  const prefixes = await eventually(`FIB agreement (${state})`, settled, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}`, { cause: error });
  });
  report.fibComparisons.push({ state, prefixes });
  report.seen(`${world.kind === 'real' ? 'kernel' : 'simulated'} FIB = RIB (${state})`, `${prefixes} prefixes`);
}

/** What a wiretapper on the internet saw, from the first packet to the last. */
export async function outsideLink(world: World, report: Reporter): Promise<void> {
  const wire = await world.wire();
  if (!wire) return;
  report.step('The outside link: what was captured from the first packet on');
  report.check('nothing but IKE and ESP', wire.other === 0 && wire.espInUdp + wire.nativeEsp > 0 && wire.dropped === 0,
    `${wire.packets} packets: ${wire.espInUdp} ESP in UDP, ${wire.nativeEsp} ESP, ${wire.ike + wire.ikeNatT} IKE, ${wire.keepalive} NAT keepalives, ${wire.arp} ARP, ${wire.other} other${wire.otherSamples.length ? `: ${wire.otherSamples[0]}` : ''}`);
}
