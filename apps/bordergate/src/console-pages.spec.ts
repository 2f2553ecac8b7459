import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consolePages } from './console-pages.js';
import { apiOnly, Front, frontHandler } from './front.js';

const folder = mkdtempSync(path.join(tmpdir(), 'console-'));
mkdirSync(path.join(folder, 'assets'));
for (const [name, text] of Object.entries({ 'index.html': '<!doctype html>', 'config.json': '{"api":"elsewhere"}', 'assets/app-1a2b.js': 'plain', 'assets/app-1a2b.js.br': 'brotli', 'assets/app-1a2b.js.gz': 'gzip', 'favicon.svg': '<svg/>' })) writeFileSync(path.join(folder, name), text);
const pages = consolePages({ region: 'north', simulated: true }, folder);
afterAll(() => rmSync(folder, { recursive: true }));

let front: Front;
beforeEach(async () => {
  front = await Front.listen('127.0.0.1', 0);
  front.serve({ resources: (request, response) => response.end(`resources ${request.url}`) }, pages);
});
afterEach(() => front.close());
const get = async (url: string, headers: Record<string, string> = { 'accept-encoding': 'identity' }) => {
  const response = await fetch(`http://127.0.0.1:${front.port}${url}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text().catch(() => '') };
};

describe('the console', () => {
  it.each(['/', '/r/north/vpcs', '/r/north/vpcs/vpc-1?x=1'])('is one page at %s, asked for every time, with a strict policy', async (url) => {
    const { status, headers, text } = await get(url);
    expect([status, text, headers.get('cache-control'), headers.get('content-type')]).toEqual([200, '<!doctype html>', 'no-cache', 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'; style-src 'self';/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });

  it('has files that are kept for a year', async () =>
    expect((await get('/assets/app-1a2b.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable'));

  it.each([['br, gzip', 'br'], ['gzip, deflate', 'gzip'], ['gzip;q=0.5, br;q=0', 'gzip'], ['identity', null], ['', null]])('sends its files compressed to who accepts "%s"', async (accepted, encoding) => {
    const response = await fetch(`http://127.0.0.1:${front.port}/assets/app-1a2b.js`, { method: 'HEAD', headers: { 'accept-encoding': accepted } });
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, encoding]);
  });

  it('is told its region, and that nothing is real', async () => expect(JSON.parse((await get('/config.json')).text)).toEqual({ api: '', region: 'north', simulated: true }));

  it.each(['/v1/regions/r/vpcs', '/assets/nope.js', '/assets/app-1a2b.js.br', '/rr', '/assets/../index.html/x'])('leaves %s to the API', async (url) => expect((await get(url)).text).toMatch(/^resources /));

  it('takes no POST', async () => expect(await (await fetch(`http://127.0.0.1:${front.port}/r/north`, { method: 'POST' })).text()).toBe('resources /r/north'));
});

it('is served by the front of services that run apart, too', async () => {
  const answers: string[] = [];
  const handler = apiOnly(frontHandler({ resources: () => answers.push('api') }, pages, () => undefined), pages);
  handler({ method: 'GET', url: '/r/north/vpcs', headers: {} } as never, { writeHead: () => undefined, end: (text: Buffer) => answers.push(String(text)) } as never);
  await expect.poll(() => answers).toEqual(['<!doctype html>']);
});

it('is not there before it is built', () => expect(consolePages({ region: 'r', simulated: false }, path.join(folder, 'nope'))).toEqual({}));
