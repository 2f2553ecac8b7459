import { Alert, Button, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePlatform } from '../api/platform.js';
import { listKey, usePages, useRefresh } from '../api/queries.js';
import type { ParkedRecord, ParkedRecordDetail } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import { Dialog } from '../ui/dialog.js';
import { Empty } from '../ui/empty.js';
import { formatTime } from '../ui/format.js';
import { Page } from '../ui/page.js';
import { ProblemBox, useProblemText } from '../ui/problem-box.js';
import table from '../ui/table.module.css';
import { useTell } from '../ui/use-tell.js';

/** Messages that a consumer set aside, of all regions. */
export function ParkedRecords() {
  const { t, language } = useSpeech();
  const { rows, loading, error, refetch } = usePages<ParkedRecord>('/v1/parkedRecords', listKey('', 'parkedRecords'));
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <Page title={t.parked.title} about={t.parked.about}>
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {loading && <Loader size="sm" />}
      {!loading && !error && rows.length === 0 && <Empty text={t.parked.empty} />}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard
        <section className={table.scroll} tabIndex={0} aria-label={t.parked.title}>
          <table className={table.table}>
            <thead><tr><th scope="col">{t.parked.reason}</th><th scope="col">{t.parked.consumer}</th><th scope="col">{t.parked.place}</th><th scope="col">{t.parked.eventType}</th><th scope="col">{t.parked.parkedTime}</th><td /></tr></thead>
            <tbody>
              {rows.map(({ parkedRecordId, reason, consumer, topic, partition, offset, eventType, parkedTime }) => (
                <tr key={parkedRecordId}>
                  <th scope="row">{reason}</th><td>{consumer}</td><td>{topic} [{partition}] @{offset}</td><td>{eventType ?? t.detail.none}</td><td>{formatTime(parkedTime, language)}</td>
                  <td><Button variant="default" size="compact-sm" aria-label={`${t.actions.show}: ${topic} [${partition}] @${offset}`} onClick={() => setAsked(parkedRecordId)}>{t.actions.show}</Button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {asked && <Dialog opened title={t.parked.title} onClose={() => setAsked(null)} size="xl"><Record id={asked} onClose={() => setAsked(null)} /></Dialog>}
    </Page>
  );
}

function Record({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useSpeech();
  const tell = useTell();
  const { api } = usePlatform();
  const refresh = useRefresh();
  const textOf = useProblemText();
  const [failure, setFailure] = useState<string | null>(null);
  const path = `/v1/parkedRecords/${encodeURIComponent(id)}`;
  const { data, error } = useQuery({ queryKey: ['parked', id], queryFn: ({ signal }) => api.get<ParkedRecordDetail>(path, undefined, signal) });
  const resolve = (verb: 'replay' | 'discard') => api.send(`${path}:${verb}`, { method: 'POST' }).then(async () => {
    tell(verb === 'replay' ? t.parked.replayed : t.parked.discarded);
    onClose();
    await refresh();
  }, (refused: unknown) => setFailure(textOf(refused)));
  if (error) return <ProblemBox error={error} />;
  if (!data) return <Loader size="sm" />;
  return (
    <Stack>
      <Text size="sm">{data.reason}</Text>
      {data.key !== null && <Text size="sm">{t.parked.key}: <Code>{data.key}</Code></Text>}
      <Text size="sm" fw={600}>{t.parked.headers}</Text>
      <Code block>{Object.entries(data.headers).map(([name, values]) => `${name}: ${values.join(', ')}`).join('\n')}</Code>
      <Text size="sm" fw={600}>{t.parked.value}</Text>
      <Code block>{data.value ?? t.detail.none}</Code>
      {failure && <Alert color="red" role="alert">{failure}</Alert>}
      <Text size="sm" c="dimmed">{t.parked.discardText}</Text>
      <Group justify="flex-end"><Button variant="default" c="red" onClick={() => void resolve('discard')}>{t.parked.discard}</Button><Button onClick={() => void resolve('replay')}>{t.parked.replay}</Button></Group>
    </Stack>
  );
}
