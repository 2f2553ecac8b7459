import { http } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';
import { readPoint, type Point, type Steps } from '@bordergate/telemetry-core';

/** Of an answer: more than anything draws. */
const MAX_VALUES = 500_000;

export const metricsOf = (query: http.MetricsQuery): readonly http.SeriesMetric[] =>
  query.metric === undefined ? http.PRODUCT_METRICS : [...new Set(query.metric.split(',') as http.SeriesMetric[])];

export function tooLarge(tunnels: number, metrics: number, { startMs, endMs, stepMs }: Steps): Rejection | undefined {
  const values = tunnels * metrics * ((endMs - startMs) / stepMs);
  return values > MAX_VALUES ? reject('too-many-values', `at most ${MAX_VALUES} values in an answer, and these are ${values}: by=total, fewer metrics or a longer step`, 'by') : undefined;
}

export interface Source {
  readonly vpnTunnelId: string | null;
  readonly vpnConnectionId: string | null;
  readonly points: readonly (Point | undefined)[];
}

export function answerOf(sources: readonly Source[], metrics: readonly http.SeriesMetric[], statistic: http.Statistic, { startMs, endMs, stepMs }: Steps): http.Metrics {
  return {
    start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString(), stepSeconds: stepMs / 1_000, statistic,
    items: sources.flatMap(({ vpnTunnelId, vpnConnectionId, points }) => metrics.map((metric) => ({
      metric, unit: http.SERIES_METRICS[metric], vpnTunnelId, vpnConnectionId, values: points.map((point) => {
        const value = point === undefined ? null : readPoint(point, metric, statistic);
        return value === null ? null : Number(value.toPrecision(12)); // what is behind is of the division, not of the measurement
      }),
    }))),
  };
}

/** RFC 4180: a row per point, a column per series; where nothing was measured the field is empty. */
export function csvOf({ start, stepSeconds, statistic, items }: http.Metrics): string {
  const header = ['time', ...items.map(({ metric, unit, vpnTunnelId }) => `${vpnTunnelId ?? 'total'} ${metric} ${statistic} (${unit})`)];
  const rows = (items[0]?.values ?? []).map((_, index) => [new Date(Date.parse(start) + index * stepSeconds * 1_000).toISOString(), ...items.map(({ values }) => values[index] ?? '')]);
  return [header, ...rows].map((row) => `${row.map((field) => quoted(String(field))).join(',')}\r\n`).join('');
}

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
