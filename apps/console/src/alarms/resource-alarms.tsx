import { Loader, Stack, Title } from '@mantine/core';
import { useTexts } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { Empty } from '../ui/empty.js';
import { ProblemBox } from '../ui/problem-box.js';
import { AlarmTable } from './alarm-table.js';
import { AlarmHistory } from './history.js';
import { useAlarms } from './queries.js';

/** How each rule finds a resource, and what changed. Those that are raised stand above, on every view of it. */
export function ResourceAlarms({ id }: TabProps) {
  const t = useTexts();
  const { rows, loading, error, refetch } = useAlarms({ resourceId: id });
  return (
    <Stack>
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {loading ? <Loader size="sm" /> : rows.length === 0 ? <Empty text={t.alarms.noneOf} /> : <AlarmTable alarms={rows} label={t.alarms.title} without="resourceId" />}
      <section aria-label={t.alarms.history}>
        <Title order={2} size="h4" mb="xs">{t.alarms.history}</Title>
        <AlarmHistory where={{ resourceId: id }} order={3} named={{ rule: true }} />
      </section>
    </Stack>
  );
}
