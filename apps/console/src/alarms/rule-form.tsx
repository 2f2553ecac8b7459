import { Alert, Button, Fieldset, Group, Stack, Switch, Text } from '@mantine/core';
import { useId } from 'react';
import type { Alarm } from '../api/types.js';
import { Field } from '../forms/field.js';
import type { FormDef } from '../forms/forms.js';
import type { Values } from '../forms/schema-fields.js';
import { useForm } from '../forms/use-form.js';
import { useTexts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';
import { ConditionFields } from './condition-fields.js';
import { COLLECTION_OF } from './kinds.js';
import { MAX_CONDITIONS, newCondition, RESOURCE_FIELDS } from './rule-fields.js';
import { ToldFields } from './told-fields.js';

interface Props {
  readonly def: FormDef;
  readonly given: Values;
  readonly editing: boolean;
  readonly submitLabel: string;
  readonly send: (body: Values) => Promise<unknown>;
  readonly readAgain?: () => Promise<Values>;
  readonly onCancel: () => void;
}

/** What every part of the form is told. */
export interface PartProps {
  readonly id: string;
  readonly values: Values;
  readonly errors: Readonly<Record<string, string>>;
  readonly disabled: boolean;
  readonly set: (name: string, value: unknown) => void;
}

export function RuleForm({ submitLabel, onCancel, ...options }: Props) {
  const t = useTexts();
  const id = useId();
  const { form, fields, values, errors, failure, busy, submit, set } = useForm(options);
  const part: PartProps = { id, values, errors, disabled: busy, set };
  const own = (name: string) => fields.filter((spec) => spec.name === name).map((spec) => <Field key={name} id={`${id}-${name}`} spec={spec} value={values[name]} error={errors[name]} onChange={(value) => set(name, value)} disabled={busy} />);
  return (
    <form ref={form} noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <Stack gap="md">
        {failure && <Alert color="red" role="alert">{failure}</Alert>}
        {own('alarmRuleName')}
        <Watched {...part} />
        <Conditions {...part} />
        <ToldFields {...part} keepsSecret={options.editing && Boolean(options.given.webhook)}>{own('repeatMinutes')}</ToldFields>
        {own('enabled')}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>{t.actions.cancel}</Button>
          <Button type="submit" loading={busy}>{submitLabel}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Watched({ id, values, errors, disabled, set }: PartProps) {
  const t = useTexts();
  const resources = values.resources as { readonly kind: Alarm['resourceKind']; readonly ids: readonly string[] | null };
  const [kind, ids] = ['kind', 'ids'].map((name) => RESOURCE_FIELDS.find((spec) => spec.name === name)!);
  return (
    <Fieldset legend={t.alarms.form.watched}>
      <Stack gap="sm">
        <Field id={`${id}-kind`} spec={kind!} label={t.alarms.form.kind} hint="" value={resources.kind} error={errors.resources} disabled={disabled} onChange={(next) => set('resources', { kind: next, ids: resources.ids && [] })} />
        <Switch label={t.alarms.form.all} checked={resources.ids === null} disabled={disabled} onChange={(event) => set('resources', { ...resources, ids: event.currentTarget.checked ? null : [] })} />
        {resources.ids && <Field id={`${id}-ids`} spec={{ ...ids!, required: true }} label={t.alarms.form.chosen} hint="" value={resources.ids} error={resources.ids.length === 0 && errors['resources.ids'] ? t.alarms.form.chooseOne : errors['resources.ids']} disabled={disabled} reference={{ collection: COLLECTION_OF[resources.kind] }} onChange={(next) => set('resources', { ...resources, ids: next })} />}
      </Stack>
    </Fieldset>
  );
}

function Conditions({ id, values, errors, disabled, set }: PartProps) {
  const t = useTexts();
  const conditions = values.conditions as readonly Values[];
  const change = (next: readonly Values[]) => set('conditions', next);
  return (
    <Fieldset legend={t.alarms.form.conditions}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">{t.alarms.form.conditionsText}</Text>
        {conditions.map((condition, n) => (
          <ConditionFields
            key={n} n={n} id={`${id}-condition-${n}`} condition={condition} errors={errors} disabled={disabled} onChange={(next) => change(conditions.map((each, at) => (at === n ? next : each)))}
            onRemove={conditions.length > 1 ? () => change(conditions.filter((_, at) => at !== n)) : undefined}
          />
        ))}
        {errors.conditions && <Text size="xs" c="red" role="alert">{errors.conditions}</Text>}
        {conditions.length < MAX_CONDITIONS && <Button variant="subtle" size="compact-sm" className="self-start" disabled={disabled} leftSection={<Icon name="plus" size={14} />} onClick={() => change([...conditions, newCondition()])}>{t.alarms.form.addCondition}</Button>}
      </Stack>
    </Fieldset>
  );
}
