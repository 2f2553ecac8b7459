import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { usePlatform } from '../api/platform.js';
import { listKey, oneKey, POLL_MS, usePages, type List, type Where } from '../api/queries.js';
import type { Alarm, AlarmRule } from '../api/types.js';
import { byUrgency } from './kinds.js';

/** Present states, by the filters of the API: alarmRuleId, resourceId, state, level. */
export function useAlarms(where: Where = {}): List<Alarm> {
  const { region } = usePlatform();
  return usePages<Alarm>(`/v1/regions/${region}/alarms`, listKey(region, 'alarms', where), where);
}

/** Alarms that are raised, the worst first. */
export function useRaised(where: Where = {}): List<Alarm> {
  const list = useAlarms({ ...where, state: 'alarm' });
  const { rows } = list;
  return { ...list, rows: useMemo(() => rows.toSorted(byUrgency), [rows]) };
}

export function useAlarmRules(): List<AlarmRule> {
  const { region } = usePlatform();
  return usePages<AlarmRule>(`/v1/regions/${region}/alarmRules`, listKey(region, 'alarmRules'));
}

export const rulePath = (region: string, id: string): string => `/v1/regions/${region}/alarmRules/${encodeURIComponent(id)}`;
export const ruleKey = (region: string, id: string) => oneKey(region, 'alarmRules', id);

export function useAlarmRule(id: string) {
  const { api, region } = usePlatform();
  return useQuery({ queryKey: ruleKey(region, id), queryFn: ({ signal }) => api.send<AlarmRule>(rulePath(region, id), { signal }), refetchInterval: POLL_MS });
}
