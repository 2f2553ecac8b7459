import { describe, expect, it } from 'vitest';
import { recorded as answer } from './recorded.test-support.js';
import { bandOf, formatValue, lonely, metricsFor, panelsOf, summaryOf, timesOf, type Metrics } from './series.js';

const other = (change: Partial<Metrics>): Metrics => ({ ...answer, ...change });

describe('the charts', () => {
  it('of a connection are the six series, each with a line for each tunnel', () => {
    const panels = panelsOf('vpnConnections', answer);
    expect(panels.map(({ id, unit, lines }) => [id, unit, lines.length])).toEqual([
      ['originalInBps', 'bit/s', 2], ['originalOutBps', 'bit/s', 2], ['encryptedInBps', 'bit/s', 2], ['encryptedOutBps', 'bit/s', 2], ['packetsInPps', 'packet/s', 2], ['packetsOutPps', 'packet/s', 2],
    ]);
    expect(metricsFor('vpnConnections')).toEqual([...panels.map(({ id }) => id), 'operUp']);
  });

  it('of a tunnel have both directions in one', () => {
    const one = other({ items: answer.items.filter(({ vpnTunnelId }) => vpnTunnelId === answer.items[0]!.vpnTunnelId) });
    expect(panelsOf('vpnTunnels', one).filter(({ lines }) => lines.length > 0).map(({ id, lines }) => [id, lines.map(({ metric }) => metric)])).toEqual([
      ['original', ['originalInBps', 'originalOutBps']], ['encrypted', ['encryptedInBps', 'encryptedOutBps']], ['packets', ['packetsInPps', 'packetsOutPps']],
    ]);
  });

  it('keep what was not measured as nothing', () => {
    const line = panelsOf('vpnConnections', answer)[0]!.lines[1]!;
    expect(line.values.filter((value) => value === null).length).toBe(4);
    expect(line.values).toBe(answer.items.find(({ metric, vpnTunnelId }) => metric === 'originalInBps' && vpnTunnelId === line.tunnelId)!.values);
  });

  it('have least and most where those are of the same points', () => {
    const most = other({ statistic: 'max' });
    expect(panelsOf('vpnConnections', answer, undefined, most)[0]!.lines[0]).toMatchObject({ low: undefined, high: most.items[0]!.values });
    expect(panelsOf('vpnConnections', answer, other({ start: '2026-11-28T00:00:00.000Z' }), other({ stepSeconds: 300 }))[0]!.lines[0]).toMatchObject({ low: undefined, high: undefined });
  });

  it('begin each point at its step', () => {
    const times = timesOf(answer);
    expect([times.length, times[0], times[1]! - times[0]!]).toEqual([answer.items[0]!.values.length, Date.parse(answer.start) / 1000, answer.stepSeconds]);
    expect(timesOf(other({ items: [] }))).toEqual([]);
  });
});

it.each([[1_234_567, 'bit/s', '1.23 Mbit/s'], [12, 'packet/s', '12 packet/s'], [0.025, 'ratio', '2.5 %'], [2.3456, 'ms', '2.35 ms'], [7, 'count', '7'], [null, 'bit/s', '—'], [0, 'bit/s', '0 bit/s']])('%d in %s is "%s"', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

it.each([[[1, null, 2, 3, null, 4], [0, 5]], [[null, 5, null], [1]], [[1, 2], []], [[], []]])('%j has points that stand alone at %j', (values, at) => expect(lonely(values)).toEqual(at));

it.each([[[2, null, 4], { least: 2, mean: 3, most: 4, last: 4 }], [[0, null], { least: 0, mean: 0, most: 0, last: null }], [[null], null]])('sums %j up', (values, summary) => expect(summaryOf(values)).toEqual(summary));

it('draws the state as runs of the same', () => {
  const drawn = bandOf([1, 1, 0.4, 0, 0, null, 1]);
  expect(drawn.map(({ state, from, to }) => `${state} ${from}-${to}`)).toEqual(['up 0-2', 'partly 2-3', 'down 3-5', 'gap 5-6', 'up 6-7']);
  expect(bandOf([])).toEqual([]);
});
