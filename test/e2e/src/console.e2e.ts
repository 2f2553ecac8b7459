import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf } from './console/accessibility.js';
import { complaintsOf, findChromium, launch, openWindow } from './console/browser.js';
import { choose, goTo, inDialog, openTab, press, rowOf, type } from './console/clicks.js';
import { addTunnels, ask, downloadConfiguration, type Made, makeConnection, prepare, propagate, sees, startCustomer } from './console/first-use.js';
import { everyPage, fillUp, linksOf, walkPage } from './console/pages.js';
import { createStage, stageFolder, type Stage } from './demo/stage.js';
import { eventually } from './demo/walk.js';
import { PLAN } from './demo/world.js';

const chromium = findChromium();

/** What has to have been opened, of what the walk through all pages finds by itself. */
const OPENED = [
  'Create border gateway', 'Create VPC attachment', 'Add static route', 'Add several', 'Create virtual interface', 'Create customer gateway', 'Create VPN connection', 'Create VPC', 'Create subnet', 'Create route table', 'Add route propagation',
  'Add VPC static route', 'Add public address', 'Create alarm rule', 'vpn-connections-one: Edit', 'alarm-rules-one: Edit', 'Set limit', 'Why?', 'Actions for', 'Delete', 'Disable', 'Region:', 'Settings', 'Open navigation', 'options',
];

// The tutorial with a mouse, on real tunnels: each part builds on the one before it.
describe.skipIf(!chromium)('the console in a browser', () => {
  let stage: Stage;
  let browser: Browser;
  /** Never loaded a second time: what it shows later came by itself. */
  let page: Page;
  const complaints: string[] = [];
  let made: Made;
  /** The connection's charts, which stay open from the first packet on. */
  let charts: Page;
  let firstDrawn: string;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([createStage({ dir: stageFolder('console'), name: 'bgu', simulated: false }), launch(chromium!)]);
    await stage.platform.start();
    page = await inFront();
    await page.goto(stage.platform.url);
    await page.evaluate('window.loadedOnce = true');
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.destroy();
  });

  /** A page in a window of its own: one behind another in the same window is given a moment a second. */
  async function inFront(): Promise<Page> {
    const opened = await (await openWindow(browser)).newPage();
    complaintsOf(opened, complaints);
    return opened;
  }

  it('leads from an empty installation to a connection with tunnels', async () => {
    await page.getByRole('heading', { name: 'Overview of region-1' }).waitFor();
    await page.getByText('0 of 9 steps are done').first().waitFor();
    await prepare(page);
    await makeConnection(page);
    await page.getByText('4 of 9 steps are done').first().waitFor();
    made = await addTunnels(page, stage);
    expect(made.tunnelIds).toHaveLength(2);
  });

  it('downloads the configuration of the client that the API makes', async () => {
    const files = await downloadConfiguration(page);
    const [device] = (await stage.api.get('/v1/clientDevices')).items as { id: string }[];
    const { files: expected } = (await stage.api.get(`vpnConnections/${made.vpnConnectionId}/clientConfig?device=${device!.id}`)) as { files: { name: string; content: string }[] };
    expect(expected.length).toBeGreaterThan(0);
    // a name with folders becomes one that a browser may write
    expect([...files]).toEqual(expected.map(({ name, content }) => [name.replaceAll('/', '_'), content]));
    await page.getByText('The configuration you downloaded is up to date.').waitFor();
  });

  it('sees both tunnels and their BGP sessions come up, and ends with packets both ways', async () => {
    await goTo(page, 'Tunnels');
    await Promise.all(made.tunnelIds.map((id) => sees(page, id, 'Down')));
    await startCustomer(stage, made);
    await Promise.all(made.tunnelIds.flatMap((id) => [sees(page, id, 'Up'), sees(page, id, 'Established')]));
    await propagate(page);
    await eventually('the VM plugged in', async () => {
      await stage.world.plugVm(made.vpcId, made.subnetId);
      return true;
    });
    await eventually('ping', async () => (await stage.world.ping('vm')).received > 0);
    await page.getByText('All steps are done: the data centre is connected.').first().waitFor();
  });

  it('draws the charts of both tunnels', async () => {
    charts = await inFront();
    await charts.goto(`${stage.platform.url}/r/${stage.api.region}/vpn-connections/${made.vpnConnectionId}/charts`);
    firstDrawn = await chartText(charts);
    for (const id of made.tunnelIds) expect(firstDrawn).toContain(id);
  });

  it('makes an alarm rule by clicking, which says so where it is refused', async () => {
    await goTo(page, 'Alarm rules');
    await inDialog(page, 'Create alarm rule', async (form) => {
      await type(form, 'Name', 'half down');
      await choose(form, 'Metric', 'Time up');
      await choose(form, 'Comparison', 'Below');
      await choose(form, 'Period', '1 min');
      await type(form, 'Threshold (1 is all)', '0.5');
      await form.getByText('Common: Time up: average in 1 min < 50 %').waitFor();
      await form.getByRole('switch', { name: 'Call a webhook' }).click();
      await type(form, 'Address', 'not an address');
      await form.locator('input[type=password]').fill('sixteen or more characters');
      await press(form, 'Create');
      await form.getByText('an http or https address without a user in it').waitFor();
      await form.getByRole('switch', { name: 'Call a webhook' }).click();
    });
    const [rule] = (await stage.api.list('alarmRules')).filter(({ alarmRuleName }) => alarmRuleName === 'half down');
    expect(rule).toMatchObject({ resources: { kind: 'vpnTunnel', ids: null }, conditions: [{ metric: 'operUp', periodMinutes: 1, statistic: 'avg', operator: 'lt', threshold: 0.5, consecutivePeriods: 1, level: 'common' }], webhook: null, defaultKey: null });
    await page.getByRole('heading', { name: 'half down' }).waitFor();
  });

  it('adds many routes at once, or none: what is wrong names its line', async () => {
    await goTo(page, 'Border gateways');
    await page.getByRole('link', { name: 'gateway-1' }).click();
    await openTab(page, 'Static routes');
    const dialog = page.getByRole('dialog', { name: 'Add several static routes' });
    await press(page.getByRole('main'), 'Add several');
    await choose(dialog, 'Next hop', 'to-idc');
    await type(dialog, 'Destinations', '10.97.0.0/16 # first\n\n10.96.0.1/16');
    await press(dialog, 'Create');
    await dialog.getByText('line 3: an IPv4 prefix without host bits').waitFor();
    await type(dialog, 'Destinations', '10.97.0.0/16 # first\n\n10.96.0.0/16');
    await press(dialog, 'Create');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: '10.97.0.0/16' }).waitFor();
    expect((await stage.api.list('staticRoutes')).map(({ bgwRouteDestination, description }) => [bgwRouteDestination, description])).toEqual(expect.arrayContaining([['10.97.0.0/16', 'first'], ['10.96.0.0/16', '']]));
  });

  it('says why a route won, as the API does', async () => {
    await goTo(page, 'Border gateways');
    await page.getByRole('link', { name: 'gateway-1' }).click();
    await openTab(page, 'Routes');
    // a row for each tunnel: they share the traffic
    await page.getByRole('button', { name: `Why? ${PLAN.idcLan}`, exact: true }).first().click();
    const answer = page.getByRole('dialog', { name: `Why ${PLAN.idcLan}?` });
    const { verdict } = await stage.api.get(`borderGateways/${made.bgwId}/explain?prefix=${PLAN.idcLan}`);
    await answer.getByText(String(verdict).replaceAll(made.bgwId, 'gateway-1'), { exact: true }).waitFor();
    await answer.getByText(`Candidates for ${PLAN.idcLan}`).waitFor();
    await press(answer, 'Close');
  });

  it('disables a tunnel, sees it, and enables it again', async () => {
    const [first, second] = made.tunnelIds as [string, string];
    await goTo(page, 'Tunnels');
    await ask(page, first, 'Disable');
    await sees(page, first, 'Disabled');
    await sees(page, second, 'Up');
    expect((await stage.world.ping('vm')).received).toBeGreaterThan(0);
    await ask(page, first, 'Enable');
    await sees(page, first, 'Up');
  });

  it('has nothing that axe calls serious on any page, form, menu and dialog: light, dark, and 375 px wide', async () => {
    await fillUp(stage, made);
    const pages = await everyPage(stage);
    expect(pages.map(({ path }) => path.replace(/\/$/, ''))).toEqual(expect.arrayContaining((await linksOf(page)).map((link) => link.replace(/\/$/, ''))));
    const found: string[] = [];
    const opened = new Set<string>();
    const queue = pages.values();
    // two at a time: each takes the next
    await Promise.all([1, 2].map(async () => {
      const look = await inFront();
      for (const each of queue) await walkPage(look, stage.platform.url, each, opened, async (view) => { found.push(...(await findingsOf(look)).map((finding) => `${each.name} ${view}: ${finding}`)); });
      await look.context().close();
    }));
    expect(found).toEqual([]);
    expect([...opened]).toEqual(expect.arrayContaining(OPENED));
  });

  it('shows how the rule finds both tunnels, and deletes it', async () => {
    await goTo(page, 'Alarm rules');
    await page.getByRole('link', { name: 'half down' }).click();
    for (const id of made.tunnelIds) await rowOf(page, id).getByText('Normal', { exact: true }).waitFor({ timeout: 180_000 });
    await press(page.getByRole('main'), 'Delete');
    await press(page.getByRole('dialog'), 'Delete');
    await page.getByRole('heading', { name: 'Alarm rules' }).waitFor();
    await rowOf(page, 'half down').waitFor({ state: 'hidden' });
    await rowOf(page, 'Tunnel down').getByText('Default').waitFor();
  });

  it('has moved the charts meanwhile, by themselves', () => eventually('other figures in the chart', async () => (await chartText(charts)) !== firstDrawn, 120_000));

  it('has shown all that in one page, without an error or a refused request', async () => {
    expect(await page.evaluate('window.loadedOnce')).toBe(true);
    expect(complaints).toEqual([]);
  });
});

/** What the chart of the packets from the customer says of each tunnel: its label for who does not see it. */
async function chartText(page: Page): Promise<string> {
  return (await page.getByRole('img', { name: /^Packets, customer to cloud\. / }).getAttribute('aria-label', { timeout: 120_000 })) ?? '';
}
