import { expect, it } from 'vitest';
import { TOO_LATE, Turns } from './turns.js';

const NEVER = 60_000;
/** When all that is settled has had its consequences. */
const keysLeft = (turns: Turns) => new Promise((resolve) => setImmediate(() => resolve(turns.size)));
/** Work that ends when it is told to. */
function held() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => { end = resolve; });
  return { work: () => ended, end };
}

it('work with the same key goes one by one, in the order of its arrival', async () => {
  const turns = new Turns();
  const steps: string[] = [];
  const piece = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all(['a', 'b', 'c'].map((name) => turns.take('r1', NEVER, piece(name))))).toEqual(['a', 'b', 'c']);
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(await keysLeft(turns)).toBe(0);
});

it('work with another key does not wait', async () => {
  const turns = new Turns();
  const { work, end } = held();
  const first = turns.take('r1', NEVER, work);
  expect(await turns.take('r2', NEVER, async () => 'done')).toBe('done');
  end();
  await first;
});

it('work that fails has had its turn', async () => {
  const turns = new Turns();
  const failed = turns.take('r1', NEVER, () => Promise.reject(new Error('bug')));
  const next = turns.take('r1', NEVER, async () => 'done');
  await expect(failed).rejects.toThrow('bug');
  expect(await next).toBe('done');
  expect(await keysLeft(turns)).toBe(0);
});

it('whose turn does not come in time is not done, and nobody waits for it', async () => {
  const turns = new Turns();
  const { work, end } = held();
  let done = 0;
  const count = async () => ++done;
  const first = turns.take('r1', NEVER, work);
  const late = turns.take('r1', 0, count);
  const patient = turns.take('r1', NEVER, count);
  expect(await late).toBe(TOO_LATE);
  expect(done).toBe(0); // the first one still works
  end();
  await first;
  expect(await patient).toBe(1);
  expect(await keysLeft(turns)).toBe(0);
});
