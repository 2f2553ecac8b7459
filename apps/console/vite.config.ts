import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/** Beside each file that compresses well: `.br` and `.gz`, for servers that take them as they are; and what the first load weighs. */
function compressed(): Plugin {
  let outDir = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) { outDir = path.resolve(config.root, config.build.outDir); },
    closeBundle() {
      const files = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|css|html|svg|json)$/.test(name));
      const sizes = new Map(files.map((name) => {
        const file = path.join(outDir, name);
        const bytes = readFileSync(file);
        const gzip = gzipSync(bytes, { level: 9 });
        writeFileSync(`${file}.gz`, gzip);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
        return [name, { bytes: bytes.length, gzip: gzip.length }];
      }));
      const html = readFileSync(path.join(outDir, 'index.html'), 'utf8');
      const first = ['index.html', ...[...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map(([, name]) => name!)];
      const sum = (names: Iterable<string>, of: 'bytes' | 'gzip') => Math.round([...names].reduce((total, name) => total + (sizes.get(name)?.[of] ?? 0), 0) / 1024);
      console.log(`console: first load ${sum(first, 'gzip')} kB compressed (${sum(first, 'bytes')} kB); everything ${sum(sizes.keys(), 'gzip')} kB (${sum(sizes.keys(), 'bytes')} kB) in ${statSync(outDir).isDirectory() ? files.length : 0} files`);
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  // workspace packages from their TypeScript source, as in the tests
  resolve: { conditions: ['@bordergate/source', ...defaultClientConditions] },
  build: { outDir: 'dist', target: 'es2022', sourcemap: false, modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 600 },
  // `npx vite apps/console` beside a running platform: edit and see
  server: { proxy: Object.fromEntries(['/v1', '/docs', '/openapi.json', '/status'].map((prefix) => [prefix, process.env.BORDERGATE_URL ?? 'http://127.0.0.1:8480'])) },
});
