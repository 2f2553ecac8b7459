import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { createStage, stageFolder } from '../demo/stage.js';
import { eventually } from '../demo/walk.js';
import { complaintsOf, DESKTOP, findChromium, launch, openWindow, PHONE, showIn } from './browser.js';
import { addTunnels, makeConnection, prepare, propagate, sees, startCustomer } from './first-use.js';
import { everyPage, fillUp, walkPage } from './pages.js';
import { goTo } from './clicks.js';

const VARIANTS = [['light', DESKTOP], ['dark', DESKTOP], ['light', PHONE], ['dark', PHONE]] as const;

/** Pictures of the console's pages, wide and narrow, light and dark, of an installation that the tutorial has just been through. */
export async function takeScreenshots({ folder, simulated, only }: { readonly folder: string; readonly simulated: boolean; readonly only?: RegExp | undefined }): Promise<void> {
  const executable = findChromium();
  if (!executable) throw new Error('there is no Chromium on this machine');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const stage = await createStage({ dir: stageFolder('screenshots'), name: 'bgx', simulated });
  const browser = await launch(executable);
  try {
    await stage.platform.start();
    const page = await (await openWindow(browser)).newPage();
    const complaints: string[] = [];
    complaintsOf(page, complaints);
    let taken = 0;
    const take = async (name: string) => {
      for (const [scheme, viewport] of VARIANTS) {
        await showIn(page, scheme, viewport);
        await page.evaluate(`scrollTo(0, 0); document.querySelector('[role=dialog]')?.scrollTo(0, 0)`);
        // what lies over a page covers what is in sight of it
        const covered = await page.getByRole('dialog').or(page.getByRole('menu')).first().isVisible();
        await page.screenshot({ path: path.join(folder, `${name}-${viewport.width}-${scheme}.png`), fullPage: !covered });
        taken++;
      }
      await showIn(page, 'light', DESKTOP);
    };
    await page.goto(stage.platform.url);
    await take('empty');
    await prepare(page);
    await makeConnection(page);
    await take('steps-half');
    const made = await addTunnels(page, stage);
    await bringUp(page);
    await fillUp(stage, made);
    const seen = new Set<string>();
    for (const each of (await everyPage(stage)).filter(({ name }) => only?.test(name) ?? true)) await walkPage(page, stage.platform.url, each, seen, (view) => take(fileName(`${each.name} ${view}`)));
    console.log(`${taken} pictures in ${folder}`);
    for (const complaint of complaints) console.log(`the browser complained: ${complaint}`);

    async function bringUp(shown: Page): Promise<void> {
      await goTo(shown, 'Tunnels');
      await startCustomer(stage, made);
      for (const id of made.tunnelIds) await sees(shown, id, 'Established');
      await propagate(shown);
      if (simulated) return;
      await eventually('the VM plugged in', async () => {
        await stage.world.plugVm(made.vpcId, made.subnetId);
        return true;
      });
      await eventually('ping', async () => (await stage.world.ping('vm')).received > 0);
    }
  } finally {
    await browser.close();
    await stage.destroy();
  }
}

const fileName = (text: string): string => text.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');
