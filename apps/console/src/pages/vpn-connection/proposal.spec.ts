import { initialPairs } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { freePairs } from './proposal.js';

const cloud = ['c1', 'c2'];
const text = (pairs: ReturnType<typeof initialPairs>) => pairs.map(({ cloudPublicIp, customerIp }) => `${cloudPublicIp}-${customerIp}`);

describe('the initial tunnels', () => {
  it.each([
    [['g1'], ['c1-g1', 'c2-g1']],
    [['g1', 'g2'], ['c1-g1', 'c2-g2']],
    [['g1', 'g2', 'g3', 'g4'], ['c1-g1', 'c1-g2', 'c2-g3', 'c2-g4']],
  ])('of a customer with %j are %j', (customer, pairs) => expect(text(initialPairs(cloud, customer))).toEqual(pairs));
});

describe('free pairs', () => {
  it('are those without a tunnel', () => expect(text(freePairs(cloud, ['g1', 'g2'], initialPairs(cloud, ['g1', 'g2'])))).toEqual(['c1-g2', 'c2-g1']));
  it('are none when each pair has one', () => expect(freePairs(cloud, ['g1'], initialPairs(cloud, ['g1']))).toEqual([]));
});
