import { Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { usePlatform, useTunnelStates } from '../api/platform.js';
import { ApiProblem } from '../api/problem.js';
import { fieldOf, type Page } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { NextHop } from '../ui/cells.js';
import { Empty } from '../ui/empty.js';
import { formatClock, formatZone } from '../ui/format.js';
import { ProblemBox } from '../ui/problem-box.js';
import { Status } from '../ui/status.js';
import { byDay, detailOf, remembered, toneOf } from './changes.js';
import type { StateChange } from './types.js';
import classes from './timeline.module.css';

const POLL_MS = 5_000;
const PAGE = 100;

/** What happened to a tunnel, or to those of a connection or a gateway: 14 days out of the store, or without one what the states remember. */
export function Timeline({ collection, id }: TabProps) {
  const { t, language } = useSpeech();
  const { api, region } = usePlatform();
  const states = useTunnelStates();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['stateChanges', region, collection, id],
    queryFn: ({ pageParam, signal }) => api.get<Page<StateChange>>(`/v1/regions/${region}/${collection}/${encodeURIComponent(id)}/stateChanges`, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // who reads what is older is not disturbed
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 || state.error ? false : POLL_MS),
  });
  if (isPending) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>;
  const noStore = error instanceof ApiProblem && error.problem.status === 404;
  if (error && !noStore && !data) return <ProblemBox error={error} onRetry={() => void refetch()} />;
  const own = { vpnTunnels: 'vpnTunnelId', vpnConnections: 'vpnConnectionId', borderGateways: 'bgwId' }[collection as string]!;
  const changes = data?.pages.flatMap(({ items }) => items) ?? remembered([...states.values()].filter((state) => fieldOf(state as never, own) === id));
  return (
    <Stack>
      <Text size="sm" c="dimmed">{data ? t.timeline.about : t.timeline.aboutShort} {t.timeline.zone(formatZone(language))}</Text>
      {changes.length === 0 ? <Empty text={t.timeline.empty} /> : <Days changes={changes} named={collection !== 'vpnTunnels'} />}
      {hasNextPage && <Button className="self-start" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t.timeline.more}</Button>}
    </Stack>
  );
}

function Days({ changes, named }: { readonly changes: readonly StateChange[]; readonly named: boolean }) {
  const { language } = useSpeech();
  const days = byDay(changes, (at) => new Date(at).toLocaleDateString(language, { dateStyle: 'full' }));
  return days.map(({ day, changes: of }) => (
    <section key={day} aria-label={day}>
      <Title order={2} size="h6" mb="xs">{day}</Title>
      <ol className={classes.list}>
        {/* the same words about one tunnel at one instant are one change */}
        {of.map((change) => <Change key={`${change.at} ${change.vpnTunnelId} ${change.what} ${change.detail}`} change={change} named={named} />)}
      </ol>
    </section>
  ));
}

function Change({ change: { at, what, detail, vpnTunnelId }, named }: { readonly change: StateChange; readonly named: boolean }) {
  const { t, language } = useSpeech();
  const { reason, rest } = detailOf(detail, (word) => word in t.reasons);
  return (
    <li className={classes.change}>
      <time dateTime={at} className={classes.at}>{formatClock(at, language)}</time>
      <div>
        <Status tone={toneOf(what)}>{t.timeline.what[what] ?? what}</Status>{named && <> <NextHop id={vpnTunnelId} /></>}
        {detail && <Text size="sm" c="dimmed">{[reason && reason !== 'established' && t.reasons[reason]!.why, rest].filter(Boolean).join(' ')}</Text>}
      </div>
    </li>
  );
}
