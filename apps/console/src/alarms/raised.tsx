import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Alarm } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import { formatTime } from '../ui/format.js';
import { Status } from '../ui/status.js';
import classes from './alarms.module.css';
import { toneOf } from './kinds.js';
import { ResourceLink, RuleLink } from './links.js';

/** So many are drawn at first. */
const SHOWN = 20;

/** Alarms with what was found, in full. @param named which of the two is not said by where one is */
export function AlarmCards({ alarms, named }: { readonly alarms: readonly Alarm[]; readonly named: { readonly resource?: boolean; readonly rule?: boolean } }) {
  const { t } = useSpeech();
  const [shown, setShown] = useState(SHOWN);
  if (alarms.length === 0) return null;
  return (
    <Stack gap="xs">
      <ul className={classes.cards}>{alarms.slice(0, shown).map((alarm) => <AlarmCard key={`${alarm.alarmRuleId} ${alarm.resourceId}`} alarm={alarm} {...named} />)}</ul>
      {alarms.length > shown && <Button variant="default" className="self-start" onClick={() => setShown(shown + 100)}>{t.alarms.more(Math.min(100, alarms.length - shown))}</Button>}
    </Stack>
  );
}

function AlarmCard({ alarm, resource = false, rule = false }: { readonly alarm: Alarm; readonly resource?: boolean; readonly rule?: boolean }) {
  const { t, language } = useSpeech();
  const { state, level, since, detail } = alarm;
  return (
    <li className={`${classes.card} ${classes[toneOf(alarm)]}`}>
      <div className={classes.head}>
        <Status tone={toneOf(alarm)}>{level ? t.alarms.levels[level] : t.alarms.states[state]}</Status>
        {resource && <span><ResourceLink of={alarm} /></span>}
        {rule && <span><RuleLink of={alarm} /></span>}
        <Text span size="xs" c="dimmed">{t.status.since(formatTime(since, language))}</Text>
      </div>
      <Text size="sm">{detail}</Text>
    </li>
  );
}
