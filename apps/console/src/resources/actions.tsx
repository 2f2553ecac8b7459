import { ActionIcon, Button, Group, Loader, Menu, Modal, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { usePlatform, useTunnelState } from '../api/platform.js';
import { isProblem } from '../api/problem.js';
import { useRefresh } from '../api/queries.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts, type Texts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';
import { useProblemText } from '../ui/problem-box.js';
import { RESOURCES, type ResourceDef } from './registry.js';

const CreateForm = lazy(() => import('../forms/dialogs.js').then(({ CreateForm }) => ({ default: CreateForm })));
const EditForm = lazy(() => import('../forms/dialogs.js').then(({ EditForm }) => ({ default: EditForm })));

type Verb = 'edit' | 'delete' | 'enable' | 'disable';

export const nameOf = (def: ResourceDef, row: Row): string => String(fieldOf(row, def.name ?? def.id));
const idOf = (def: ResourceDef, row: Row): string => String(fieldOf(row, def.id));

/** A dialog as all of the console have it. */
export function Dialog({ title, opened, onClose, children, size = 'lg' }: { readonly title: string; readonly opened: boolean; readonly onClose: () => void; readonly children: ReactNode; readonly size?: string }) {
  const t = useTexts();
  const small = useMediaQuery('(max-width: 48em)');
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size} fullScreen={small ?? false} lockScroll={false} closeButtonProps={{ 'aria-label': t.actions.close }} closeOnClickOutside={false}>
      <Suspense fallback={<Loader size="sm" />}>{children}</Suspense>
    </Modal>
  );
}

/** A button that opens the form of a new resource. `given`: fields that where one is has decided. */
export function CreateButton({ collection, given, stay }: { readonly collection: Collection; readonly given?: Readonly<Record<string, string>>; readonly stay?: boolean }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  const { create } = t.resources[collection];
  return (
    <>
      <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpened(true)}>{create}</Button>
      <Dialog title={create} opened={opened} onClose={() => setOpened(false)}><CreateForm collection={collection} given={given ?? {}} stay={stay ?? false} onClose={() => setOpened(false)} /></Dialog>
    </>
  );
}

/** Menus of rows and buttons of pages, with the dialogs they open: those belong to the list, so that a row may leave meanwhile. */
export function useActions(collection: Collection) {
  const def = RESOURCES[collection];
  const [asked, setAsked] = useState<{ verb: Verb; row: Row; etag: string | null } | null>(null);
  const ask = useCallback((verb: Verb, row: Row, etag: string | null = null) => setAsked({ verb, row, etag }), []);
  const menuOf = useCallback((row: Row) => <RowMenu def={def} row={row} ask={ask} />, [def, ask]);
  const close = () => setAsked(null);
  return {
    menuOf,
    buttonsOf: (row: Row, etag: string | null) => <PageButtons def={def} row={row} ask={(verb) => ask(verb, row, etag)} />,
    dialogs: asked && <AskedDialog def={def} {...asked} onClose={close} />,
  };
}

type Ask = (verb: Verb, row: Row, etag?: string | null) => void;

function verbsOf(def: ResourceDef, row: Row, adminStatus: string): { verb: Verb; allowed: boolean; why?: (t: Texts) => string }[] {
  const up = adminStatus === 'UP';
  const stopped = def.collection !== 'vpnTunnels' || !up;
  const disableFirst = (t: Texts) => t.tunnels.disableFirst;
  return [
    ...(def.switchable ? [{ verb: up ? ('disable' as const) : ('enable' as const), allowed: true }] : []),
    ...(def.editable ? [{ verb: 'edit' as const, allowed: stopped, why: disableFirst }] : []),
    { verb: 'delete' as const, allowed: stopped && fieldOf(row, 'main') !== true, why: disableFirst },
  ];
}

/** The present administrative status: what the live stream says of a tunnel, else what the list says. */
function useAdminStatus(def: ResourceDef, row: Row): string {
  const live = useTunnelState(def.collection === 'vpnTunnels' ? idOf(def, row) : '');
  return live?.adminStatus ?? String(fieldOf(row, 'adminStatus') ?? '');
}

/** A button until it is pressed: a menu for each of a thousand rows would be felt. */
function RowMenu({ def, row, ask }: { readonly def: ResourceDef; readonly row: Row; readonly ask: Ask }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  if (opened) return <OpenedMenu def={def} row={row} ask={ask} />;
  return <ActionIcon variant="subtle" color="gray" aria-label={t.list.actionsOf(nameOf(def, row))} aria-haspopup="menu" aria-expanded={false} onClick={() => setOpened(true)}><Icon name="more" /></ActionIcon>;
}

function OpenedMenu({ def, row, ask }: { readonly def: ResourceDef; readonly row: Row; readonly ask: Ask }) {
  const t = useTexts();
  const verbs = verbsOf(def, row, useAdminStatus(def, row));
  return (
    <Menu position="bottom-end" withinPortal defaultOpened withInitialFocusPlaceholder={false}>
      <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={t.list.actionsOf(nameOf(def, row))}><Icon name="more" /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {verbs.map(({ verb, allowed, why }) => <Menu.Item key={verb} disabled={!allowed} color={verb === 'delete' ? 'red' : undefined} title={allowed ? undefined : why?.(t)} onClick={() => ask(verb, row)}>{t.actions[verb]}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

function PageButtons({ def, row, ask }: { readonly def: ResourceDef; readonly row: Row; readonly ask: (verb: Verb) => void }) {
  const t = useTexts();
  return verbsOf(def, row, useAdminStatus(def, row)).map(({ verb, allowed, why }) => (
    <Button key={verb} variant={verb === 'enable' ? 'filled' : 'default'} c={verb === 'delete' && allowed ? 'red' : undefined} disabled={!allowed} title={allowed ? undefined : why?.(t)} onClick={() => ask(verb)}>{t.actions[verb]}</Button>
  ));
}

function AskedDialog({ def, verb, row, etag, onClose }: { readonly def: ResourceDef; readonly verb: Verb; readonly row: Row; readonly etag: string | null; readonly onClose: () => void }) {
  const t = useTexts();
  const name = nameOf(def, row);
  const { one, deleteWarning } = t.resources[def.collection];
  if (verb === 'edit') return <Dialog opened title={t.form.editTitle(one, name)} onClose={onClose}><EditForm collection={def.collection} id={idOf(def, row)} onClose={onClose} /></Dialog>;
  const text = verb === 'delete' ? `${t.form.deleteText(name)} ${deleteWarning ?? ''}` : verb === 'disable' ? (def.collection === 'vpnTunnels' ? t.form.disableTunnel : t.form.disableOther) : '';
  return <Confirm def={def} verb={verb} row={row} etag={etag} title={verb === 'delete' ? t.form.deleteTitle(one) : verb === 'disable' ? t.form.disableTitle : `${t.actions.enable} ${name}?`} text={text} onClose={onClose} />;
}

/** What is done at once, after one more question; a refusal is said here. */
function Confirm({ def, verb, row, etag, title, text, onClose }: { readonly def: ResourceDef; readonly verb: Exclude<Verb, 'edit'>; readonly row: Row; readonly etag: string | null; readonly title: string; readonly text: string; readonly onClose: () => void }) {
  const t = useTexts();
  const { api, region } = usePlatform();
  const refresh = useRefresh();
  const [location, go] = useLocation();
  const textOf = useProblemText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [seen, setSeen] = useState(etag);
  const id = idOf(def, row);
  const path = `/v1/regions/${region}/${def.collection}/${encodeURIComponent(id)}`;
  const act = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await (verb === 'delete' ? api.send(path, { method: 'DELETE', ifMatch: seen }) : api.send(`${path}:${verb}`, { method: 'POST', ifMatch: seen }));
      notifications.show({ message: verb === 'delete' ? t.form.deleted(nameOf(def, row)) : verb === 'enable' ? t.form.enabled(nameOf(def, row)) : t.form.disabled(nameOf(def, row)), color: 'green' });
      onClose();
      if (verb === 'delete' && location.startsWith(paths.one(def.collection, id))) go(paths.list(def.collection));
      await refresh();
    } catch (error) {
      setBusy(false);
      const changed = isProblem(error, 'version-mismatch');
      if (changed) setSeen(null); // it has been shown again: whoever presses once more means what is there now
      setFailure(changed ? t.form.changedElsewhere : textOf(error));
      if (changed) await refresh();
    }
  };
  return (
    <Dialog opened title={title} onClose={onClose} size="md">
      <Stack>
        {text && <Text size="sm">{text}</Text>}
        {failure && <Text size="sm" c="red" role="alert">{failure}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t.actions.cancel}</Button>
          <Button color={verb === 'delete' ? 'red' : undefined} loading={busy} onClick={() => void act()}>{t.actions[verb]}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
