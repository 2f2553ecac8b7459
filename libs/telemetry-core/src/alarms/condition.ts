import { http } from '@bordergate/contracts';

type Condition = http.AlarmCondition;

/** What was read in the periods of a condition, oldest first; null: nothing was measured. */
export type Readings = readonly (number | null)[];

/**
 * `holds`: so many periods in a row fulfil it. `clear`: one of them does not. `missing`: nothing was measured in any.
 * `undecided`: what was measured fulfils it, but not all was measured: whatever was, stands.
 */
export type Verdict = 'holds' | 'clear' | 'missing' | 'undecided';

const FULFILS: Readonly<Record<http.AlarmOperator, (value: number, threshold: number) => boolean>> = {
  lt: (value, threshold) => value < threshold, lte: (value, threshold) => value <= threshold, gt: (value, threshold) => value > threshold, gte: (value, threshold) => value >= threshold,
  eq: (value, threshold) => value === threshold, ne: (value, threshold) => value !== threshold,
};
const WORDS: Readonly<Record<http.AlarmOperator, string>> = { lt: 'below', lte: 'at most', gt: 'above', gte: 'at least', eq: 'equal to', ne: 'other than' };

/** A function of the readings alone: late ones count as long as their period is looked at, and a restart forgets nothing. */
export function verdictOf({ operator, threshold, consecutivePeriods }: Condition, readings: Readings): Verdict {
  const known = readings.slice(-consecutivePeriods).filter((value) => value !== null);
  if (known.length === 0) return 'missing';
  if (known.some((value) => !FULFILS[operator](value, threshold))) return 'clear';
  return known.length === consecutivePeriods ? 'holds' : 'undecided';
}

/** The last whole periods at an instant. They begin at whole multiples of their length since 1970. */
export function periodsAt({ periodMinutes, consecutivePeriods }: Pick<Condition, 'periodMinutes' | 'consecutivePeriods'>, at: number): { startMs: number; endMs: number; stepMs: number } {
  const stepMs = periodMinutes * 60_000;
  const endMs = Math.floor(at / stepMs) * stepMs;
  return { startMs: endMs - consecutivePeriods * stepMs, endMs, stepMs };
}

/** Readings of periods that began before `from` are not known. */
export function knownFrom(from: number, condition: Condition, readings: Readings, at: number): Readings {
  const { startMs, stepMs } = periodsAt(condition, at);
  if (startMs >= from) return readings;
  return readings.slice(-condition.consecutivePeriods).map((value, index) => (startMs + index * stepMs >= from ? value : null));
}

/** Tells conditions of a rule apart, whatever their order: one that was edited is another one. */
export const keyOfCondition = ({ metric, periodMinutes, statistic, operator, threshold, consecutivePeriods, level }: Condition): string =>
  [metric, periodMinutes, statistic, operator, threshold, consecutivePeriods, level].join(' ');

/** "operUp max 0, equal to 0 in 5 periods of 1 min". */
export function sentenceOf({ metric, statistic, operator, threshold, consecutivePeriods, periodMinutes }: Condition, readings: Readings): string {
  const last = readings.findLast((value) => value !== null);
  const periods = consecutivePeriods === 1 ? `${periodMinutes} min` : `${consecutivePeriods} periods of ${periodMinutes} min`;
  const unit = http.ALARM_METRICS[metric];
  const value = last === undefined ? 'was not measured' : `was ${Number(last.toPrecision(6))}${unit === 'ratio' || unit === 'count' ? '' : ` ${unit}`}`;
  return `${metric} ${statistic} ${value}, ${WORDS[operator]} ${threshold} in ${periods}`;
}
