import type { Page } from 'playwright-core';
import type { Document } from '../demo/api.js';
import type { Stage } from '../demo/stage.js';
import { PLAN } from '../demo/world.js';
import { choose, goTo, inDialog, openTab, press, rowOf, type } from './clicks.js';

/** What the clicks have made. */
export interface Made {
  readonly bgwId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly vpnConnectionId: string;
  readonly tunnelIds: readonly string[];
}

/** Before the steps: what a platform of its own has to be told. */
export async function prepare(page: Page): Promise<void> {
  await goTo(page, 'First steps');
  await inDialog(page, 'Create VPC', async (form) => {
    await type(form, 'Name', 'vpc-1');
    await type(form, 'Address range', PLAN.vpcCidr);
  });
  await inDialog(page, 'Create subnet', async (form) => {
    await choose(form, 'VPC', /^vpc-1/);
    await type(form, 'Name', 'subnet-1');
    await type(form, 'Address range', PLAN.subnet);
  });
  for (const address of PLAN.cloudPublic) {
    await inDialog(page, 'Add public address', async (form) => {
      await type(form, 'Public address', address);
      await type(form, 'Node', 'node-1');
    });
  }
}

/** Steps 1 to 4 of the tutorial: gateway, attachment, customer gateway, connection. */
export async function makeConnection(page: Page): Promise<void> {
  await inDialog(page, 'Create border gateway', (form) => type(form, 'Name', 'gateway-1'));
  await inDialog(page, 'Create VPC attachment', async (form) => {
    await type(form, 'Name', 'attachment-1');
    await choose(form, 'Border gateway', 'gateway-1');
    await choose(form, 'VPC', /^vpc-1/);
  });
  await inDialog(page, 'Create customer gateway', async (form) => {
    await type(form, 'Name', 'idc-1');
    for (const [i, address] of PLAN.customerPublic.entries()) await type(form, `Public addresses ${i + 1}`, address);
    await type(form, 'AS number', String(PLAN.customerAsn));
  });
  await inDialog(page, 'Create VPN connection', async (form) => {
    await type(form, 'Name', 'to-idc');
    await choose(form, 'Border gateway', 'gateway-1');
    await choose(form, 'Customer gateway', 'idc-1');
  });
}

/** Step 5: the step leads to the connection's page, which proposes the first tunnels. */
export async function addTunnels(page: Page, { api }: Stage): Promise<Made> {
  await page.getByRole('main').getByRole('link', { name: 'Add tunnels' }).click();
  await inDialog(page, 'Add tunnels', (form) => form.getByText('The first 2 tunnels').waitFor(), 'Add tunnels');
  const first = async (collection: string): Promise<Document> => (await api.list(collection))[0]!;
  const [{ bgwId }, { vpcId, subnetId }, { vpnConnectionId, vpnTunnelIds }] = await Promise.all([first('borderGateways'), first('subnets'), first('vpnConnections')]);
  return { bgwId, vpcId, subnetId, vpnConnectionId, tunnelIds: vpnTunnelIds };
}

/** Step 6: what is downloaded, by file; of the tunnels of a connection, for the device that is proposed. */
export async function downloadConfiguration(page: Page): Promise<Map<string, string>> {
  await openTab(page, 'Client configuration');
  const buttons = page.getByRole('button', { name: /^Download / });
  await buttons.first().waitFor();
  const files = new Map<string, string>();
  for (const button of await buttons.all()) {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    files.set(download.suggestedFilename(), await textOf(await download.createReadStream()));
  }
  return files;
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

/** The customer's administrator switches the router on, with the keys that were asked for. */
export async function startCustomer({ api, world }: Stage, { tunnelIds }: Made): Promise<void> {
  await world.startCustomer(await Promise.all(tunnelIds.map(async (id) => ({ tunnel: (await api.get(`vpnTunnels/${id}`)) as Document, psk: (await api.post(`vpnTunnels/${id}:revealPsk`)).psk as string }))));
}

/** Waits for what a tunnel's row says (its state; its BGP session is the later of two that say the same), without reloading anything. */
export const sees = (page: Page, tunnelId: string, word: string): Promise<void> => rowOf(page, tunnelId).getByText(word, { exact: true }).first().waitFor();

/** Step 8. */
export async function propagate(page: Page): Promise<void> {
  await goTo(page, 'First steps');
  await inDialog(page, 'Add route propagation', async (form) => {
    await form.getByRole('combobox', { name: 'Route table', exact: true }).click();
    await page.getByRole('option').first().click();
    await choose(form, 'Border gateway', 'gateway-1');
  });
}

/** Asks for something of a tunnel in its row's menu, and says yes. */
export async function ask(page: Page, tunnelId: string, verb: 'Disable' | 'Enable'): Promise<void> {
  await press(rowOf(page, tunnelId), `Actions for ${tunnelId}`);
  await page.getByRole('menuitem', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await press(dialog, verb);
  await dialog.waitFor({ state: 'hidden' });
}
