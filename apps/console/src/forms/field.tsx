import { ActionIcon, Button, Group, MultiSelect, NumberInput, PasswordInput, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useList } from '../api/queries.js';
import { fieldOf } from '../api/types.js';
import { useTexts, type Texts } from '../i18n/index.js';
import { RESOURCES } from '../resources/registry.js';
import { formatDuration } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { fieldHint, fieldLabel } from '../ui/labels.js';
import type { Reference } from './forms.js';
import type { FieldSpec } from './schema-fields.js';
import { selectorsOf, selectorsText } from './selectors.js';

/** Of many resources so many are listed; who wants another one types. */
const SHOWN = 200;

interface Props {
  readonly spec: FieldSpec;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly error: string | undefined;
  /** Of fields that name a resource; null: not yet. */
  readonly reference?: Reference | null | undefined;
  /** Tells one of several forms on a page from the others. */
  readonly id: string;
  readonly disabled?: boolean;
  /** In place of what the texts say of the field. */
  readonly label?: string | undefined;
  readonly hint?: string | undefined;
}

/** One field of a form, as its kind asks for. */
export function Field(props: Props) {
  const { spec, value, onChange, error, reference, id, disabled } = props;
  const t = useTexts();
  const common = { id, name: spec.name, label: props.label ?? fieldLabel(t, spec.name), description: props.hint ?? hintOf(t, spec), error, disabled, required: spec.required, withAsterisk: spec.required };
  if (reference !== undefined) return spec.kind === 'texts' ? <ReferencesField {...props} common={common} reference={reference} /> : <ReferenceField {...props} common={common} reference={reference} />;
  switch (spec.kind) {
    case 'flag':
      return <Switch {...common} required={false} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case 'number':
      return <NumberInput {...common} required={false} value={(value as number | '' | null) ?? ''} onChange={(next) => onChange(next === '' ? (spec.nullable ? null : '') : typeof next === 'number' ? next : Number(next))} allowDecimal={spec.decimal ?? false} allowNegative={spec.decimal ?? false} hideControls />;
    case 'choice':
      return <Select {...common} required={false} data={(spec.options ?? []).map((option) => ({ value: String(option), label: choiceLabel(t, option, spec.name) }))} value={String(value)} placeholder={t.form.choose} allowDeselect={false} searchable={(spec.options?.length ?? 0) > 12} onChange={(next) => onChange((spec.options ?? []).find((option) => String(option) === next))} checkIconPosition="right" />;
    case 'lines':
      return <Textarea {...common} required={false} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} autosize minRows={6} maxRows={20} spellCheck={false} />;
    case 'texts':
      return <TextsField {...props} common={common} />;
    case 'object':
      return <Textarea {...common} required={false} description={t.form.selectors} autosize minRows={2} defaultValue={selectorsText(value as never)} onChange={(event) => onChange(selectorsOf(event.currentTarget.value))} spellCheck={false} />;
    default:
      if (spec.name === 'psk' || spec.name === 'secret') return <PasswordInput {...common} required={false} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t.actions.show, tabIndex: 0 }} />;
      if (spec.name === 'description') return <Textarea {...common} required={false} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} autosize minRows={1} maxLength={256} />;
      return <TextInput {...common} required={false} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)} autoComplete="off" spellCheck={false} />;
  }
}

type Common = { readonly id: string; readonly name: string; readonly label: string; readonly description: string | undefined; readonly error: string | undefined; readonly disabled: boolean | undefined; readonly required: boolean; readonly withAsterisk: boolean };

/** A resource by its name. */
function ReferenceField({ spec, value, onChange, common, reference }: Props & { readonly common: Common; readonly reference: Reference | null }) {
  const t = useTexts();
  const { data, empty } = useChoices(reference);
  return (
    <Select
      {...common} required={false} data={data} value={value ? String(value) : null} onChange={(next) => onChange(next ?? '')} disabled={common.disabled || reference === null} searchable={data.length > 8} limit={SHOWN} clearable={!spec.required}
      placeholder={empty ?? t.form.choose} nothingFoundMessage={t.list.nothing} checkIconPosition="right" clearButtonProps={{ 'aria-label': t.actions.remove }}
    />
  );
}

function ReferencesField({ value, onChange, common, reference }: Props & { readonly common: Common; readonly reference: Reference | null }) {
  const t = useTexts();
  const { data, empty } = useChoices(reference);
  return <MultiSelect {...common} required={false} data={data} value={[...(value as readonly string[])]} onChange={onChange} disabled={common.disabled || reference === null} placeholder={empty ?? t.form.choose} searchable={data.length > 8} limit={SHOWN} nothingFoundMessage={t.list.nothing} clearButtonProps={{ 'aria-label': t.actions.remove }} />;
}

/** A reference that waits for another field lists something that is there anyway, and shows none of it. */
function useChoices(reference: Reference | null): { data: { value: string; label: string }[]; empty: string | undefined } {
  const t = useTexts();
  const collection = reference?.collection ?? 'borderGateways';
  const { rows, loading } = useList(collection, reference?.where);
  const { id, name } = RESOURCES[collection];
  const data = useMemo(() => (reference === null ? [] : rows.map((row) => {
    const own = String(fieldOf(row, id));
    const cidr = fieldOf(row, 'cidr');
    return { value: own, label: `${name ? String(fieldOf(row, name)) : own}${cidr ? ` (${String(cidr)})` : ''}` };
  })), [reference === null, rows, id, name]);
  return { data, empty: reference !== null && !loading && rows.length === 0 ? t.form.nothingToChoose(t.resources[collection].one) : undefined };
}

/** Several texts, each in a box of its own. */
function TextsField({ value, onChange, common }: Props & { readonly common: Common }) {
  const t = useTexts();
  const texts = (value as readonly string[]).length > 0 ? (value as readonly string[]) : [''];
  const { id, label, description, error } = common;
  return (
    <Stack gap={4} role="group" aria-labelledby={`${id}-label`}>
      <div>
        <Text id={`${id}-label`} size="sm" fw={500}>{label}{common.withAsterisk && <Text span c="red" aria-hidden="true"> *</Text>}</Text>
        {description && <Text size="xs" c="dimmed">{description}</Text>}
      </div>
      {texts.map((text, n) => (
        <Group key={n} gap="xs" wrap="nowrap">
          <TextInput id={n === 0 ? id : undefined} flex={1} aria-label={t.form.item(label, n + 1)} value={text} error={error !== undefined} onChange={(event) => onChange(texts.map((each, at) => (at === n ? event.currentTarget.value : each)))} autoComplete="off" spellCheck={false} />
          {texts.length > 1 && <ActionIcon variant="subtle" color="gray" aria-label={t.form.removeItem(n + 1)} onClick={() => onChange(texts.filter((_, at) => at !== n))}><Icon name="close" size={14} /></ActionIcon>}
        </Group>
      ))}
      {error && <Text size="xs" c="red" role="alert">{error}</Text>}
      <Button variant="subtle" size="compact-sm" leftSection={<Icon name="plus" size={14} />} onClick={() => onChange([...texts, ''])} className="self-start">{t.form.addItem}</Button>
    </Stack>
  );
}

/** The console's own words, else the API's; and the range, which is the API's. */
function hintOf(t: Texts, spec: FieldSpec): string | undefined {
  const range = spec.kind === 'number' && spec.max !== undefined && spec.max < 4_000_000_000 ? t.form.range(String(spec.min ?? 0), spec.max.toLocaleString('en')) : undefined;
  return [fieldHint(t, spec.name) ?? (spec.description && sentence(spec.description)), range].filter(Boolean).join(' ') || undefined;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

/** "aes128" is a name; "partial" wants a word; null is none. */
function choiceLabel(t: Texts, option: string | number | null, field: string): string {
  const own = t.alarms.choices[field]?.[String(option)];
  if (own !== undefined) return `${own.charAt(0).toUpperCase()}${own.slice(1)}`;
  if (option === null) return t.form.nullOption;
  if (field === 'ikeDpdSec') return option === 0 ? t.values.off! : `${option} s`;
  if (field.endsWith('Minutes')) return formatDuration(Number(option) * 60);
  return t.values[String(option)] ?? String(option);
}
