import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// The first condition makes workspace packages resolve to their TypeScript source, so tests never need a build.
export default defineConfig({
  ssr: { resolve: { conditions: ['@bordergate/source', ...defaultServerConditions] } },
  // the libraries' tsconfigs leave specs out, so oxc does not see their decorator settings there
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.e2e.ts'],
    globalSetup: ['./test/postgres.ts'],
    setupFiles: ['./test/patience.ts'],
    hookTimeout: 600_000,
    testTimeout: 600_000,
    benchmark: { include: ['test/bench/*.bench.ts'] },
  },
});
