import { Fieldset, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import type { AlarmRule } from '../api/types.js';
import type { Values } from '../forms/schema-fields.js';
import { useTexts } from '../i18n/index.js';
import classes from './alarms.module.css';
import { NEW_HOURS, put } from './rule-fields.js';
import type { PartProps } from './rule-form.js';

/** Who is told of what, and when. @param keepsSecret there is one, which is not shown and stays */
export function ToldFields({ id, values, errors, disabled, set, keepsSecret, children }: PartProps & { readonly keepsSecret: boolean; readonly children: ReactNode }) {
  const t = useTexts();
  const { form } = t.alarms;
  const webhook = values.webhook as Values | null;
  const notify = values.notify as AlarmRule['notify'];
  const text = (name: string) => ({ id: `${id}-webhook-${name}`, value: String(webhook?.[name] ?? ''), error: errors[`webhook.${name}`], disabled, onChange: (event: { currentTarget: { value: string } }) => set('webhook', put(webhook!, name, event.currentTarget.value)) });
  return (
    <Fieldset legend={form.told}>
      <Stack gap="sm">
        <Switch label={form.withWebhook} description={form.toldText} checked={webhook !== null} disabled={disabled} onChange={(event) => set('webhook', event.currentTarget.checked ? {} : null)} />
        {webhook && <TextInput {...text('url')} label={form.url} description={form.urlHint} withAsterisk autoComplete="off" spellCheck={false} placeholder="https://" />}
        {webhook && <PasswordInput {...text('secret')} label={form.secret} description={keepsSecret ? form.secretKept : form.secretHint} withAsterisk={!keepsSecret} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t.actions.show, tabIndex: 0 }} />}
        {(['onAlarm', 'onInsufficientData', 'onRecovery'] as const).map((when) => <Switch key={when} label={form[when]} checked={notify[when]} disabled={disabled} onChange={(event) => set('notify', { ...notify, [when]: event.currentTarget.checked })} />)}
        {children}
        <Hours id={id} hours={values.effectiveHours as Values | null} errors={errors} disabled={disabled} set={set} />
        {['webhook', 'notify', 'effectiveHours'].map((name) => errors[name] && <Text key={name} size="xs" c="red" role="alert">{errors[name]}</Text>)}
      </Stack>
    </Fieldset>
  );
}

function Hours({ id, hours, errors, disabled, set }: Omit<PartProps, 'values'> & { readonly hours: Values | null }) {
  const t = useTexts();
  const { form } = t.alarms;
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], []);
  const time = (name: string) => ({ id: `${id}-hours-${name}`, value: String(hours?.[name] ?? ''), error: errors[`effectiveHours.${name}`], disabled, placeholder: '08:30', autoComplete: 'off', onChange: (event: { currentTarget: { value: string } }) => set('effectiveHours', put(hours!, name, event.currentTarget.value)) });
  return (
    <>
      <Switch label={form.atHours} checked={hours !== null} disabled={disabled} onChange={(event) => set('effectiveHours', event.currentTarget.checked ? NEW_HOURS : null)} />
      {hours && (
        <div className={classes.fields}>
          <TextInput {...time('from')} label={form.from} />
          <TextInput {...time('to')} label={form.to} />
          <Select id={`${id}-hours-zone`} label={form.timeZone} data={zones} value={String(hours.timeZone)} error={errors['effectiveHours.timeZone']} disabled={disabled} searchable limit={100} allowDeselect={false} nothingFoundMessage={t.list.nothing} onChange={(zone) => set('effectiveHours', put(hours, 'timeZone', zone))} />
          <Text size="xs" c="dimmed" className={classes.wide}>{form.toHint}</Text>
        </div>
      )}
    </>
  );
}
