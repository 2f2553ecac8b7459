import { Loader, Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { usePlatform } from '../api/platform.js';
import { POLL_MS } from '../api/queries.js';
import type { RegionPolicy } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';

const PolicyForm = lazy(() => import('../forms/settings-forms.js').then(({ PolicyForm }) => ({ default: PolicyForm })));

export function Policy() {
  const t = useTexts();
  const { api, region } = usePlatform();
  const { data, error } = useQuery({ queryKey: ['policy', region], queryFn: ({ signal }) => api.send<RegionPolicy>(`/v1/regions/${region}/policy`, { signal }), refetchInterval: POLL_MS });
  return (
    <Page title={t.policy.title} about={t.policy.about}>
      {error && <ProblemBox error={error} />}
      <Suspense fallback={<Loader size="sm" />}>{data && <Paper p="md" withBorder maw="36rem"><PolicyForm policy={data.data} etag={data.etag} /></Paper>}</Suspense>
    </Page>
  );
}
