import { Loader, SegmentedControl, Stack, Tabs, Text } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Alarm } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { Empty } from '../ui/empty.js';
import { FilterField } from '../ui/filter-field.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { filterRows } from '../ui/sort-filter.js';
import { TabList } from '../ui/tab-list.js';
import { AlarmTable } from './alarm-table.js';
import classes from './alarms.module.css';
import { AlarmHistory } from './history.js';
import { useAlarms } from './queries.js';
import { AlarmCards } from './raised.js';
import { byUrgency } from './kinds.js';

const STATES = ['alarm', 'insufficientData', 'normal', 'disabled'] as const;
type Shown = Alarm['state'] | 'any';
const WITHOUT_FILTER = 6;

/** All alarms of a region: as they are now, and what changed. Both stand in the address. */
export function AlarmsPage() {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const view = search.get('view') === 'history' ? 'history' : 'present';
  return (
    <Page title={t.alarms.title} about={t.alarms.about}>
      <Tabs value={view} onChange={(next) => setSearch(next === 'history' ? { view: next } : {}, { replace: true })} keepMounted={false}>
        <TabList shown={view}><Tabs.Tab value="present">{t.alarms.present}</Tabs.Tab><Tabs.Tab value="history">{t.alarms.history}</Tabs.Tab></TabList>
        <Tabs.Panel value="present" pt="md"><Present shown={[...STATES, 'any' as const].find((state) => state === search.get('state')) ?? 'alarm'} onShow={(state) => setSearch({ state }, { replace: true })} /></Tabs.Panel>
        <Tabs.Panel value="history" pt="md"><AlarmHistory named={{ resource: true, rule: true }} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Present({ shown, onShow }: { readonly shown: Shown; readonly onShow: (shown: Shown) => void }) {
  const t = useTexts();
  const { rows, loading, error, refetch } = useAlarms(shown === 'any' ? {} : { state: shown });
  const [filter, setFilter] = useState('');
  const wanted = useDeferredValue(filter);
  const alarms = useMemo(() => filterRows(rows, wanted, ({ resourceId, alarmRuleName, detail }) => [resourceId, alarmRuleName, detail]), [rows, wanted]);
  const inFull = shown === 'alarm' || shown === 'insufficientData';
  return (
    <Stack gap="sm">
      <div className={classes.filters}>
        <div className={classes.states}><SegmentedControl aria-label={t.list.state} size="xs" value={shown} onChange={(next) => onShow(next as Shown)} data={[...STATES, 'any' as const].map((value) => ({ value, label: value === 'any' ? t.alarms.anyState : t.alarms.states[value] }))} /></div>
        {(rows.length >= WITHOUT_FILTER || filter !== '') && <FilterField label={t.list.filter(t.alarms.title)} placeholder={t.list.filterPlaceholder} value={filter} onChange={setFilter} />}
        {rows.length > 0 && <Text size="sm" c="dimmed" role="status">{t.list.count(alarms.length, rows.length)}</Text>}
      </div>
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {loading && <Loader size="sm" />}
      {!loading && !error && alarms.length === 0 && <Empty text={rows.length > 0 ? t.list.nothing : shown === 'alarm' ? t.alarms.allWell : t.alarms.none} />}
      {alarms.length > 0 && (inFull ? <AlarmCards alarms={alarms.toSorted(byUrgency)} named={{ resource: true, rule: true }} /> : <AlarmTable alarms={alarms} label={t.alarms.title} />)}
    </Stack>
  );
}
