import { afterAll, beforeAll, bench, describe } from 'vitest';
import { regionOf, testResources, type TestResources } from '../../apps/resources/src/region.test-support.js';

/**
 * A write to a long stream against the same write to a short one, through HTTP, Postgres and the inline view, in one run: the ratio says
 * whether a region gets slower with age. The long stream is an address pool, the longest there is: each address of a region is an event.
 */
const ADDRESSES = Number(process.env.BENCH_ADDRESSES ?? 2_000);
const ONCE = { iterations: 100, time: 0, warmupIterations: 5, warmupTime: 0 };

let resources: TestResources;
let next = 0;
/** A new address each time: 11.0.0.0/8 has enough of them. */
const address = () => `11.${next >> 16}.${(next >> 8) & 255}.${next++ & 255}`;
const add = (region: string) => regionOf(resources.app, region).make('publicAddresses', { publicAddress: address(), node: 'node-1' });

beforeAll(async () => {
  resources = await testResources({ quiet: true });
  for (let n = 0; n < ADDRESSES; n++) await add('old');
  for (let n = 0; n < ADDRESSES / 100; n++) await add('young');
}, 600_000);
afterAll(() => resources.close());

describe(`an address is added to a pool`, () => {
  bench(`of ${ADDRESSES / 100}`, async () => { await add('young'); }, ONCE);
  bench(`of ${ADDRESSES}`, async () => { await add('old'); }, ONCE);
});
