import { afterAll, beforeAll, expect, it } from 'vitest';
import { regionOf, testResources, type TestResources } from './region.test-support.js';

// One address, one pool: regions do not wait for each other, so this is where they would both take it.
let resources: TestResources;
beforeAll(async () => { resources = await testResources(); });
afterAll(() => resources.close());

it('is in one pool when every region adds it at the same time', async () => {
  for (let round = 1; round <= 5; round++) {
    const publicAddress = `198.51.100.${round}`;
    const regions = Array.from({ length: 8 }, (_, n) => regionOf(resources.app, `region-${n}`));
    const answers = await Promise.all(regions.map((region, n) => region.send('POST', 'publicAddresses', { publicAddress, node: `node-${n}` })));
    expect(answers.map(({ status, body }) => (status === 201 ? 'added' : `${status} ${body.code} ${body.field}`)).sort()).toEqual([...Array(7).fill('409 public-address-exists publicAddress'), 'added']);
    const held = (await Promise.all(regions.map((region) => region.get(`publicAddresses?limit=200`)))).flatMap(({ items }) => items).filter((each: any) => each.publicAddress === publicAddress);
    expect(held).toHaveLength(1);
  }
});

it('may move to another region once it has left its pool', async () => {
  const [here, there] = [regionOf(resources.app, 'here'), regionOf(resources.app, 'there')];
  await here.make('publicAddresses', { publicAddress: '198.51.100.77', node: 'n' });
  expect(await there.refused('POST', 'publicAddresses', { publicAddress: '198.51.100.77', node: 'n' })).toEqual([409, 'public-address-exists', 'publicAddress']);
  await here.drop('publicAddresses/198.51.100.77');
  await there.make('publicAddresses', { publicAddress: '198.51.100.77', node: 'n' });
});

it('is not a link-local one', async () =>
  expect(await regionOf(resources.app, 'here').refused('POST', 'publicAddresses', { publicAddress: '169.254.7.7', node: 'n' })).toEqual([422, 'public-address-not-usable', 'publicAddress']));
