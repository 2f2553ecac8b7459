import { Button } from '@mantine/core';
import { lazy, useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { usePlatform } from '../api/platform.js';
import type { AlarmRule } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { Confirm } from '../resources/confirm.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { MenuButton, VerbItem, type Verb } from '../ui/menu-button.js';
import { rulePath } from './queries.js';

const CreateAlarmRule = lazy(() => import('./rule-dialogs.js').then(({ CreateAlarmRule }) => ({ default: CreateAlarmRule })));
const EditAlarmRule = lazy(() => import('./rule-dialogs.js').then(({ EditAlarmRule }) => ({ default: EditAlarmRule })));

export function CreateRuleButton() {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  const { create } = t.alarms.rules;
  return (
    <>
      <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpened(true)}>{create}</Button>
      <Dialog title={create} opened={opened} onClose={() => setOpened(false)} size="xl"><CreateAlarmRule onClose={() => setOpened(false)} /></Dialog>
    </>
  );
}

const verbsOf = ({ enabled }: AlarmRule): readonly Verb[] => [enabled ? 'disable' : 'enable', 'edit', 'delete'];

/** Menus of rows and buttons of the rule's page, with the dialogs they open. */
export function useRuleActions() {
  const [asked, setAsked] = useState<{ readonly verb: Verb; readonly rule: AlarmRule; readonly etag: string | null } | null>(null);
  const ask = useCallback((verb: Verb, rule: AlarmRule, etag: string | null = null) => setAsked({ verb, rule, etag }), []);
  return {
    menuOf: useCallback((rule: AlarmRule) => <MenuButton of={rule.alarmRuleName}>{verbsOf(rule).map((verb) => <VerbItem key={verb} verb={verb} onClick={() => ask(verb, rule)} />)}</MenuButton>, [ask]),
    buttonsOf: (rule: AlarmRule, etag: string | null) => verbsOf(rule).map((verb) => <VerbButton key={verb} verb={verb} onClick={() => ask(verb, rule, etag)} />),
    dialogs: asked && <AskedDialog {...asked} onClose={() => setAsked(null)} />,
  };
}

function VerbButton({ verb, onClick }: { readonly verb: Verb; readonly onClick: () => void }) {
  const t = useTexts();
  return <Button variant={verb === 'enable' ? 'filled' : 'default'} c={verb === 'delete' ? 'red' : undefined} onClick={onClick}>{t.actions[verb]}</Button>;
}

function AskedDialog({ verb, rule, etag, onClose }: { readonly verb: Verb; readonly rule: AlarmRule; readonly etag: string | null; readonly onClose: () => void }) {
  const t = useTexts();
  const { region } = usePlatform();
  const [location, go] = useLocation();
  const { alarmRuleId: id, alarmRuleName: name } = rule;
  const { one, deleteWarning, deleteDefault, disableText } = t.alarms.rules;
  if (verb === 'edit') return <Dialog opened title={t.form.editTitle(one, name)} onClose={onClose} size="xl"><EditAlarmRule id={id} onClose={onClose} /></Dialog>;
  const text = verb === 'delete' ? [t.form.deleteText(name), deleteWarning, rule.defaultKey !== null && deleteDefault].filter(Boolean).join(' ') : verb === 'disable' ? disableText : '';
  return <Confirm verb={verb} what={one} name={name} path={rulePath(region, id)} etag={etag} text={text} onClose={onClose} onDeleted={() => { if (location.startsWith(paths.alarmRule(id))) go(paths.alarmRules); }} />;
}
