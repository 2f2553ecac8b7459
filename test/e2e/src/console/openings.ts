import type { Locator, Page } from 'playwright-core';
import { DESKTOP, PHONE, settled, showIn } from './browser.js';

export type Look = (view: string) => Promise<void>;

/** Buttons of pages that open something: a dialog with a form or a question, a menu, an answer. */
const OPENS = [/^(Edit|Delete|Disable|Enable|Add several)$/, /^(Create|Add) /, /^Set limit/, /^Why\? /, /^Actions for /];
/** Buttons of the header, the same on every page. */
const HEADER = [/^Region: /, /^Settings$/];
/** Only a narrow window has it. */
const NAVIGATION = 'Open navigation';

/** Of many that open the same, the first: "Actions for vpc-1" is as "Actions for vpc-2", but each page has an "Edit" of its own. */
const kindOf = (button: string, page: string): string => (button === 'Edit' ? `${page}: Edit` : button.replace(/^(Set limit|Why\?|Actions for|Region:).*$/, '$1'));

/**
 * Opens what the buttons of a page open, each kind once over all pages (`seen`), and shuts it again: `look` sees it with all its parts unfolded, and a
 * form once more with what is said of it when nothing has been entered. Nothing is ever changed.
 */
export async function walkOpenings(page: Page, name: string, seen: Set<string>, look: Look): Promise<void> {
  for (const [scope, opens] of [[page.getByRole('main'), OPENS], [page.getByRole('banner'), HEADER]] as const) {
    for (const button of await buttonsOf(scope, opens)) {
      const kind = kindOf(button, name);
      if (seen.has(kind)) continue;
      seen.add(kind);
      await scope.getByRole('button', { name: button, exact: true }).first().click();
      await lookInside(page, button === 'Edit' ? button : kind, seen, look);
    }
  }
  if (seen.has(NAVIGATION)) return;
  seen.add(NAVIGATION);
  await showIn(page, 'light', PHONE);
  await page.getByRole('button', { name: NAVIGATION, exact: true }).click();
  await lookInside(page, NAVIGATION, seen, look);
  await showIn(page, 'light', DESKTOP);
}

async function buttonsOf(scope: Locator, opens: readonly RegExp[]): Promise<string[]> {
  const buttons = await scope.getByRole('button', { disabled: false }).all();
  const names = await Promise.all(buttons.map(async (button) => ((await button.isVisible()) ? ((await button.getAttribute('aria-label')) ?? (await button.innerText()).trim()) : '')));
  return [...new Set(names.filter((each) => opens.some((open) => open.test(each))))];
}

async function lookInside(page: Page, kind: string, seen: Set<string>, look: Look): Promise<void> {
  const opened = page.getByRole('dialog').or(page.getByRole('menu')).first();
  await opened.waitFor();
  await settled(page);
  const create = opened.getByRole('button', { name: 'Create', exact: true });
  const isForm = (await create.count()) > 0;
  await clickAll(opened.getByRole('button', { expanded: false }));
  if (isForm) await clickAll(opened.getByRole('switch', { checked: false }));
  await look(kind);
  if (isForm) {
    await lookAtOptions(opened, seen, look);
    await create.click();
    await opened.locator('[aria-invalid="true"]').first().waitFor();
    await look(`${kind} refused`);
  }
  await page.keyboard.press('Escape');
  await opened.waitFor({ state: 'hidden' });
}

/** What a list of choices shows, once. */
async function lookAtOptions(form: Locator, seen: Set<string>, look: Look): Promise<void> {
  const list = form.getByRole('combobox').first();
  if (seen.has('options') || (await list.count()) === 0) return;
  seen.add('options');
  await list.click();
  await form.page().getByRole('option').first().waitFor();
  await look('options');
  await list.press('Escape');
  await form.page().getByRole('option').first().waitFor({ state: 'hidden' });
}

/** Each leaves the set when it is clicked, and may bring others. */
async function clickAll(closed: Locator): Promise<void> {
  while ((await closed.count()) > 0) await closed.first().click();
}
