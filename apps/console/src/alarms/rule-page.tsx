import { Anchor, Loader, Stack, Tabs, Text } from '@mantine/core';
import { Link, useLocation, useParams } from 'wouter';
import { isProblem } from '../api/problem.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import detail from '../pages/detail-page.module.css';
import { Empty } from '../ui/empty.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { TabList } from '../ui/tab-list.js';
import { AlarmTable } from './alarm-table.js';
import { AlarmHistory } from './history.js';
import { useAlarmRule, useAlarms, useRaised } from './queries.js';
import { AlarmCards } from './raised.js';
import { useRuleActions } from './rule-actions.js';
import { RuleDetails } from './rule-details.js';
import { DefaultMark, RuleStatus } from './rules-page.js';

const VIEWS = ['states', 'history', 'details'] as const;

/** One rule: how it finds its resources, what changed, and what it says. */
export function AlarmRulePage() {
  const { id } = useParams<{ id: string }>();
  return <OfRule key={id} id={id} />;
}

function OfRule({ id }: { readonly id: string }) {
  const t = useTexts();
  const { tab } = useParams<{ tab?: string }>();
  const [, go] = useLocation();
  const { data, error, isPending } = useAlarmRule(id);
  const raised = useRaised({ alarmRuleId: id }).rows;
  const { buttonsOf, dialogs } = useRuleActions();
  const { one, many, states } = t.alarms.rules;
  const back = <Anchor component={Link} href={paths.alarmRules} size="sm">{t.detail.back(many)}</Anchor>;
  if (isPending) return <Loader size="sm" />;
  if (!data) return <Page title={one} above={back}>{isProblem(error, 'not-found') ? <Text>{t.detail.notFound(one, id)}</Text> : <ProblemBox error={error} />}</Page>;
  const rule = data.data;
  const shown = VIEWS.find((view) => view === tab) ?? 'states';
  const labels = { states, history: t.alarms.history, details: t.detail.details };
  return (
    <Page
      title={rule.alarmRuleName} above={back} actions={buttonsOf(rule, data.etag)}
      about={<>{one} <span className={detail.id}>{id}</span><span className={detail.status}><RuleStatus rule={rule} raised={raised.length} /></span><DefaultMark rule={rule} /></>}
    >
      {dialogs}
      <Tabs value={shown} onChange={(next) => next && go(paths.alarmRule(id, next), { replace: true })} keepMounted={false}>
        <TabList shown={shown}>{VIEWS.map((view) => <Tabs.Tab key={view} value={view}>{labels[view]}</Tabs.Tab>)}</TabList>
        <Tabs.Panel value="states" pt="md"><States id={id} /></Tabs.Panel>
        <Tabs.Panel value="history" pt="md"><AlarmHistory where={{ alarmRuleId: id }} named={{ resource: true }} /></Tabs.Panel>
        <Tabs.Panel value="details" pt="md"><RuleDetails rule={rule} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function States({ id }: { readonly id: string }) {
  const t = useTexts();
  const raised = useRaised({ alarmRuleId: id }).rows;
  const { rows, loading, error, refetch } = useAlarms({ alarmRuleId: id });
  if (loading) return <Loader size="sm" />;
  return (
    <Stack>
      {error && <ProblemBox error={error} onRetry={refetch} />}
      <AlarmCards alarms={raised} named={{ resource: true }} />
      {rows.length === 0 ? <Empty text={t.alarms.nothingWatched} /> : <AlarmTable alarms={rows} label={t.alarms.rules.states} without="alarmRuleName" />}
    </Stack>
  );
}
