import { reject } from '@bordergate/kernel';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { append } from './event-store.js';
import { handle } from './handle.js';
import { StreamStates } from './stream-states.js';
import { created, gateway, META, renamed, testStore } from './testing/store.js';

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => { ({ db, close } = await testStore()); });
afterAll(() => close());

/** A gateway that counts how many events it was shown. */
const counting = () => {
  const decider = { folded: 0, initial: gateway.initial, evolve: (...[state, event]: Parameters<typeof gateway.evolve>) => { decider.folded++; return gateway.evolve(state, event); } };
  return decider;
};

it('folds only what is new, whoever appended it', async () => {
  const [states, decider] = [new StreamStates(), counting()];
  await append(db.manager, 'g1', 0, [created('g1'), renamed('g1', 'a')], META);
  expect(await states.read(db.manager, 'g1', decider)).toEqual({ version: 2, state: { names: ['g1', 'a'] }, first: created('g1') });
  await append(db.manager, 'g1', 2, [renamed('g1', 'b')], META);
  expect(await states.read(db.manager, 'g1', decider)).toEqual({ version: 3, state: { names: ['g1', 'a', 'b'] }, first: created('g1') });
  await states.read(db.manager, 'g1', decider);
  expect(decider.folded).toBe(3);
});

it('remembers nothing of a stream that does not exist, nor of a change that was rolled back', async () => {
  const states = new StreamStates();
  const create = (refuse: boolean) => handle(db, { lockKey: 'r', meta: META, states, work: async (unit) => {
    await unit.decide('g2', gateway, { do: 'create', id: 'g2' });
    return refuse ? reject('quota-exceeded', 'no more') : 'done';
  } });
  expect(await create(true)).toMatchObject({ code: 'quota-exceeded' });
  expect(await states.read(db.manager, 'g2', gateway)).toEqual({ version: 0, state: gateway.initial, first: undefined });
  expect(await create(false)).toMatchObject({ answer: 'done' });
  expect(await states.read(db.manager, 'g2', gateway)).toMatchObject({ version: 1, state: { names: ['g2'] } });
});

it('forgets the stream that was used least recently', async () => {
  const [states, decider] = [new StreamStates(2), counting()];
  for (const id of ['a', 'b', 'c']) await append(db.manager, id, 0, [created(id)], META);
  for (const id of ['a', 'b', 'a', 'c']) await states.read(db.manager, id, decider);
  expect(decider.folded).toBe(3);
  await states.read(db.manager, 'a', decider);
  expect(decider.folded).toBe(3);
  expect(await states.read(db.manager, 'b', decider)).toMatchObject({ version: 1, state: { names: ['b'] } });
  expect(decider.folded).toBe(4);
});
