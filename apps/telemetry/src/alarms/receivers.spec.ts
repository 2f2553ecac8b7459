import { expect, it } from 'vitest';
import { Receivers } from './receivers.js';

const [A, B] = ['https://a.example', 'https://b.example'];

it('a receiver is asked by one at first, by four once it answers', () => {
  const receivers = new Receivers();
  expect(receivers.room(A, 0)).toBe(1);
  receivers.began(A);
  expect([receivers.room(A, 0), receivers.room(B, 0)]).toEqual([0, 1]);
  receivers.ended(A, true, 0);
  expect(receivers.room(A, 0)).toBe(4);
  for (let n = 0; n < 3; n++) receivers.began(A);
  expect(receivers.room(A, 0)).toBe(1);
});

it('one that does not answer rests, twice as long each time up to two minutes, and is then asked by one', () => {
  const receivers = new Receivers();
  let now = 0;
  const rests = Array.from({ length: 7 }, () => {
    receivers.began(A);
    receivers.ended(A, false, now);
    const from = now;
    while (receivers.room(A, now) === 0) now += 1_000;
    expect([receivers.room(A, now), receivers.room(B, now)]).toEqual([1, 1]);
    return now - from;
  });
  expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
  receivers.began(A);
  receivers.ended(A, true, now);
  expect(receivers.room(A, now)).toBe(4);
});

it('silences of tries that were under way together count once, and what did not ask it says nothing of it', () => {
  const receivers = new Receivers();
  receivers.began(A);
  receivers.ended(A, true, 0);
  for (let n = 0; n < 4; n++) receivers.began(A);
  for (let n = 0; n < 4; n++) receivers.ended(A, false, 100);
  expect([receivers.room(A, 5_099), receivers.room(A, 5_100)]).toEqual([0, 1]);
  receivers.began(A);
  receivers.ended(A, undefined, 5_100);
  expect(receivers.room(A, 5_100)).toBe(1);
});

it('is forgotten when nothing waits for it, unless something is under way', () => {
  const receivers = new Receivers();
  for (const origin of [A, B]) {
    receivers.began(origin);
    receivers.ended(origin, true, 0);
  }
  receivers.began(B);
  receivers.keep(new Set());
  expect([receivers.room(A, 0), receivers.room(B, 0)]).toEqual([1, 3]);
});
