import type { ChildSa } from '@bordergate/vici';
import { describe, expect, it } from 'vitest';
import { DataPlaneError } from '../data-plane.js';
import { refusedSelectors } from './selector-address.js';
import { isDue } from './volume-watch.js';

const child = (bytesIn: number, bytesOut = 0, packetsIn = 0, packetsOut = 0): ChildSa => ({
  key: 'net-1', name: 'net', uniqueId: 1, reqId: 1, state: 'INSTALLED', spiIn: 'c', spiOut: 'd', encap: true, bytesIn, bytesOut, packetsIn, packetsOut, localTs: [], remoteTs: [],
});

describe('a CHILD SA with a life by volume', () => {
  it.each<[string, ChildSa | undefined, ChildSa, { bytes: number; packets: number }, boolean]>([
    ['is left alone while the next looks fit', child(500), child(660), { bytes: 1_000, packets: 0 }, false],
    ['is due when the next looks would not', child(500), child(670), { bytes: 1_000, packets: 0 }, true],
    ['is due in the other direction as well', child(0, 500), child(0, 670), { bytes: 1_000, packets: 0 }, true],
    ['is due by packets', child(0, 0, 5), child(9, 9, 10), { bytes: 0, packets: 20 }, true],
    ['is due by packets out', child(0, 0, 0, 5), child(9, 9, 0, 10), { bytes: 0, packets: 20 }, true],
    ['that stands still is never due', child(999), child(999), { bytes: 1_000, packets: 0 }, false],
    ['that was at its limit when first seen is', undefined, child(1_000), { bytes: 1_000, packets: 0 }, true],
    ['without a limit is never due', undefined, child(1e15, 1e15, 1e15, 1e15), { bytes: 0, packets: 0 }, false],
  ])('%s', (_, before, now, limits, due) => expect(isDue(before, now, limits)).toBe(due));
});

describe('a negotiation that fails for want of a local address', () => {
  it('tells the selector', () => {
    const detail = 'establishing CHILD_SA failed\nerror installing route with policy 10.1.1.0/24 === 10.20.1.0/24 out\nunable to install IPsec policies (SPD) in kernel';
    expect(refusedSelectors(new DataPlaneError('vici initiate', detail))).toEqual(['10.1.1.0']);
  });
  it.each([new DataPlaneError('vici initiate', 'received TS_UNACCEPTABLE notify'), new Error('error installing route with policy 10.1.1.0/24 === 10.20.1.0/24 out')])('and any other does not', error => {
    expect(refusedSelectors(error)).toEqual([]);
  });
});
