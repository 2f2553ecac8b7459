import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Document } from './demo/api.js';
import { GapMeter, run, until, type Customer } from './index.js';
import { customerTunnel, LAN, LAN_HOST, pause, Site, SUBNET, VM } from './tunnels/site.js';

/**
 * Routing rules on real BIRD and stock FRR: the limit of dynamic routes (ADR 15), what peers are told and when, transit. No session may
 * begin anew in any of it: how many the customers' routers have counted is compared at the end. Nor may it in the re-keying of SAs that
 * live as short as the API allows, which goes on meanwhile.
 */
const LIMIT = 300;
/** Patient: on a busy machine a session must not be lost to a late packet, for its uptime is what is looked at. */
const BFD = { intervalMs: 1_000, multiplier: 5 };
const SHORT = { ikeSaLifeSec: 60, ipsecSaLifeSec: 60 };
const NEIGHBOUR_LAN = '10.30.1.0/24';
const NEIGHBOUR_HOST = '10.30.1.10';
let site: Site;
let neighbour: Customer;
let begun: number[];
/** A ping through each tunnel, all the time; and the IKE and CHILD SAs of the beginning. */
let pings: GapMeter[];
let firstSas: string[][];
let neighbourBegun: number[];

/** More than enough networks of the customer's own. */
const block = (n: number): string => `172.${16 + (n >> 8)}.${n & 255}.0/24`;
const blocks = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => block(from + i));
const waitFor = <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => until(what, look, { timeoutMs: 60_000, intervalMs: 100 });

const dynamicRoutes = async (): Promise<Document> => (await site.api.get(`borderGateways/${site.gatewayId}/routes?limit=1`)).dynamicRoutes;
const room = (count: number, refused: number, status: string, maxLimit = LIMIT) =>
  waitFor(`${count} dynamic routes, ${refused} of them refused`, async () => {
    const seen = await dynamicRoutes();
    if (JSON.stringify(seen) !== JSON.stringify({ maxLimit, count, refused, status })) throw new Error(JSON.stringify(seen));
    return true;
  });
const kernelPrefixes = async (): Promise<string[]> => (JSON.parse((await run(['ip', '-n', site.gatewayNetns, '-j', 'route', 'show', 'proto', 'bird'])) || '[]') as { dst: string }[]).map((route) => route.dst).sort();
const refusedOn = async (index: number): Promise<string[]> =>
  (await site.api.list(`vpnTunnels/${site.id(index)}/learnedRoutes`)).filter((route) => route.because === 'over-limit').map((route) => String(route.prefix));

/** The RIB's FIB, the worker's word of the kernel's, and the kernel's own: twice, so that a passing agreement is not enough. */
const fibIs = async (prefixes: number): Promise<void> => {
  const agreed = async (): Promise<true> => {
    const fib = await site.api.get(`borderGateways/${site.gatewayId}/fib`);
    const [expected, kernel] = [(fib.expected as Document[]).map((entry) => entry.prefix).sort(), await kernelPrefixes()];
    const differences = fib.nodes.flatMap((node: Document) => node.differences).slice(0, 3);
    if (fib.agreed !== true || expected.join() !== kernel.join() || kernel.length !== prefixes) throw new Error(`RIB ${expected.length}, kernel ${kernel.length}, agreed ${fib.agreed}: ${JSON.stringify(differences)}`);
    return true;
  };
  await waitFor(`a FIB of ${prefixes} prefixes`, agreed);
  await pause(500);
  await waitFor(`still a FIB of ${prefixes} prefixes`, agreed);
};

const sasOf = async (index: number): Promise<string[]> => (await site.charon(index).sas()).flatMap(({ uniqueId, children }) => [`IKE ${uniqueId}`, ...children.map((child) => `CHILD ${child.uniqueId}`)]);

beforeAll(async () => {
  site = await Site.create({ name: 'bgr', customerIps: ['198.51.100.1', '198.51.100.2'], bgp: true, bfd: BFD, tunnels: [{ ikeVersion: 'v2', ...SHORT }, { ikeVersion: 'v1', ...SHORT }] });
  await (await site.addCustomer()).start();
  await site.untilUp();
  await waitFor('sessions', async () => (await site.customer.isSettled()) && (await site.customer.bgpSummary()).every((neighbor) => neighbor.prefixesReceived > 0));
  begun = await site.customer.sessionsBegun();
  firstSas = await Promise.all([0, 1].map(sasOf));
  pings = await Promise.all(site.tunnels.map(({ localTunnelIp, remoteTunnelIp }) => GapMeter.start(site.gatewayNetns, remoteTunnelIp, { intervalMs: 50, source: localTunnelIp })));
});
afterAll(() => site?.destroy());

it('over the limit the youngest are refused and listed, the sessions stay, and BIRD forwards exactly the accepted', async () => {
  await site.customer.announce(...blocks(0, 237));
  await room(239, 0, 'ok');
  await site.customer.announce(block(237));
  await room(240, 0, 'near-limit');
  const first = Date.now();
  await site.customer.announce(...blocks(238, 319)); // with the LAN 320, and the cloud's own subnet counts, too
  await room(321, 21, 'over-limit');
  await fibIs(LIMIT);
  const [one, two] = [await refusedOn(0), await refusedOn(1)];
  console.log(`route limit: 320 prefixes announced by FRR over two tunnels, ${(await kernelPrefixes()).length} forwarded, ${one.length} refused on each tunnel, settled ${Date.now() - first} ms after the last announcement; refused ${one[0]} to ${one.at(-1)}`);
  expect(one).toHaveLength(21);
  expect(two).toEqual(one); // a destination is refused to all peers, so that equal-cost sets stay whole
  expect(one.every((prefix) => blocks(238, 319).includes(prefix))).toBe(true);
  const listed = (await site.api.list(`borderGateways/${site.gatewayId}/routes?table=propagated`)).filter((route) => route.because === 'over-limit');
  expect(listed.map((route) => [route.bgwRouteDestination, route.effective])).toEqual(one.flatMap((prefix) => [[prefix, false], [prefix, false]]));
  const why = await site.api.get(`borderGateways/${site.gatewayId}/explain?prefix=${encodeURIComponent(one[0]!)}`);
  expect(why.text).toContain('over the limit. 321 destinations have propagated or BGP routes and 300 are allowed');
});

it('a VPC route table lists what is over its own limit, too', async () => {
  const vpcId = (await site.api.list('vpcs'))[0]!.vpcId;
  const table = (await site.api.get(`vpcs/${vpcId}/routes?limit=1`)).propagatedRoutes[0];
  expect(table).toMatchObject({ maxLimit: 100, count: 300, refused: 200, status: 'over-limit' });
  const rows = await site.api.list(`vpcs/${vpcId}/routes`);
  expect(rows.filter((row) => row.because === 'over-limit')).toHaveLength(200);
  expect(rows.find((row) => row.destination === LAN)).toMatchObject({ effective: true }); // the oldest: it goes on working
  expect((await site.vm.ping(LAN_HOST, { count: 3 })).received).toBe(3);
});

it('what was refused comes in by itself when there is room, and a new prefix does not push out an old one', async () => {
  await site.customer.withdraw(...blocks(0, 50));
  await room(271, 0, 'near-limit');
  await fibIs(271);
  await site.customer.announce(...blocks(0, 50));
  await room(321, 21, 'over-limit');
  await fibIs(LIMIT);
  const refused = await refusedOn(0);
  expect(refused.every((prefix) => blocks(0, 50).includes(prefix))).toBe(true); // the youngest now, though the first among prefixes
});

it('a raised quota lets them in', async () => {
  await site.api.patch('quotas/bgw_propagated_route', { parentResourceId: site.gatewayId, maxLimit: 400 });
  await room(321, 0, 'near-limit', 400);
  await fibIs(321);
  const log = readFileSync(site.platform.log, 'utf8');
  for (const said of ['routes are near the limit', 'routes are over the limit']) expect(log).toContain(said);
  const metrics = await (await fetch(`${site.platform.url}/metrics`)).text();
  for (const series of [`vpn_dynamic_routes{region="${site.platform.region}",bgw_id="${site.gatewayId}"`, `vpn_dynamic_routes_limit{region="${site.platform.region}",bgw_id="${site.gatewayId}"`, `vpn_dynamic_routes_refused{region="${site.platform.region}",bgw_id="${site.gatewayId}"`]) expect(metrics).toContain(series);
  await site.customer.withdraw(...blocks(0, 319));
  await fibIs(2);
});

const heard = (customer: Customer, prefix: string, path: string | undefined) =>
  waitFor(`${customer.spec.name} hears ${prefix} ${path === undefined ? 'no more' : `with AS_PATH ${path}`}`, async () => {
    const is = (await customer.heard()).get(prefix);
    if (is !== path) throw new Error(`it hears ${is}`);
    return true;
  });

it('peers are told of new and of old subnets and static routes without a reset', async () => {
  const { api, customer, gatewayId } = site;
  await heard(customer, SUBNET, '65000');
  const vpcId = (await api.list('vpcs'))[0]!.vpcId;
  const subnet = await api.post('subnets', { vpcId, subnetName: 'subnet-2', cidr: '10.1.2.0/24' });
  await heard(customer, '10.1.2.0/24', '65000');
  await api.delete(`subnets/${subnet.subnetId}`);
  await heard(customer, '10.1.2.0/24', undefined);
  const attachment = (await api.list('vpcAttachments'))[0]!;
  const route = await api.post('staticRoutes', { bgwId: gatewayId, bgwRouteDestination: '10.1.128.0/17', bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: attachment.vpcAttachmentId });
  await heard(customer, '10.1.128.0/17', '65000');
  await api.delete(`staticRoutes/${route.bgwRouteId}`);
  await heard(customer, '10.1.128.0/17', undefined);
  expect(await customer.sessionsBegun()).toEqual(begun);
});

it('transit: off, one customer neither hears of the other nor reaches it; on, both; and off again', async () => {
  const { api, customer, gatewayId, lab } = site;
  for (const publicAddress of ['203.0.113.3', '203.0.113.4']) await api.post('publicAddresses', { publicAddress, node: 'node-1' });
  const other = await api.post('customerGateways', { customerGatewayName: 'idc-2', customerIps: ['198.51.100.65'], bgpAsn: 65_020 });
  const connection = await api.post('vpnConnections', { vpnConnectionName: 'to-idc-2', bgwId: gatewayId, cgwId: other.customerGatewayId, bgpEnabled: true, bfdEnabled: true, bfdIntervalMs: BFD.intervalMs, bfdMultiplier: BFD.multiplier });
  const added: Document[] = (await api.post(`vpnConnections/${connection.vpnConnectionId}:addTunnels`)).items;
  const tunnels = await Promise.all(added.map(async (tunnel, i) => customerTunnel(tunnel, (await api.post(`vpnTunnels/${tunnel.vpnTunnelId}:revealPsk`)).psk, `wan${i + 1}`)));
  neighbour = await lab.addCustomer({
    name: 'idc2', asn: 65_020, routing: 'bgp', bfd: BFD, announce: [NEIGHBOUR_LAN], tunnels, lan: { prefix: NEIGHBOUR_LAN, routerAddress: '10.30.1.1', hostAddress: NEIGHBOUR_HOST },
  });
  await neighbour.start();
  await heard(neighbour, SUBNET, '65000');
  await fibIs(3);
  await waitFor('sessions of the neighbour', () => neighbour.isSettled());
  neighbourBegun = await neighbour.sessionsBegun();
  expect((await customer.heard()).has(NEIGHBOUR_LAN)).toBe(false);
  expect((await customer.host.ping(NEIGHBOUR_HOST, { count: 3 })).received).toBe(0);

  await api.patch(`borderGateways/${gatewayId}`, { transitEnabled: true });
  await heard(customer, NEIGHBOUR_LAN, '65000 65020');
  await heard(neighbour, LAN, '65000 65010');
  expect((await neighbour.heard()).has(NEIGHBOUR_LAN)).toBe(false); // never back to the AS it came from, over no tunnel
  const reached = await waitFor('a ping through the cloud', async () => {
    const { received } = await customer.host.ping(NEIGHBOUR_HOST, { count: 3 });
    return received === 3 && received;
  });
  const route = await api.post('staticRoutes', { bgwId: gatewayId, bgwRouteDestination: '10.31.0.0/16', bgwRouteNexthop: connection.vpnConnectionId });
  await heard(customer, '10.31.0.0/16', '65000');
  expect((await neighbour.heard()).has('10.31.0.0/16')).toBe(false);
  await fibIs(4);
  const told = (await api.list(`vpnTunnels/${site.id(0)}/advertisedRoutes`)).filter((row) => row.because === 'transit').map((row) => row.prefix);
  expect(told).toEqual([NEIGHBOUR_LAN, '10.31.0.0/16']);

  await api.patch(`borderGateways/${gatewayId}`, { transitEnabled: false });
  await heard(customer, NEIGHBOUR_LAN, undefined);
  await heard(customer, '10.31.0.0/16', undefined);
  await heard(neighbour, LAN, undefined);
  expect((await customer.host.ping(NEIGHBOUR_HOST, { count: 3 })).received).toBe(0);
  await api.delete(`staticRoutes/${route.bgwRouteId}`);
  expect((await customer.host.ping(VM, { count: 3 })).received).toBe(3);
  await fibIs(3);
  console.log(`transit: ${reached} of 3 pings between two customers while on, none while off`);
});

it('VPCs of one gateway reach each other; of overlapping ones the first is reached until it goes, and then the next', async () => {
  const { api, gatewayId, lab, netnsPrefix, customer, vm } = site;
  const suffix = (id: string): string => id.slice(id.lastIndexOf('-') + 1);
  const attached = async (name: string, cidr: string, subnetCidr: string) => {
    const vpc = await api.post('vpcs', { vpcName: name, cidr });
    const subnet = await api.post('subnets', { vpcId: vpc.vpcId, subnetName: `${name}-subnet`, cidr: subnetCidr });
    const attachment = await api.post('vpcAttachments', { vpcAttachmentName: name, bgwId: gatewayId, vpcId: vpc.vpcId, propagateType: 'all' });
    await api.post('routePropagations', { routeTableId: vpc.mainRouteTableId, bgwId: gatewayId });
    return { vpcNetns: `${netnsPrefix}v-${suffix(vpc.vpcId)}`, bridge: `s-${suffix(subnet.subnetId)}`, device: `a-${suffix(attachment.vpcAttachmentId)}`, attachmentId: String(attachment.vpcAttachmentId) };
  };
  const deviceTo = async (prefix: string): Promise<string | undefined> => (JSON.parse((await run(['ip', '-n', site.gatewayNetns, '-j', 'route', 'show', prefix])) || '[]') as { dev?: string }[])[0]?.dev;

  const first = (await api.list('vpcAttachments'))[0]!;
  const second = await attached('vpc-2', '10.2.0.0/16', '10.2.1.0/24');
  const vm2 = await waitFor('a VM in the second VPC', async () => {
    await run(['ip', '-n', second.vpcNetns, 'link', 'show', second.bridge]);
    return lab.addVm({ name: 'vm2', vpcNetns: second.vpcNetns, bridge: second.bridge, address: '10.2.1.10/24', gateway: '10.2.1.1' });
  });
  await waitFor('VPC to VPC', async () => (await vm.ping('10.2.1.10', { count: 2 })).received === 2);
  expect((await vm2.ping(VM, { count: 3 })).received).toBe(3);
  await heard(customer, '10.2.1.0/24', '65000');

  const third = await attached('vpc-3', '10.1.0.0/16', '10.1.1.0/25');
  await waitFor('the overlap', async () => (await api.list(`borderGateways/${gatewayId}/routes?table=propagated`)).some((route) => route.bgwRouteDestination === '10.1.1.0/25' && route.because === 'overlaps-earlier-attachment'));
  await fibIs(4);
  expect([await deviceTo(SUBNET), await deviceTo('10.1.1.0/25')]).toEqual([`a-${suffix(first.vpcAttachmentId)}`, undefined]);
  await api.delete(`vpcAttachments/${first.vpcAttachmentId}`);
  await heard(customer, '10.1.1.0/25', '65000');
  await heard(customer, SUBNET, undefined);
  await fibIs(4);
  expect([await deviceTo(SUBNET), await deviceTo('10.1.1.0/25')]).toEqual([undefined, third.device]);
});

it('life times of 60 s, with IKEv2 and IKEv1: all SAs have been re-keyed by now, and next to nothing was lost', async () => {
  for (const index of [0, 1]) await until('none of the first SAs', async () => { const now = await sasOf(index); return now.length >= 2 && firstSas[index]!.every((sa) => !now.includes(sa)); }, { timeoutMs: 120_000, intervalMs: 500 });
  const [v2, v1] = await Promise.all(pings.map((meter) => meter.stop()));
  const rekeys = await Promise.all([0, 1].map(async (index) => (await site.api.get(`vpnTunnels/${site.id(index)}/state`)).rekeys as number));
  console.log(`re-keyed by time: IKEv2 ${rekeys[0]} times, lost ${v2!.lost}/${v2!.sent}; IKEv1 ${rekeys[1]} times, lost ${v1!.lost}/${v1!.sent}`);
  expect(Math.min(...rekeys)).toBeGreaterThanOrEqual(1);
  expect(v2!.lost).toBe(0);
  // IKEv1's responder has the new keys only after the third message
  expect(v1!.lost).toBeLessThanOrEqual(rekeys[1]!);
});

it('no session began anew in all of this', async () => {
  expect(await site.customer.sessionsBegun()).toEqual(begun);
  expect(await neighbour.sessionsBegun()).toEqual(neighbourBegun);
});
