import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from './index.js';
import { PolicyCustomer } from './tunnels/policy-customer.js';
import { customerTunnel, LAN, LAN_HOST, Site, SUBNET, VM } from './tunnels/site.js';

// Policy-based customers: no tunnel interface, no routes into it; what their selectors name is encrypted, all else is not.
const OTHER_LAN = '10.20.2.0/24';
const OTHER_HOST = '10.20.2.10';
const VERSIONS = ['v1', 'v2'] as const;
const SELECTORS = [{ localSubnet: SUBNET, remoteSubnets: [LAN, OTHER_LAN] }];
let site: Site;
const customers: PolicyCustomer[] = [];

beforeAll(async () => {
  site = await Site.create({ name: 'bgs', bgp: false, customerIps: ['198.51.100.1', '198.51.100.2'], tunnels: VERSIONS.map((ikeVersion) => ({ ikeVersion })) });
  await site.api.post('staticRoutes', { bgwId: site.gatewayId, bgwRouteDestination: OTHER_LAN, bgwRouteNexthop: site.connectionId });
  for (const index of [0, 1]) {
    const { psk } = await site.api.post(`vpnTunnels/${site.id(index)}:revealPsk`);
    customers.push(await PolicyCustomer.create(site.lab, {
      ...customerTunnel(site.tunnels[index]!, psk, `policy${index + 1}`),
      networks: [{ prefix: LAN, router: '10.20.1.1', host: LAN_HOST }, { prefix: OTHER_LAN, router: '10.20.2.1', host: OTHER_HOST }], cloudNetworks: [SUBNET],
    }));
  }
});
afterAll(() => site?.destroy());

/** The other tunnel is disabled, so that every packet goes through this one. */
async function alone(index: number): Promise<void> {
  await site.api.post(`vpnTunnels/${site.id(1 - index)}:disable`);
  await site.untilTunnel(1 - index, 'disabled', (tunnel) => tunnel.opStatus === 'DOWN');
  await site.api.post(`vpnTunnels/${site.id(index)}:enable`);
}
const answers = (host: string) => until(`${VM} answered by ${host}`, async () => (await site.vm.ping(host, { count: 3 })).received === 3, { timeoutMs: 30_000 });
const children = async (index: number) => (await site.charon(index).sas()).flatMap((sa) => sa.children).filter((child) => child.state === 'INSTALLED').map(({ localTs, remoteTs }) => `${localTs.join(' ')} - ${remoteTs.join(' ')}`).sort();

it.each(VERSIONS.map((version, index) => [version, index] as const))('a policy-based customer is reached through traffic selectors with IKE%s', async (version, index) => {
  const { trafficSelectors } = await site.api.patch(`vpnConnections/${site.connectionId}`, { trafficSelectors: SELECTORS });
  expect(trafficSelectors).toMatchObject(SELECTORS);
  await alone(index);
  await customers[index]!.start();
  await site.untilTunnel(index, 'UP with all its CHILD SAs', (tunnel) => tunnel.opStatus === 'UP' && !/traffic selectors have no/.test(tunnel.opDetail));
  await answers(LAN_HOST);
  await answers(OTHER_HOST);
  const expected = version === 'v2' ? [`${SUBNET} - ${LAN} ${OTHER_LAN}`] : [`${SUBNET} - ${LAN}`, `${SUBNET} - ${OTHER_LAN}`];
  expect(await children(index)).toEqual(expected);
});

it('a customer that has only some of the networks: the tunnel is UP, carries those, and says which are missing', async () => {
  await site.api.patch(`vpnConnections/${site.connectionId}`, { trafficSelectors: [...SELECTORS, { localSubnet: SUBNET, remoteSubnets: ['10.77.0.0/24'] }] });
  await alone(1);
  const tunnel = await site.untilTunnel(1, 'UP with something missing', (t) => t.opStatus === 'UP' && /1 of 2 traffic selectors have no CHILD SA: 10\.1\.1\.0\/24 with 10\.77\.0\.0\/24\. .*traffic selectors/.test(t.opDetail));
  console.log(`   ${tunnel.opDetail}`);
  await answers(LAN_HOST);
});

it('a customer that narrows a route-based cloud to its own networks comes up', async () => {
  await site.api.patch(`vpnConnections/${site.connectionId}`, { trafficSelectors: [] });
  await alone(1);
  await site.untilTunnel(1, 'UP', (tunnel) => tunnel.opStatus === 'UP');
  await answers(LAN_HOST);
  // 0.0.0.0/0 was asked for; less was agreed (RFC 7296, 2.9)
  expect(await children(1)).toEqual([`${SUBNET} - ${LAN} ${OTHER_LAN}`]);
});
