import { Loader } from '@mantine/core';
import { useLocation } from 'wouter';
import { usePlatform } from '../api/platform.js';
import type { AlarmRule } from '../api/types.js';
import { paths } from '../app/routes.js';
import type { Values } from '../forms/schema-fields.js';
import { useCreated } from '../forms/use-created.js';
import { useEdited } from '../forms/use-edited.js';
import { useTexts } from '../i18n/index.js';
import { ProblemBox } from '../ui/problem-box.js';
import { ruleKey, rulePath } from './queries.js';
import { CREATE_RULE, EDIT_RULE } from './rule-fields.js';
import { RuleForm } from './rule-form.js';

export function CreateAlarmRule({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts();
  const { region } = usePlatform();
  const create = useCreated(onClose);
  const [, go] = useLocation();
  const send = async (body: Values) => {
    const { alarmRuleId } = await create<AlarmRule>(`/v1/regions/${region}/alarmRules`, body, ({ alarmRuleName }) => t.form.created(t.alarms.rules.one, alarmRuleName));
    go(paths.alarmRule(alarmRuleId));
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
