import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  // The first condition makes workspace packages resolve to their TypeScript source, so tests never need a build.
  ssr: { resolve: { conditions: ['@bordergate/source', ...defaultServerConditions] } },
  // the libraries' tsconfigs leave specs out, so oxc does not see their decorator settings there
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    setupFiles: ['./test/patience.ts'],
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 600_000,
    testTimeout: 600_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['**/*.spec.ts'], exclude: [...everywhere, '**/*.int.spec.ts', '**/*.kafka.spec.ts', 'test/deploy/**'], globalSetup: ['./test/postgres.ts'] } },
      // What deploy/ says, rendered and held against the schemas of those who read it.
      { extends: true, test: { name: 'deploy', include: ['test/deploy/*.spec.ts'], globalSetup: ['./test/deploy/tools.ts', './test/postgres.ts'] } },
      // Real charon, BIRD and kernel, whose timers are the product's: one file at a time, and not beside the unit tests.
      { extends: true, test: { name: 'daemons', include: ['**/*.int.spec.ts'], exclude: everywhere, fileParallelism: false } },
      // One Apache Kafka for the run (java and mvn; or KAFKA_BROKERS), and Postgres for offsets.
      { extends: true, test: { name: 'kafka', include: ['**/*.kafka.spec.ts'], exclude: everywhere, globalSetup: ['./test/postgres.ts', './test/kafka.ts'] } },
    ],
  },
});
