import { ActionIcon, Menu } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTexts } from '../i18n/index.js';
import { Icon } from './icons.js';

export type Verb = 'edit' | 'delete' | 'enable' | 'disable';

/** A row's menu. A button until it is pressed: a menu for each of a thousand rows would be felt. */
export function MenuButton({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  const label = t.list.actionsOf(of);
  if (!opened) return <ActionIcon variant="subtle" color="gray" aria-label={label} aria-haspopup="menu" aria-expanded={false} onClick={() => setOpened(true)}><Icon name="more" /></ActionIcon>;
  return (
    <Menu position="bottom-end" withinPortal defaultOpened withInitialFocusPlaceholder={false}>
      <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={label}><Icon name="more" /></ActionIcon></Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** @param refused why it cannot be asked for now */
export function VerbItem({ verb, refused, onClick }: { readonly verb: Verb; readonly refused?: string | undefined; readonly onClick: () => void }) {
  const t = useTexts();
  return <Menu.Item disabled={refused !== undefined} c={verb === 'delete' && refused === undefined ? 'red' : undefined} title={refused} onClick={onClick}>{t.actions[verb]}</Menu.Item>;
}
