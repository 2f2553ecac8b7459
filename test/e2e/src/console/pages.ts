import type { Page } from 'playwright-core';
import type { Stage } from '../demo/stage.js';
import { settled } from './browser.js';
import type { Made } from './first-use.js';
import { walkOpenings, type Look } from './openings.js';

/** Every page of the console that is no resource's, below /r/{region}. */
const PLAIN = ['', 'network', 'first-steps', 'quotas', 'policy', 'parked-records'];

/** Every collection: its list, and the details of its first resource with all their tabs. */
const COLLECTIONS: readonly { readonly slug: string; readonly collection: string; readonly id: string }[] = [
  { slug: 'border-gateways', collection: 'borderGateways', id: 'bgwId' },
  { slug: 'vpc-attachments', collection: 'vpcAttachments', id: 'vpcAttachmentId' },
  { slug: 'static-routes', collection: 'staticRoutes', id: 'bgwRouteId' },
  { slug: 'virtual-interfaces', collection: 'virtualInterfaces', id: 'vifId' },
  { slug: 'customer-gateways', collection: 'customerGateways', id: 'customerGatewayId' },
  { slug: 'vpn-connections', collection: 'vpnConnections', id: 'vpnConnectionId' },
  { slug: 'vpn-tunnels', collection: 'vpnTunnels', id: 'vpnTunnelId' },
  { slug: 'vpcs', collection: 'vpcs', id: 'vpcId' },
  { slug: 'subnets', collection: 'subnets', id: 'subnetId' },
  { slug: 'route-tables', collection: 'routeTables', id: 'routeTableId' },
  { slug: 'route-propagations', collection: 'routePropagations', id: 'propagationId' },
  { slug: 'vpc-routes', collection: 'vpcRoutes', id: 'vpcRouteId' },
  { slug: 'public-addresses', collection: 'publicAddresses', id: 'publicAddress' },
];

/** A page to look at. */
export interface ConsolePage {
  readonly name: string;
  readonly path: string;
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
  const lists = COLLECTIONS.map(({ slug }): ConsolePage => ({ name: slug, path: `${root}/${slug}` }));
  const details = await Promise.all(COLLECTIONS.map(async ({ slug, collection, id }): Promise<ConsolePage> => {
    const [first] = await api.list(collection);
    return { name: `${slug}-one`, path: `${root}/${slug}/${encodeURIComponent(String(first![id]))}`, tabs: true };
  }));
  const [rule] = await api.list('alarmRules');
  const alarms: ConsolePage[] = [{ name: 'alarms', path: `${root}/alarms`, tabs: true }, { name: 'alarm-rules', path: `${root}/alarm-rules` }, { name: 'alarm-rules-one', path: `${root}/alarm-rules/${rule!.alarmRuleId}`, tabs: true }, { name: 'alarm-rules-empty', path: '/r/empty/alarm-rules' }];
  const empty = COLLECTIONS.map(({ slug }): ConsolePage => ({ name: `${slug}-empty`, path: `/r/empty/${slug}` }));
  return [...PLAIN.map((slug): ConsolePage => ({ name: slug || 'overview', path: `${root}/${slug}` })), { name: 'overview-empty', path: '/r/empty/' }, { name: 'unknown', path: `${root}/no/such/page/here` }, ...alarms, ...lists, ...details, ...empty];
}

/** The addresses that the main navigation leads to: none may be missing in the table. */
export async function linksOf(page: Page): Promise<string[]> {
  const links = await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link').all();
  return Promise.all(links.map(async (link) => (await link.getAttribute('href')) ?? ''));
}

/** Goes through what a page has to show: itself or each of its tabs, and what their buttons open, as far as nobody has `seen` that. `look` is told which. */
export async function walkPage(page: Page, url: string, { name, path, tabs }: ConsolePage, seen: Set<string>, look: Look): Promise<void> {
  await page.goto(`${url}${path}`);
  await settled(page);
  for (const tab of tabs ? await page.getByRole('tab').all() : [null]) {
    await tab?.click();
    await settled(page);
    const view = (await tab?.textContent()) ?? '';
    await look(view);
    await walkOpenings(page, name, seen, look);
  }
}
