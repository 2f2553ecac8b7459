import { http } from '@bordergate/contracts';
import type { AlarmRule } from '../api/types.js';
import { formatValue } from '../charts/series.js';
import type { Texts } from '../i18n/index.js';
import { formatDuration } from '../ui/format.js';

export const OPERATOR_SIGNS = { lte: '≤', lt: '<', gt: '>', gte: '≥', eq: '=', ne: '≠' } as const satisfies Record<http.AlarmOperator, string>;

type Told = Omit<http.AlarmCondition, 'level'>;

/** "Time up: most in 1 min = 0 %, 5 times in a row". */
export const conditionText = ({ alarms }: Texts, { metric, periodMinutes, statistic, operator, threshold, consecutivePeriods }: Told): string =>
  alarms.condition(alarms.metrics[metric], alarms.statistics[statistic], formatDuration(periodMinutes * 60), OPERATOR_SIGNS[operator], thresholdText(threshold, metric, statistic), consecutivePeriods);

const DIGITS = 9;

/** Exactly as it was entered. */
const thresholdText = (threshold: number, metric: http.AlarmMetric, statistic: http.Statistic): string => formatValue(threshold, unitOf(metric, statistic), DIGITS);

/** The sum of a rate is an amount; that of a share has no unit. */
export function unitOf(metric: http.AlarmMetric, statistic: http.Statistic): string {
  const unit = http.ALARM_METRICS[metric];
  return statistic !== 'sum' ? unit : unit === 'ratio' ? 'count' : unit.replace('/s', '');
}

export const resourcesText = ({ alarms }: Texts, { kind, ids }: AlarmRule['resources']): string => (ids === null ? alarms.allOf(alarms.kinds[kind]) : alarms.chosenOf(alarms.kinds[kind], ids.length));
