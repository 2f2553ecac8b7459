import { Loader } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { attemptKeys } from '../api/client.js';
import { usePlatform } from '../api/platform.js';
import { useRefresh } from '../api/queries.js';
import type { AlarmRule } from '../api/types.js';
import { paths } from '../app/routes.js';
import type { Values } from '../forms/schema-fields.js';
import { useEdited } from '../forms/use-edited.js';
import { useTexts } from '../i18n/index.js';
import { ProblemBox } from '../ui/problem-box.js';
import { ruleKey, rulePath } from './queries.js';
import { CREATE_RULE, EDIT_RULE } from './rule-fields.js';
import { RuleForm } from './rule-form.js';
import { useTell } from '../ui/use-tell.js';

export function CreateAlarmRule({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const { api, region } = usePlatform();
  const refresh = useRefresh();
  const [, go] = useLocation();
  const [keyOf] = useState(() => attemptKeys());
  const send = async (body: Values) => {
    const { data } = await api.send<AlarmRule>(`/v1/regions/${region}/alarmRules`, { method: 'POST', body, idempotencyKey: keyOf(body) });
    await refresh();
    tell(t.form.created(t.alarms.rules.one, data.alarmRuleName));
    onClose();
    go(paths.alarmRule(data.alarmRuleId));
  };
  return <RuleForm def={CREATE_RULE} given={{}} editing={false} submitLabel={t.actions.create} onCancel={onClose} send={send} />;
}

export function EditAlarmRule({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useTexts();
  const { region } = usePlatform();
  const { base, error, sending } = useEdited<AlarmRule>(rulePath(region, id), ruleKey(region, id), ({ alarmRuleName }) => alarmRuleName, onClose);
  if (error) return <ProblemBox error={error} />;
  if (!base) return <Loader size="sm" />;
  return <RuleForm def={EDIT_RULE} given={base as unknown as Values} editing submitLabel={t.actions.save} onCancel={onClose} {...sending} />;
}
