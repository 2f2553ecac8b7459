import { Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { usePlatform } from '../api/platform.js';
import { POLL_MS, type Where } from '../api/queries.js';
import type { AlarmHistoryItem, Page } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import { byDay } from '../timeline/changes.js';
import timeline from '../timeline/timeline.module.css';
import { Empty } from '../ui/empty.js';
import { ProblemBox } from '../ui/problem-box.js';
import { Status } from '../ui/status.js';
import { toneOf } from './kinds.js';
import { ResourceLink, RuleLink } from './links.js';

const PAGE = 100;

/** What changed about alarms, by day, and who was told. @param order of the days' headings */
export function AlarmHistory({ where = {}, order = 2, named }: { readonly where?: Where; readonly order?: 2 | 3; readonly named: { readonly resource?: boolean; readonly rule?: boolean } }) {
  const { t, language } = useSpeech();
  const { api, region } = usePlatform();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['alarmHistory', region, where],
    queryFn: ({ pageParam, signal }) => api.get<Page<AlarmHistoryItem>>(`/v1/regions/${region}/alarmHistory`, { ...where, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // who reads what is older is not disturbed
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : POLL_MS),
  });
  if (isPending) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>;
  if (!data) return <ProblemBox error={error} onRetry={() => void refetch()} />;
  const items = data.pages.flatMap((page) => page.items);
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t.alarms.aboutHistory}</Text>
      {items.length === 0 && <Empty text={t.alarms.emptyHistory} />}
      {byDay(items, (at) => new Date(at).toLocaleDateString(language, { dateStyle: 'full' })).map(({ day, changes }) => (
        <section key={day} aria-label={day}>
          <Title order={order} size="h6" mb="xs">{day}</Title>
          <ol className={timeline.list}>{changes.map((item, at) => <Item key={`${item.at} ${item.alarmRuleId} ${item.resourceId} ${item.to} ${at}`} item={item} {...named} />)}</ol>
        </section>
      ))}
      {hasNextPage && <Button className="self-start" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t.alarms.older}</Button>}
    </Stack>
  );
}

function Item({ item, resource = false, rule = false }: { readonly item: AlarmHistoryItem; readonly resource?: boolean; readonly rule?: boolean }) {
  const { t, language } = useSpeech();
  const { at, from, to, level, detail } = item;
  return (
    <li className={timeline.change}>
      <time dateTime={at} className={timeline.at}>{new Date(at).toLocaleTimeString(language)}</time>
      <div>
        <Group gap="0.1rem 1rem">
          <Status tone={toneOf({ state: to, level })}>{t.alarms.states[to]}{level && `: ${t.alarms.levels[level]}`}{from === to && ` (${t.alarms.still})`}</Status>
          {resource && <span><ResourceLink of={item} /></span>}
          {rule && <span><RuleLink of={item} /></span>}
        </Group>
        <Text size="sm" c="dimmed">{detail}</Text>
        <Told item={item} />
      </div>
    </li>
  );
}

function Told({ item: { notification, attempts, failure } }: { readonly item: AlarmHistoryItem }) {
  const { t } = useSpeech();
  if (notification === 'none') return null;
  const more = [attempts > 0 && (attempts > 1 || failure) && t.alarms.tries(attempts), failure && t.alarms.failure(failure)].filter(Boolean).join(', ');
  return <Text size="xs"><Status tone={notification === 'failed' ? 'down' : notification === 'delivered' ? 'up' : 'warn'}>{t.alarms.notification[notification]}</Status>{more && ` (${more})`}</Text>;
}
