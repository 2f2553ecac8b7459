import { Stack, Title } from '@mantine/core';
import type { AlarmRule } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import details from '../resources/details.module.css';
import table from '../ui/table.module.css';
import { NextHop } from '../ui/cells.js';
import { formatDuration, formatTime } from '../ui/format.js';
import { Pair } from '../ui/pair.js';
import { Status } from '../ui/status.js';
import { toneOf } from './kinds.js';
import { conditionText, resourcesText } from './words.js';

/** What a rule says. */
export function RuleDetails({ rule }: { readonly rule: AlarmRule }) {
  const { t, language } = useSpeech();
  const { form, levels } = t.alarms;
  const { resources, conditions, notify, effectiveHours, repeatMinutes, webhook, createdTime, updatedTime } = rule;
  const told = (['onAlarm', 'onInsufficientData', 'onRecovery'] as const).filter((when) => notify[when]).map((when) => form[when]);
  return (
    <Stack>
      <dl className={details.details}>
        <Pair label={t.fields.resources}>{resources.ids === null ? resourcesText(t, resources) : <>{t.alarms.kinds[resources.kind]}: {resources.ids.map((id) => <span key={id}><NextHop id={id} /> </span>)}</>}</Pair>
        <Pair label={t.fields.webhook}>{webhook?.url ?? form.none}</Pair>
        <Pair label={t.fields.notify}>{told.length > 0 ? told.join('; ') : t.detail.none}</Pair>
        <Pair label={t.fields.effectiveHours}>{effectiveHours ? form.hours(effectiveHours.from, effectiveHours.to, effectiveHours.timeZone) : form.allDay}</Pair>
        <Pair label={t.fields.repeatMinutes}>{repeatMinutes === null ? t.alarms.choices.repeatMinutes!.null : formatDuration(repeatMinutes * 60)}</Pair>
        <Pair label={t.fields.createdTime}>{formatTime(createdTime, language)}</Pair>
        <Pair label={t.fields.updatedTime}>{formatTime(updatedTime, language)}</Pair>
      </dl>
      <section aria-label={t.fields.conditions}>
        <Title order={2} size="h4" mb="xs">{t.fields.conditions}</Title>
        <div className={table.scroll}>
          <table className={table.table}>
            <thead><tr><th scope="col">{form.level}</th><th scope="col">{t.fields.conditions}</th></tr></thead>
            <tbody>{conditions.map((condition, n) => <tr key={`${n} ${condition.metric}`}><td><Status tone={toneOf({ state: 'alarm', level: condition.level })}>{levels[condition.level]}</Status></td><td>{conditionText(t, condition)}</td></tr>)}</tbody>
          </table>
        </div>
      </section>
    </Stack>
  );
}
