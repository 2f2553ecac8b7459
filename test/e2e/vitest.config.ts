import { defineConfig } from 'vitest/config';

// Real daemons and packets: one file at a time, and against the built sources, as users run them.
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['src/**/*.e2e.ts'], fileParallelism: false, testTimeout: 600_000, hookTimeout: 600_000 },
});
