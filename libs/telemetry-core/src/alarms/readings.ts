import type { http } from '@bordergate/contracts';
import { AT, joinInBreadth, readPoint, type Point } from '../series/columns.js';
import type { Readings } from './condition.js';

/** One tunnel in the periods of a condition, oldest first. */
export interface TunnelPeriods {
  readonly points: readonly (Point | undefined)[];
  /** Changes from UP to DOWN. */
  readonly flaps: readonly number[];
}

/** What tunnels have of themselves. */
export type TunnelMetric = Exclude<http.AlarmMetric, 'routeLimitStatus'>;

/** What a condition reads of the tunnels of a resource; of several together. */
export function readingsOf({ metric, statistic }: { readonly metric: TunnelMetric; readonly statistic: http.Statistic }, tunnels: readonly TunnelPeriods[], periods: number): Readings {
  return Array.from({ length: periods }, (_, index) => {
    const points = tunnels.flatMap(({ points }) => points[index] ?? []);
    switch (metric) {
      case 'flaps':
        return points.some((point) => point[AT.toldMs]! > 0) ? tunnels.reduce((sum, { flaps }) => sum + (flaps[index] ?? 0), 0) : null;
      case 'spareTunnels': {
        // Of a tunnel that nobody has heard of, it is not known whether it could take over.
        if (tunnels.length < 2 || points.length < tunnels.length || points.some((point) => point[AT.toldMs] === 0)) return null;
        return together(points, 'operUp', statistic === 'sum' ? 'avg' : statistic)! - 1;
      }
      case 'probeLossRatioWhileUp':
        return together(points.filter((point) => point[AT.oper.min] === 1), 'probeLossRatio', statistic);
      case 'prefixesWhileEstablished':
        return together(points.filter((point) => point[AT.bgp.min] === 1), 'learnedPrefixes', statistic);
      default:
        return together(points, metric, statistic);
    }
  });
}

function together(points: readonly Point[], metric: http.SeriesMetric, statistic: http.Statistic): number | null {
  const [first, ...others] = points;
  if (!first) return null;
  return readPoint(others.reduce(joinInBreadth, first.slice()), metric, statistic);
}
