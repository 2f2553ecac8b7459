import { expect, it } from 'vitest';
import { Positions } from './positions.js';

const extent = (partition: number, low: number, high: number) => ({ partition, low, high });

it('begins at the oldest record and has caught up at the ends of that moment', () => {
  const positions = new Positions();
  positions.begin([extent(0, 3, 5), extent(1, 0, 0)]);
  expect(positions.get(0)).toBe(3);
  expect(positions.caughtUp).toBe(false);
  positions.advance(0, 5);
  expect(positions.caughtUp).toBe(true);
});

it('keeps its places and its ends when the consumer is replaced, and takes new partitions in', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5)]);
  positions.advance(0, 4);
  positions.begin([extent(0, 0, 90), extent(1, 2, 3)]);
  expect([...positions.entries()]).toEqual([[0, 4], [1, 2]]);
  positions.advance(0, 5);
  positions.advance(1, 3);
  expect(positions.caughtUp).toBe(true);
});

it('never goes back', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5)]);
  positions.advance(0, 4);
  positions.advance(0, 2);
  expect(positions.get(0)).toBe(4);
});

it('begins after what is stored as done, and again there each time', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5), extent(1, 7, 9)], new Map([[0, 5]]));
  expect([...positions.entries()]).toEqual([[0, 5], [1, 7]]);
  positions.advance(1, 9);
  positions.begin([extent(0, 0, 5), extent(1, 7, 9)], new Map([[0, 5], [1, 8]]));
  expect([...positions.entries()]).toEqual([[0, 5], [1, 8]]);
});

it('goes on behind what the topic has let go of, and counts it', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5), extent(1, 0, 5)]);
  expect(positions.skip([extent(0, 3, 9), extent(1, 0, 9)])).toBe(3);
  expect([...positions.entries()]).toEqual([[0, 3], [1, 0]]);
});

it('has caught up with a topic that has let go of all it had', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5)]);
  positions.skip([extent(0, 5, 5)]);
  expect(positions.caughtUp).toBe(true);
});

it('sees that a topic ends before its place, and starts over with what is there when it is told to', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5), extent(1, 0, 5)]);
  positions.advance(0, 5);
  const beyond = Positions.beyond([extent(0, 0, 2), extent(1, 0, 2)], new Map(positions.entries()));
  expect(beyond).toEqual([extent(0, 0, 2)]);
  expect(positions.get(0)).toBe(5);
  positions.restart(beyond);
  expect(positions.get(0)).toBe(0);
  positions.advance(1, 5);
  expect(positions.caughtUp).toBe(false);
  positions.advance(0, 2);
  expect(positions.caughtUp).toBe(true);
});

it('measures how much is left to read', () => {
  const positions = new Positions();
  positions.begin([extent(0, 0, 5), extent(1, 10, 10)]);
  positions.advance(0, 2);
  expect(positions.lag([extent(0, 0, 8), extent(1, 12, 15)])).toBe(9);
});
