import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { until } from '../lab/until.js';

/** The host's Chromium (tools/host.mjs installs Debian's); undefined where there is none. */
export function findChromium(): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
  return ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => directories.map((directory) => path.join(directory, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 375, height: 812 };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A crowded machine is slow, and that is not what is tested. */
const PATIENCE_MS = 60_000;

/** The sandbox needs a user that is not root; what is shown is our own platform. */
export const launch = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

/** A window of its own, with nothing remembered; axe is in each of its pages. */
export async function openWindow(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: DESKTOP, colorScheme: 'light', reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript({ path: AXE });
  return context;
}

/** Writes down whatever a page complains about: errors of scripts, in the console, of requests. */
export function complaintsOf(page: Page, complaints: string[]): void {
  const at = () => new URL(page.url()).pathname;
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`${at()}: console: ${message.text()}`); });
  page.on('pageerror', (error) => complaints.push(`${at()}: ${error.stack ?? error.message}`));
  page.on('response', (response) => { if (response.status() >= 400) complaints.push(`${at()}: ${response.status()} ${response.request().method()} ${response.url()}`); });
  // what was asked for by a page that has been left is no longer wanted
  page.on('requestfailed', (request) => { if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${at()}: ${request.failure()?.errorText} ${request.url()}`); });
}

/** The page has its title, loads nothing and moves nothing. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  // asked from here: to wait in the page would be an eval, which its Content-Security-Policy forbids
  const still = `!document.querySelector('.mantine-Loader-root') && document.getAnimations().every((each) => !(each instanceof CSSTransition))`;
  await until(`${page.url()} to settle`, () => page.evaluate<boolean>(still), { timeoutMs: PATIENCE_MS });
}

export async function showIn(page: Page, scheme: 'light' | 'dark', viewport: { readonly width: number; readonly height: number }): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
  // what is drawn for a width is measured in one frame and drawn in the next
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await settled(page);
}
