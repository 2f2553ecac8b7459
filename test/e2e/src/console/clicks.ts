import type { Locator, Page } from 'playwright-core';

/** Chooses in a list, as a mouse does. */
export async function choose(scope: Locator, label: string, option: string | RegExp): Promise<void> {
  await scope.getByRole('combobox', { name: label, exact: true }).click();
  await scope.page().getByRole('option', { name: option }).click();
}

export const type = (scope: Locator, label: string, text: string): Promise<void> => scope.getByRole('textbox', { name: label, exact: true }).fill(text);
export const press = (scope: Locator | Page, name: string): Promise<void> => scope.getByRole('button', { name, exact: true }).click();
/** The main navigation. */
export const goTo = (page: Page, name: string): Promise<void> => page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name, exact: true }).click();
export const openTab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();

/** The button that opens a form, the form, and its own button; done when the form has closed. */
export async function inDialog(page: Page, opener: string, fill: (dialog: Locator) => Promise<void>, submit = 'Create'): Promise<void> {
  await press(page.getByRole('main'), opener);
  const dialog = page.getByRole('dialog', { name: opener });
  await fill(dialog);
  await press(dialog, submit);
  await dialog.waitFor({ state: 'hidden' });
}

export const rowOf = (page: Page, text: string): Locator => page.getByRole('row').filter({ hasText: text });
