import { expect, it } from 'vitest';
import { selectorsOf, selectorsText } from './selectors.js';

it.each([
  ['10.1.0.0/16 -> 10.20.0.0/16, 10.21.0.0/16', [{ localSubnet: '10.1.0.0/16', remoteSubnets: ['10.20.0.0/16', '10.21.0.0/16'], description: '' }]],
  ['a -> b # why\n\n c→d ', [{ localSubnet: 'a', remoteSubnets: ['b'], description: 'why' }, { localSubnet: 'c', remoteSubnets: ['d'], description: '' }]],
  ['nonsense', [{ localSubnet: 'nonsense', remoteSubnets: [], description: '' }]],
  ['', []],
])('reads %j', (text, selectors) => {
  expect(selectorsOf(text)).toEqual(selectors);
  expect(selectorsOf(selectorsText(selectors))).toEqual(selectors);
});
