import { Button, Group, Loader, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { usePlatform } from '../api/platform.js';
import { ApiProblem } from '../api/problem.js';
import { useSpeech } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { Empty } from '../ui/empty.js';
import { Icon } from '../ui/icons.js';
import { ProblemBox } from '../ui/problem-box.js';
import { StateBands } from './band.js';
import { ChartPanel } from './panel.js';
import { metricsFor, panelsOf, timesOf, type Asked, type Metrics } from './series.js';
import { pollMsOf, tickOf, windowOf, WINDOWS } from './windows.js';
import classes from './charts.module.css';

/** The series of a tunnel, of all tunnels of a connection, or of a gateway's together. */
export function Charts({ collection, id }: TabProps) {
  const { t, language } = useSpeech();
  const { api, region } = usePlatform();
  const asked = collection as Asked;
  const [search, setSearch] = useSearchParams();
  const window = windowOf(search.get('window'));
  const [spread, setSpread] = useState(false);
  const path = `/v1/regions/${region}/${collection}/${encodeURIComponent(id)}/metrics`;
  const query = { metric: metricsFor(asked).join(','), window };
  const average = useMetrics(path, { ...query, statistic: 'avg' }, pollMsOf(window));
  const low = useMetrics(path, { ...query, statistic: 'min' }, pollMsOf(window), spread);
  const high = useMetrics(path, { ...query, statistic: 'max' }, pollMsOf(window), spread);
  const tick = useCallback((seconds: number) => tickOf(seconds, window, language), [window, language]);
  const times = useMemo(() => (average.data ? timesOf(average.data) : []), [average.data]);
  const panels = useMemo(() => (average.data ? panelsOf(asked, average.data, spread ? low.data : undefined, spread ? high.data : undefined) : []), [asked, average.data, low.data, high.data, spread]);
  return (
    <Stack>
      <Group justify="space-between" gap="sm">
        <div className={classes.windows}><SegmentedControl aria-label={t.charts.window} value={window} onChange={(next) => setSearch({ window: next }, { replace: true })} data={WINDOWS.map((value) => ({ value, label: t.charts.windows[value] }))} /></div>
        <Group gap="sm">
          <Switch label={t.charts.spread} checked={spread} onChange={(event) => setSpread(event.currentTarget.checked)} />
          <Button component="a" variant="default" size="xs" leftSection={<Icon name="download" />} href={api.url(path, { ...query, format: 'csv' })} download>{t.charts.csv}</Button>
        </Group>
      </Group>
      {average.isPending && <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>}
      {average.error && (average.error instanceof ApiProblem && average.error.problem.status === 404
        ? <Empty text={average.error.problem.code === 'not-found' ? t.charts.notYet : t.charts.noStore} />
        : <ProblemBox error={average.error} onRetry={() => void average.refetch()} />)}
      {average.data && !average.error && (average.data.items.length === 0 ? <Empty text={t.charts.noTunnels} /> : (
        <div className={classes.columns}>
          <div className={classes.grid}>
            {asked !== 'borderGateways' && <StateBands metrics={average.data} />}
            {panels.map((panel) => <ChartPanel key={panel.id} panel={panel} times={times} stepSeconds={average.data.stepSeconds} tick={tick} />)}
          </div>
        </div>
      ))}
    </Stack>
  );
}

function useMetrics(path: string, query: Readonly<Record<string, string>>, pollMs: number, enabled = true) {
  const { api } = usePlatform();
  return useQuery({ queryKey: ['metrics', path, query], queryFn: ({ signal }) => api.get<Metrics>(path, query, signal), refetchInterval: pollMs, placeholderData: keepPreviousData, enabled });
}
