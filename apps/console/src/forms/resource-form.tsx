import { Alert, Button, Group, Stack } from '@mantine/core';
import { useId, useState } from 'react';
import type { Broken } from '../api/problem.js';
import { useTexts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';
import { Field } from './field.js';
import type { FormDef } from './forms.js';
import type { Values } from './schema-fields.js';
import { useForm } from './use-form.js';

interface Props {
  readonly def: FormDef;
  readonly given: Values;
  readonly editing: boolean;
  readonly fixed?: readonly string[];
  readonly submitLabel: string;
  readonly check?: (body: Values) => readonly Broken[];
  readonly send: (body: Values) => Promise<unknown>;
  readonly readAgain?: () => Promise<Values>;
  readonly onCancel?: () => void;
}

/** A form made of the schema of its request. */
export function ResourceForm({ submitLabel, onCancel, ...options }: Props) {
  const t = useTexts();
  const id = useId();
  const { def, given } = options;
  const { form, fields, values, errors, failure, busy, submit, set } = useForm(options);
  const advanced = new Set(def.advanced ?? []);
  const rare = fields.filter(({ name }) => advanced.has(name));
  const [opened, setOpened] = useState(false);
  const open = opened || rare.some(({ name }) => name in errors);
  const draw = (shown: typeof fields) => shown.map((spec) => (
    <Field key={spec.name} id={`${id}-${spec.name}`} spec={spec} value={values[spec.name]} error={errors[spec.name]} onChange={(value) => set(spec.name, value)} reference={def.refs?.[spec.name]?.({ ...given, ...values })} disabled={busy} />
  ));
  return (
    <form ref={form} noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <Stack gap="md">
        {failure && <Alert color="red" role="alert">{failure}</Alert>}
        {draw(fields.filter(({ name }) => !advanced.has(name)))}
        {rare.length > 0 && (
          <>
            <Button variant="subtle" size="compact-sm" className="self-start" aria-expanded={open} onClick={() => setOpened(!open)} rightSection={<Icon name="chevron" size={12} />}>{t.form.advanced}</Button>
            {open && draw(rare)}
          </>
        )}
        <Group justify="flex-end">
          {onCancel && <Button variant="default" onClick={onCancel}>{t.actions.cancel}</Button>}
          <Button type="submit" loading={busy}>{submitLabel}</Button>
        </Group>
      </Stack>
    </form>
  );
}
