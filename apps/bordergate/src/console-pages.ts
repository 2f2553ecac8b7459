import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, Pages } from './pages.js';

/** What the console has to know before its first request (apps/console: api/platform.tsx). */
export interface ConsoleConfig {
  readonly region: string;
  readonly simulated: boolean;
}

/** Everything comes from here, and nothing is written into the page: no script, no style, no frame around it. */
const SECURITY = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin',
};
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2', '.png': 'image/png',
};
const BUILT = fileURLToPath(new URL('../../console/dist', import.meta.url));

/**
 * The files of the web console, as `vite build` left them, each also compressed. Names under /assets have a hash of their content, so they
 * are kept for a year; the page that names them is asked for every time. Its own addresses begin with /r/ (region).
 * Without a build there are none, and the status page answers.
 */
export function consolePages({ region, simulated }: ConsoleConfig, folder = BUILT): Pages {
  if (!existsSync(path.join(folder, 'index.html'))) return {};
  const names = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.split(path.sep).join('/')));
  const page = (name: string): Page => async (request, response) => {
    const encoding = ENCODINGS.find(({ token, extension }) => accepts(request, token) && names.has(`${name}${extension}`));
    const body = await readFile(path.join(folder, `${name}${encoding?.extension ?? ''}`));
    response.writeHead(200, {
      ...SECURITY, 'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream', 'content-length': body.length, vary: 'Accept-Encoding',
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache', ...(encoding && { 'content-encoding': encoding.token }),
    });
    response.end(body);
  };
  const files = [...names].filter((name) => path.extname(name) in TYPES && name !== 'index.html' && name !== 'config.json');
  return {
    ...Object.fromEntries(files.map((name) => [`/${name}`, page(name)])),
    '/': page('index.html'),
    '/r/*': page('index.html'),
    '/config.json': async (_, response) => {
      response.writeHead(200, { ...SECURITY, 'content-type': 'application/json', 'cache-control': 'no-cache' });
      response.end(JSON.stringify({ api: '', region, simulated }));
    },
  };
}

const ENCODINGS = [{ token: 'br', extension: '.br' }, { token: 'gzip', extension: '.gz' }] as const;

/** RFC 9110, 12.5.3, as far as two codings need it. */
const accepts = ({ headers }: IncomingMessage, token: string): boolean =>
  String(headers['accept-encoding'] ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.toLowerCase().split(';').map((word) => word.trim());
    return name === token && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
