import { defineConfig } from 'vitest/config';

/** What keeps time, with gaps in milliseconds or a kill in the middle: each of these has the machine to itself. */
const ALONE = ['direct-connect', 'distributed', 'faults', 'kill', 'main-job', 'storms', 'traffic'].map((name) => `src/${name}.e2e.ts`);

// Real daemons and packets, and against the built sources, as users run them. What only waits for things to come true runs two by two, first.
export default defineConfig({
  root: import.meta.dirname,
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    projects: [
      { extends: true, test: { name: 'e2e', include: ['src/**/*.e2e.ts'], exclude: ALONE, maxWorkers: 2 } },
      { extends: true, test: { name: 'e2e-alone', include: ALONE, fileParallelism: false } },
    ],
  },
});
