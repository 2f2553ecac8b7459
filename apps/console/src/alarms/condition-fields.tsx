import { http } from '@bordergate/contracts';
import { Button, Fieldset, Text } from '@mantine/core';
import { Field } from '../forms/field.js';
import type { Values } from '../forms/schema-fields.js';
import { useTexts, type Texts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';
import classes from './alarms.module.css';
import { CONDITION_FIELDS, put } from './rule-fields.js';
import { conditionText, unitOf } from './words.js';

interface Props {
  readonly n: number;
  readonly id: string;
  readonly condition: Values;
  readonly errors: Readonly<Record<string, string>>;
  readonly disabled: boolean;
  readonly onChange: (condition: Values) => void;
  readonly onRemove: (() => void) | undefined;
}

/** One condition, and below it what it says. */
export function ConditionFields({ n, id, condition, errors, disabled, onChange, onRemove }: Props) {
  const t = useTexts();
  const { data } = http.AlarmCondition.safeParse(condition);
  return (
    <Fieldset variant="filled" legend={t.alarms.form.conditionN(n + 1)}>
      <div className={classes.fields}>
        {CONDITION_FIELDS.map((spec) => (
          <div key={spec.name} className={spec.name === 'metric' ? classes.wide : undefined}>
            <Field id={`${id}-${spec.name}`} spec={spec} label={labelOf(t, spec.name, condition)} hint="" value={condition[spec.name]} error={errors[`conditions[${n}].${spec.name}`]} disabled={disabled} onChange={(value) => onChange(put(condition, spec.name, value))} />
          </div>
        ))}
      </div>
      {data && <Text size="sm" c="dimmed" role="status" mt="xs">{t.alarms.levels[data.level]}: {conditionText(t, data)}</Text>}
      {onRemove && <Button variant="subtle" color="gray" size="compact-sm" mt="xs" disabled={disabled} leftSection={<Icon name="close" size={14} />} onClick={onRemove}>{t.alarms.form.removeCondition(n + 1)}</Button>}
    </Fieldset>
  );
}

function labelOf({ alarms: { form } }: Texts, name: string, { metric, statistic }: Values): string {
  const label = form[name as 'metric' | 'threshold'];
  if (typeof label === 'string') return label;
  const unit = metric === undefined ? 'count' : unitOf(metric as http.AlarmMetric, statistic as http.Statistic);
  return label(unit === 'ratio' ? form.share : unit === 'count' ? '' : unit);
}
