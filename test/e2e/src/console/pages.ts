import type { Page } from 'playwright-core';
import type { Stage } from '../demo/stage.js';
import { settled } from './browser.js';
import type { Made } from './first-use.js';

/** Every page of the console that is no resource's, below /r/{region}. */
const PLAIN = ['', 'network', 'first-steps', 'quotas', 'policy', 'parked-records'];

/** Every collection: its list, the details of its first resource with all their tabs, and the form that its list opens. */
const COLLECTIONS: readonly { readonly slug: string; readonly collection: string; readonly id: string; readonly create?: string }[] = [
  { slug: 'border-gateways', collection: 'borderGateways', id: 'bgwId', create: 'Create border gateway' },
  { slug: 'vpc-attachments', collection: 'vpcAttachments', id: 'vpcAttachmentId', create: 'Create VPC attachment' },
  { slug: 'static-routes', collection: 'staticRoutes', id: 'bgwRouteId', create: 'Add static route' },
  { slug: 'virtual-interfaces', collection: 'virtualInterfaces', id: 'vifId', create: 'Create virtual interface' },
  { slug: 'customer-gateways', collection: 'customerGateways', id: 'customerGatewayId', create: 'Create customer gateway' },
  { slug: 'vpn-connections', collection: 'vpnConnections', id: 'vpnConnectionId', create: 'Create VPN connection' },
  { slug: 'vpn-tunnels', collection: 'vpnTunnels', id: 'vpnTunnelId' },
  { slug: 'vpcs', collection: 'vpcs', id: 'vpcId', create: 'Create VPC' },
  { slug: 'subnets', collection: 'subnets', id: 'subnetId', create: 'Create subnet' },
  { slug: 'route-tables', collection: 'routeTables', id: 'routeTableId', create: 'Create route table' },
  { slug: 'route-propagations', collection: 'routePropagations', id: 'propagationId', create: 'Add route propagation' },
  { slug: 'vpc-routes', collection: 'vpcRoutes', id: 'vpcRouteId', create: 'Add VPC static route' },
  { slug: 'public-addresses', collection: 'publicAddresses', id: 'publicAddress', create: 'Add public address' },
];

/** A page to look at: an address, and what its buttons show besides. */
export interface ConsolePage {
  readonly name: string;
  readonly path: string;
  /** A button that opens a form. */
  readonly form?: string;
  readonly tabs?: true;
}

/** What the tutorial does not need, so that no list is empty and every kind has its details. */
export async function fillUp({ api }: Stage, { bgwId, vpnConnectionId }: Made): Promise<void> {
  const [table] = await api.list('routeTables');
  await api.post('staticRoutes', { bgwId, bgwRouteDestination: '10.99.0.0/16', bgwRouteNextHopType: 'vpn_connection', bgwRouteNexthop: vpnConnectionId });
  await api.post('vpcRoutes', { routeTableId: table!.routeTableId, destination: '10.98.0.0/16', bgwId });
  await api.post('virtualInterfaces', { vifName: 'line-1', bgwId, node: 'node-1', interface: 'line0', customerAsn: 65020 });
  await api.post('alarmRules', { alarmRuleName: 'Slow', resources: { kind: 'borderGateway', ids: [bgwId] }, conditions: [{ metric: 'originalInBps', operator: 'lt', threshold: 0 }], webhook: { url: 'https://hooks.example/alarms', secret: 'nobody listens there' } });
}

export async function everyPage({ api }: Stage): Promise<ConsolePage[]> {
  const root = `/r/${api.region}`;
  const lists = COLLECTIONS.map(({ slug, create }): ConsolePage => ({ name: slug, path: `${root}/${slug}`, ...(create && { form: create }) }));
  const details = await Promise.all(COLLECTIONS.map(async ({ slug, collection, id }): Promise<ConsolePage> => {
    const [first] = await api.list(collection);
    return { name: `${slug}-one`, path: `${root}/${slug}/${encodeURIComponent(String(first![id]))}`, tabs: true };
  }));
  const [rule] = await api.list('alarmRules');
  const alarms: ConsolePage[] = [{ name: 'alarms', path: `${root}/alarms`, tabs: true }, { name: 'alarm-rules', path: `${root}/alarm-rules`, form: 'Create alarm rule' }, { name: 'alarm-rules-one', path: `${root}/alarm-rules/${rule!.alarmRuleId}`, tabs: true }, { name: 'alarm-rules-empty', path: '/r/empty/alarm-rules' }];
  const empty = COLLECTIONS.map(({ slug }): ConsolePage => ({ name: `${slug}-empty`, path: `/r/empty/${slug}` }));
  return [...PLAIN.map((slug): ConsolePage => ({ name: slug || 'overview', path: `${root}/${slug}` })), { name: 'overview-empty', path: '/r/empty/' }, { name: 'unknown', path: `${root}/no/such/page/here` }, ...alarms, ...lists, ...details, ...empty];
}

/** The addresses that the main navigation leads to: none may be missing in the table. */
export async function linksOf(page: Page): Promise<string[]> {
  const links = await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link').all();
  return Promise.all(links.map(async (link) => (await link.getAttribute('href')) ?? ''));
}

/** Goes through what a page has to show: itself, each of its tabs, its form. `look` is told which. */
export async function walkPage(page: Page, url: string, { path, form, tabs }: ConsolePage, look: (view: string) => Promise<void>): Promise<void> {
  await page.goto(`${url}${path}`);
  await settled(page);
  if (tabs) {
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await settled(page);
      await look((await tab.textContent()) ?? '');
    }
    return;
  }
  await look('');
  if (!form) return;
  await page.getByRole('main').getByRole('button', { name: form, exact: true }).click();
  await page.getByRole('dialog', { name: form }).getByRole('button', { name: 'Create', exact: true }).waitFor();
  await settled(page);
  await look(form);
}
