import { useMemo, useState } from 'react';
import type { Alarm } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import { WithNames } from '../ui/cells.js';
import { formatTime } from '../ui/format.js';
import { sortRows, type Sorting } from '../ui/sort-filter.js';
import { Status } from '../ui/status.js';
import { VirtualTable, type Column } from '../ui/virtual-table.js';
import { toneOf } from './kinds.js';
import { ResourceLink, RuleLink } from './links.js';

const fieldOf = (alarm: Alarm, field: string): unknown => alarm[field as keyof Alarm];

/** How rules find resources: a line for each. @param without what where one is says already */
export function AlarmTable({ alarms, label, without }: { readonly alarms: readonly Alarm[]; readonly label: string; readonly without?: 'alarmRuleName' | 'resourceId' }) {
  const { t, language } = useSpeech();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const columns = useMemo(() => {
    const all: readonly Column<Alarm>[] = [
      { id: 'resourceId', kind: 'name', label: t.alarms.resource, cell: (alarm) => <ResourceLink of={alarm} /> },
      { id: 'alarmRuleName', kind: without === 'resourceId' ? 'name' : undefined, label: t.alarms.rule, cell: (alarm) => <RuleLink of={alarm} /> },
      { id: 'state', label: t.list.state, cell: (alarm) => <Status tone={toneOf(alarm)}>{alarm.level ? `${t.alarms.states[alarm.state]}: ${t.alarms.levels[alarm.level]}` : t.alarms.states[alarm.state]}</Status> },
      { id: 'since', label: t.alarms.since, priority: 2, cell: ({ since }) => <time dateTime={since}>{formatTime(since, language)}</time> },
      { id: 'detail', label: t.alarms.detail, priority: 3, cell: ({ detail }) => <span title={detail}>{detail}</span> },
    ];
    return all.filter(({ id }) => id !== without);
  }, [t, language, without]);
  const rows = useMemo(() => sortRows(alarms, sorting, fieldOf), [alarms, sorting]);
  return <WithNames of={['vpnConnections', 'borderGateways']}><VirtualTable label={label} columns={columns} rows={rows} keyOf={({ alarmRuleId, resourceId }) => `${alarmRuleId} ${resourceId}`} sorting={sorting} onSort={setSorting} /></WithNames>;
}
