import { Anchor, Badge, Group, Loader, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { AlarmRule } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts, type Texts } from '../i18n/index.js';
import { Empty } from '../ui/empty.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { sortRows, type Sorting } from '../ui/sort-filter.js';
import { Status } from '../ui/status.js';
import { VirtualTable, type Column } from '../ui/virtual-table.js';
import classes from './alarms.module.css';
import { useAlarmRules, useRaised } from './queries.js';
import { CreateRuleButton, useRuleActions } from './rule-actions.js';
import { conditionText, resourcesText } from './words.js';

/** What is watched in a region. */
export function AlarmRules() {
  const t = useTexts();
  const { rows, loading, error, refetch } = useAlarmRules();
  const raised = useRaised().rows;
  const { menuOf, dialogs } = useRuleActions();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const counts = useMemo(() => {
    const counted = new Map<string, number>();
    for (const { alarmRuleId } of raised) counted.set(alarmRuleId, (counted.get(alarmRuleId) ?? 0) + 1);
    return counted;
  }, [raised]);
  const columns = useMemo((): Column<AlarmRule>[] => [
    { id: 'alarmRuleName', kind: 'name', label: t.fields.name, cell: (rule) => <span className={classes.named}><Anchor component={Link} href={paths.alarmRule(rule.alarmRuleId)} inherit className={classes.name}>{rule.alarmRuleName}</Anchor><DefaultMark rule={rule} /></span> },
    { id: 'state', label: t.list.state, cell: (rule) => <RuleStatus rule={rule} raised={counts.get(rule.alarmRuleId) ?? 0} /> },
    { id: 'resources', label: t.fields.resources, priority: 2, cell: ({ resources }) => resourcesText(t, resources) },
    { id: 'conditions', label: t.fields.conditions, priority: 3, cell: ({ conditions }) => <ConditionsCell t={t} conditions={conditions} /> },
    { id: 'notify', label: t.alarms.rules.notify, priority: 2, cell: ({ webhook }) => (webhook ? new URL(webhook.url).host : <Text span size="sm" c="dimmed">{t.alarms.form.none}</Text>) },
    { id: 'actions', kind: 'actions', label: t.list.actions, cell: menuOf },
  ], [t, counts, menuOf]);
  const shown = useMemo(() => sortRows(rows, sorting, (rule, field) => sortedBy(t, rule, counts.get(rule.alarmRuleId) ?? 0)[field]), [rows, sorting, counts, t]);
  const { many, about, empty } = t.alarms.rules;
  return (
    <Page title={many} about={about} actions={rows.length > 0 && <CreateRuleButton />}>
      {dialogs}
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {loading && <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>}
      {!loading && !error && rows.length === 0 && <Empty text={empty} action={<CreateRuleButton />} />}
      {rows.length > 0 && <VirtualTable label={many} columns={columns} rows={shown} keyOf={({ alarmRuleId }) => alarmRuleId} sorting={sorting} onSort={setSorting} />}
    </Page>
  );
}

/** By column. */
const sortedBy = (t: Texts, { alarmRuleName, enabled, resources, conditions, webhook }: AlarmRule, raised: number): Readonly<Record<string, unknown>> => ({ alarmRuleName, state: enabled ? raised : -1, resources: resourcesText(t, resources), conditions, notify: webhook?.url });

export function DefaultMark({ rule: { defaultKey } }: { readonly rule: AlarmRule }) {
  const t = useTexts();
  return defaultKey === null ? null : <Badge className={classes.badge} size="sm" variant="default" title={t.alarms.rules.isDefaultLong}>{t.alarms.rules.isDefault}</Badge>;
}

/** Whether it watches, and how much of it is in alarm. */
export function RuleStatus({ rule: { enabled }, raised }: { readonly rule: AlarmRule; readonly raised: number }) {
  const t = useTexts();
  if (!enabled) return <Status tone="off">{t.alarms.rules.disabled}</Status>;
  return raised > 0 ? <Status tone="down">{t.alarms.raisedOf(raised)}</Status> : <Status tone="up">{t.alarms.rules.enabled}</Status>;
}

function ConditionsCell({ t, conditions }: { readonly t: Texts; readonly conditions: AlarmRule['conditions'] }) {
  const texts = conditions.map((condition) => conditionText(t, condition));
  return <span title={texts.join('\n')}>{texts[0]}{texts.length > 1 && ` +${texts.length - 1}`}</span>;
}
