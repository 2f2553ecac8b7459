import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { until } from '../lab/until.js';
import { DESKTOP, PHONE, settled, showIn } from './browser.js';

/** Colours are all that another scheme changes. */
const COLOURS: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };
const VARIANTS = [
  { name: 'light', scheme: 'light', viewport: DESKTOP, options: {} },
  { name: 'dark', scheme: 'dark', viewport: DESKTOP, options: COLOURS },
  { name: 'dark, 375 px', scheme: 'dark', viewport: PHONE, options: COLOURS },
  { name: 'light, 375 px', scheme: 'light', viewport: PHONE, options: {} },
] as const satisfies readonly { readonly name: string; readonly scheme: 'light' | 'dark'; readonly viewport: typeof DESKTOP; readonly options: RunOptions }[];

/** What axe finds on the page as it stands, and in what is folded away there, serious or worse, in light and dark, wide and narrow; and whether it has to be scrolled sideways. */
export async function findingsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(`for (const folded of document.querySelectorAll('details')) folded.open = true`);
  await settled(page);
  for (const { name, scheme, viewport, options } of VARIANTS) {
    await showIn(page, scheme, viewport);
    const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })})`)) as AxeResults;
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      found.push(...nodes.map(({ target, any, html }) => `${name}: ${impact} ${id}: ${help}: ${target.join(' ')} ${any.map(({ message }) => message).join('; ')} ${html.slice(0, 160)}`));
    }
    // charts are drawn anew a moment after the window has become another
    const fits = await until('the page to fit', () => page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), { timeoutMs: 5_000 }).catch(() => false);
    if (!fits) found.push(`${name}: the page is wider than the window`);
  }
  await showIn(page, 'light', DESKTOP);
  return found;
}
