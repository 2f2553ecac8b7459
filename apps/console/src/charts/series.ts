import type { http } from '@bordergate/contracts';
import { formatRate } from '../ui/format.js';

export type Metrics = http.Metrics;
export type Series = http.MetricSeries;
export type SeriesMetric = http.SeriesMetric;
type Values = readonly (number | null)[];

/** One line of a chart. `low` and `high` are there when they were asked for. */
export interface ChartLine {
  readonly key: string;
  /** Of whom: a tunnel, or null for all together. */
  readonly tunnelId: string | null;
  readonly metric: SeriesMetric;
  readonly values: Values;
  readonly low?: Values | undefined;
  readonly high?: Values | undefined;
}

/** One chart: what is comparable stands in one. */
export interface Panel {
  readonly id: string;
  readonly unit: string;
  readonly lines: readonly ChartLine[];
}

export type Asked = 'vpnTunnels' | 'vpnConnections' | 'borderGateways';

/** What each chart of a page shows: of one tunnel (or all together) both directions in one, of several tunnels one direction with a line for each. */
const PAIRS: Readonly<Record<string, readonly SeriesMetric[]>> = { original: ['originalInBps', 'originalOutBps'], encrypted: ['encryptedInBps', 'encryptedOutBps'], packets: ['packetsInPps', 'packetsOutPps'] };
const TUNNEL_ONLY: Readonly<Record<string, readonly SeriesMetric[]>> = { probeLoss: ['probeLossRatio'], probeRtt: ['probeRttMs'], learned: ['learnedPrefixes'] };
const panelsFor = (asked: Asked): readonly (readonly [string, readonly SeriesMetric[]])[] => {
  const pairs = Object.entries(PAIRS);
  if (asked === 'vpnTunnels') return [...pairs, ...Object.entries(TUNNEL_ONLY)];
  return asked === 'borderGateways' ? pairs : pairs.flatMap(([, metrics]) => metrics.map((metric): [string, readonly SeriesMetric[]] => [metric, [metric]]));
};

/** The metrics that a page asks for; the state of each tunnel is the band above the charts. */
export const metricsFor = (asked: Asked): readonly SeriesMetric[] => [...panelsFor(asked).flatMap(([, metrics]) => metrics), ...(asked === 'borderGateways' ? [] : (['operUp'] as const))];

/** The answers of the API as charts. */
export function panelsOf(asked: Asked, average: Metrics, low?: Metrics, high?: Metrics): readonly Panel[] {
  const same = (answer: Metrics | undefined, of: Series): Values | undefined => {
    // asked a moment apart, at the border of a step, they are of different times: then not at all
    if (!answer || answer.start !== average.start || answer.stepSeconds !== average.stepSeconds) return undefined;
    return answer.items.find(({ metric, vpnTunnelId }) => metric === of.metric && vpnTunnelId === of.vpnTunnelId)?.values;
  };
  return panelsFor(asked).map(([id, metrics]): Panel => {
    const items = metrics.flatMap((metric) => average.items.filter((item) => item.metric === metric));
    return { id, unit: items[0]?.unit ?? '', lines: items.map((item) => ({ key: `${item.vpnTunnelId ?? ''} ${item.metric}`, tunnelId: item.vpnTunnelId, metric: item.metric, values: item.values, low: same(low, item), high: same(high, item) })) };
  });
}

/** The beginnings of the points, in seconds: what the time axis takes. */
export const timesOf = ({ start, stepSeconds, items }: Metrics): number[] => (items[0]?.values ?? []).map((_, i) => Date.parse(start) / 1000 + i * stepSeconds);

/** A value with three digits that count, and its unit. */
export function formatValue(value: number | null, unit: string, digits = 3): string {
  if (value === null) return '—';
  if (unit === 'ratio') return `${Number((value * 100).toPrecision(digits))} %`;
  if (unit === 'ms' || unit === 'count') return `${Number(value.toPrecision(digits))}${unit === 'ms' ? ' ms' : ''}`;
  return formatRate(value, unit, digits);
}

/** Points with a gap on either side: a line through one point is none, so they are drawn as dots. */
export const lonely = (values: Values): number[] => values.flatMap((value, i) => (value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : []));

export interface Summary {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
  readonly last: number | null;
}

/** What a line is in a few numbers; null: nothing was measured. */
export function summaryOf(values: Values): Summary | null {
  const measured = values.filter((value) => value !== null);
  if (measured.length === 0) return null;
  return { least: Math.min(...measured), most: Math.max(...measured), mean: measured.reduce((sum, value) => sum + value, 0) / measured.length, last: values.at(-1) ?? null };
}

export type BandState = 'up' | 'partly' | 'down' | 'gap';
export interface Run {
  readonly state: BandState;
  /** Points from, and up to but without. */
  readonly from: number;
  readonly to: number;
}

/** The share of each step in which a tunnel was up, as runs of the same state. */
export function bandOf(values: Values): readonly Run[] {
  const runs: Run[] = [];
  for (const [i, value] of values.entries()) {
    const state: BandState = value === null ? 'gap' : value >= 0.9995 ? 'up' : value <= 0.0005 ? 'down' : 'partly';
    const last = runs.at(-1);
    if (last?.state === state) runs[runs.length - 1] = { ...last, to: i + 1 };
    else runs.push({ state, from: i, to: i + 1 });
  }
  return runs;
}
