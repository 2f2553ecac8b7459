import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LevelBook, NEWS_MS } from './books.js';
import { emptyPoint, joinInBreadth, joinInTime, readPoint, type Point } from './columns.js';
import { LevelSeries } from './level-series.js';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const M0 = T0 / 60_000;
const UP = { oper: 1, ike: 1, child: 1 };
const DOWN = { oper: 0, ike: 1, child: 0 };
const read = (book: LevelBook, minute: number, metric: Parameters<typeof readPoint>[1], statistic: Parameters<typeof readPoint>[2] = 'avg') => readPoint(book.peek('tun')?.get(M0 + minute) ?? emptyPoint(), metric, statistic);

describe('a state', () => {
  it('is the share of time in which it stood', () => {
    const book = new LevelBook(T0);
    book.told('tun', { reported: UP, peering: 'off' }, T0);
    book.told('tun', { reported: DOWN, peering: 'off' }, T0 + 75_000);
    book.draw(T0 + 120_000 + NEWS_MS);
    expect([0, 1].map((minute) => read(book, minute, 'operUp'))).toEqual([1, 0.25]);
    expect([read(book, 1, 'operUp', 'min'), read(book, 1, 'operUp', 'max'), read(book, 1, 'operUp', 'sum'), read(book, 1, 'childSas'), read(book, 1, 'ikeSas')]).toEqual([0, 1, 15, 0.25, 1]);
    expect(read(book, 1, 'bgpEstablished')).toBeNull();
  });
  it('waits for news: what comes within the bound is in its place, later news count from where the drawing has come to', () => {
    const book = new LevelBook(T0);
    book.told('tun', { reported: UP, peering: 'off' }, T0);
    book.draw(T0 + 60_000);
    book.told('tun', { reported: DOWN, peering: 'off' }, T0 + 45_000);
    book.draw(T0 + 150_000);
    expect(read(book, 0, 'operUp')).toBe(0.75);
    book.told('tun', { reported: UP, peering: 'off' }, T0 + 90_000);
    book.draw(T0 + 210_000);
    expect([1, 2].map((minute) => read(book, minute, 'operUp'))).toEqual([0, 1]);
  });
  it('of a tunnel that nobody reports is down, after a while', () => {
    const book = new LevelBook(T0);
    book.told('tun', { reported: null, peering: null }, T0);
    book.draw(T0 + 120_000 + NEWS_MS);
    expect([0, 1].map((minute) => [read(book, minute, 'operUp'), read(book, minute, 'bgpEstablished')])).toEqual([[null, null], [0, 0]]);
  });
  it('of several tunnels together is how many are', () => {
    const points = [UP, UP, DOWN].map((value) => {
      const series = new LevelSeries(T0);
      series.reported(value, T0);
      series.draw(T0 + 60_000);
      return series.open.at(M0);
    });
    const all = points.reduce((sum, point) => joinInBreadth(sum, point), emptyPoint());
    expect(['avg', 'min', 'max'].map((statistic) => readPoint(all, 'operUp', statistic as never))).toEqual([2, 2, 2]);
  });
});

it('what happens is counted in its minute', () => {
  const book = new LevelBook(T0);
  book.told('tun', { reported: UP, peering: 'off' }, T0);
  for (const seconds of [10, 20, 70]) book.happened('tun', 'rekeys', T0 + seconds * 1_000);
  book.draw(T0 + 120_000 + NEWS_MS);
  expect([0, 1].map((minute) => read(book, minute, 'rekeys'))).toEqual([2, 1]);
  expect(read(book, 0, 'negotiationFailures')).toBe(0);
});

// Two sources, each in its own order, whole seconds apart.
type Told = { readonly at: number } & ({ readonly oper: number } | { readonly prefixes: number } | { readonly rekeyed: true });
const lane = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), value), { maxLength: 15 }).map((steps) => {
  let at = T0;
  return steps.map(([pause, told]) => {
    at += pause * 1_000;
    return { at, ...told };
  });
});
const lanes = fc.tuple(lane(fc.record({ oper: fc.nat(1) })), lane(fc.record({ prefixes: fc.nat(5) })), lane(fc.record({ rekeyed: fc.constant(true as const) })));

/** Draws after each word as far as `draws` says and nothing can still come; `restarts`: another one goes on from there, and is told all from the beginning. */
function drawn(told: readonly Told[], draws: readonly number[] = [], restarts: readonly number[] = []): Record<number, number[]> {
  const gathered = new Map<number, Point>();
  const tell = (series: LevelSeries, one: Told) => {
    if ('oper' in one) series.reported({ oper: one.oper, ike: 1, child: one.oper }, one.at);
    else if ('prefixes' in one) series.peering({ bgp: 1, prefixes: one.prefixes }, one.at);
    else series.happened('rekeys', one.at);
  };
  const take = (series: LevelSeries) => { for (const [minute, point] of series.open.take()) gathered.set(minute, joinInTime(gathered.get(minute) ?? emptyPoint(), point)); };
  let series = new LevelSeries(T0);
  let until = T0;
  told.forEach((one, index) => {
    tell(series, one);
    const safe = Math.min(...told.slice(index + 1).map(({ at }) => at - 1_000), T0 + 3_600_000);
    until = Math.max(until, Math.min(safe, T0 + (draws[index % Math.max(1, draws.length)] ?? 0) * 1_000));
    series.draw(until);
    if (index % 2 === 0) take(series);
    if (!restarts.includes(index)) return;
    take(series);
    series = new LevelSeries(until);
    for (const before of told.slice(0, index + 1)) tell(series, before);
  });
  series.draw(T0 + 3_600_000);
  take(series);
  return Object.fromEntries([...gathered].sort(([a], [b]) => a - b).map(([minute, point]) => [minute - M0, [...point]]));
}

it('the points are the same in any order between sources, whenever they are drawn, and wherever another goes on', () => {
  fc.assert(fc.property(lanes, fc.array(fc.nat(3_000)), fc.array(fc.nat(2)), fc.array(fc.nat(40)), (three, draws, picks, restarts) => {
    const waiting = three.map((each) => [...each] as Told[]);
    const mixed: Told[] = [];
    for (let turn = 0; waiting.some((each) => each.length > 0); turn++) {
      const left = waiting.filter((each) => each.length > 0);
      mixed.push(left[(picks[turn % Math.max(1, picks.length)] ?? 0) % left.length]!.shift()!);
    }
    expect(drawn(mixed, draws, restarts)).toEqual(drawn(three.flat()));
  }));
});
