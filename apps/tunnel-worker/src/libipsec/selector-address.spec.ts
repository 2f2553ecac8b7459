import { describe, expect, it } from 'vitest';
import { DataPlaneError } from '../data-plane.js';
import { refusedSelectors } from './selector-address.js';

describe('a negotiation that fails for want of a local address', () => {
  it('tells the selector', () => {
    const detail = 'establishing CHILD_SA failed\nerror installing route with policy 10.1.1.0/24 === 10.20.1.0/24 out\nunable to install IPsec policies (SPD) in kernel';
    expect(refusedSelectors(new DataPlaneError('vici initiate', detail))).toEqual(['10.1.1.0']);
  });
  it.each([new DataPlaneError('vici initiate', 'received TS_UNACCEPTABLE notify'), new Error('error installing route with policy 10.1.1.0/24 === 10.20.1.0/24 out')])('and any other does not', error => {
    expect(refusedSelectors(error)).toEqual([]);
  });
});
