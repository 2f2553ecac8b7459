import { describe, expect, it } from 'vitest';
import { cutAtIds, standings } from './selection.js';
import type { ExplainedCandidate } from './types.js';

const candidate = (source: string, because: ExplainedCandidate['because'], effective = ['only-path', 'best', 'equal-cost'].includes(because)) => ({ source, because, effective }) as ExplainedCandidate;
/** "a+++ b+x." : a passed all three, b was lost at the second step; "." is unasked. */
const drawn = (...candidates: readonly ExplainedCandidate[]) =>
  standings(candidates).map(({ candidate: { source }, marks }) => source + Object.values(marks).map((mark) => ({ passed: '+', lost: 'x', unasked: '.' })[mark]).join('')).join(' ');

describe('the selection', () => {
  it.each([
    ['of one compares nothing', [candidate('a', 'only-path')], 'a...'],
    ['ends at the step that decides', [candidate('a', 'best'), candidate('b', 'route-type')], 'a++. b+x.'],
    ['goes on as long as somebody is left', [candidate('a', 'best'), candidate('b', 'next-hop-type'), candidate('c', 'as-path-length')], 'a+++ c++x bx..'],
    ['compares everything where several forward', [candidate('a', 'equal-cost'), candidate('b', 'next-hop-type'), candidate('c', 'equal-cost')], 'a+++ c+++ bx..'],
    ['never compares who is no candidate', [candidate('a', 'session-down'), candidate('b', 'best'), candidate('c', 'next-hop-type')], 'b+.. cx.. a...'],
    ['of refused ones only compares nothing', [candidate('a', 'martian')], 'a...'],
    ['of nobody is empty', [], ''],
  ])('%s', (_, candidates, picture) => expect(drawn(...candidates)).toBe(picture));
});

it.each([
  ['gw forwards 10.1.0.0/16 through tun-abcdefghij and tun-0123456789.', ['tun-abcdefghij', 'tun-0123456789']],
  ['vpcatt-abcdefghij/subnet-abcdefghij', ['vpcatt-abcdefghij', 'subnet-abcdefghij']],
  ['a sub-vpn-connection and a static-route name nobody', []],
])('finds the resources that "%s" names, and loses nothing', (sentence, ids) => {
  const pieces = cutAtIds(sentence);
  expect(pieces.filter((_, place) => place % 2 === 1)).toEqual(ids);
  expect(pieces.join('')).toBe(sentence);
});
