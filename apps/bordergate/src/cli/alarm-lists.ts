import { http } from '@bordergate/contracts';
import type { z } from 'zod';
import { kebab, type CliCollection } from './collections.js';
import type { Column } from './table.js';

/** What `list` knows: a path below the region, the words it is asked for by, and the fields that filters may name. */
export interface Listed extends Pick<CliCollection, 'word' | 'words' | 'resource'> {
  readonly path: string;
  readonly columns: readonly Column[];
}

export const ALARM_RULE_PREFIX = 'alarm-';

const listed = (path: string, one: string, resource: z.ZodObject, columns: readonly Column[], ...others: string[]): Listed =>
  ({ path, word: kebab(path), words: new Set([path, one, kebab(path), kebab(one), ...others].map((word) => word.toLowerCase())), resource, columns });

/** Each may be changed, disabled and deleted; the other two only say. */
export const ALARM_RULES = listed('alarmRules', 'alarmRule', http.AlarmRule, [
  ['ID', 'alarmRuleId'], ['NAME', 'alarmRuleName'], ['OF', (row) => watched(row as http.AlarmRule)], ['CONDITIONS', (row) => (row as http.AlarmRule).conditions.map(inWords)], ['WEBHOOK', (row) => (row as http.AlarmRule).webhook?.url],
  ['ENABLED', (row) => (row.enabled ? 'yes' : 'no')], ['DEFAULT', 'defaultKey'],
]);

/** Of the telemetry service, not of the resources: what watches, what it finds, and what it found. */
export const ALARM_LISTS: readonly Listed[] = [
  ALARM_RULES,
  listed('alarms', 'alarm', http.Alarm, [['RULE', 'alarmRuleId'], ['NAME', 'alarmRuleName'], ['RESOURCE', 'resourceId'], ['STATE', 'state'], ['LEVEL', 'level'], ['SINCE', 'since'], ['DETAIL', 'detail']]),
  listed('alarmHistory', 'alarmHistory', http.AlarmHistoryItem, [
    ['AT', 'at'], ['NAME', 'alarmRuleName'], ['RESOURCE', 'resourceId'], ['FROM', 'from'], ['TO', 'to'], ['LEVEL', 'level'], ['TOLD', 'notification'], ['DETAIL', (row) => [row.detail, row.failure].filter(Boolean).join('; ')],
  ]),
];

const watched = ({ resources: { kind, ids } }: http.AlarmRule): string => (ids === null ? `every ${kind}` : ids.join(','));

/** "avg operUp lt 1 in 5 min (critical)": the API's own words, for they are what a change of the rule is made of. */
const inWords = ({ metric, statistic, operator, threshold, periodMinutes, consecutivePeriods, level }: http.AlarmCondition): string =>
  `${statistic} ${metric} ${operator} ${threshold} in ${periodMinutes} min${consecutivePeriods > 1 ? ` x ${consecutivePeriods}` : ''} (${level})`;
