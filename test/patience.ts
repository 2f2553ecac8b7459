import fc from 'fast-check';
import { vi } from 'vitest';

// vi.waitFor gives up after a second by default. On a busy machine that fails tests whose sign would have come: no test may judge speed, so all wait long
// for a sign, and only a test that fails takes that long.
const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout: 20_000, ...options });

// Random histories are new ones at every run by hand. CI judges a change, so there they are the same ones before and after it.
if (process.env.CI) fc.configureGlobal({ seed: 20_261_121 });
