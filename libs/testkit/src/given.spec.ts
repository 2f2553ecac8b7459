import { reject, type Decider } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { given } from './given.js';

const door: Decider<'open' | 'closed', 'open' | 'close', 'opened' | 'closed'> = {
  initial: 'closed',
  evolve: (_, event) => (event === 'opened' ? 'open' : 'closed'),
  decide: (state, command) => (command === 'open' ? (state === 'open' ? reject('is-open', 'only a closed door opens', 'door') : ['opened']) : ['closed']),
};

describe('given, when, then', () => {
  it('says what a decider decides after a history', () => {
    given(door).when('open').then(['opened']);
    given(door, ['opened']).when('open').rejected('is-open', 'door');
  });

  it('fails when it decides otherwise', () => {
    expect(() => given(door).when('open').then([])).toThrow();
    expect(() => given(door, ['opened']).when('open').then(['opened'])).toThrow();
    expect(() => given(door, ['opened']).when('open').rejected('is-open')).toThrow();
    expect(() => given(door).when('open').rejected('is-open', 'door')).toThrow();
  });
});
