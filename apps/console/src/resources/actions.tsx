import { Button } from '@mantine/core';
import { lazy, useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { usePlatform, useTunnelState } from '../api/platform.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts, type Texts } from '../i18n/index.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { MenuButton, VerbItem, type Verb } from '../ui/menu-button.js';
import { Confirm } from './confirm.js';
import { RESOURCES, type ResourceDef } from './registry.js';

const CreateForm = lazy(() => import('../forms/dialogs.js').then(({ CreateForm }) => ({ default: CreateForm })));
const BulkRoutes = lazy(() => import('../forms/bulk-routes.js').then(({ BulkRoutes }) => ({ default: BulkRoutes })));
const EditForm = lazy(() => import('../forms/dialogs.js').then(({ EditForm }) => ({ default: EditForm })));

export const nameOf = (def: ResourceDef, row: Row): string => String(fieldOf(row, def.name ?? def.id));
const idOf = (def: ResourceDef, row: Row): string => String(fieldOf(row, def.id));

/** A button that opens the form of a new resource. `given`: fields that where one is has decided. */
export function CreateButton({ collection, given, stay }: { readonly collection: Collection; readonly given?: Readonly<Record<string, string>>; readonly stay?: boolean }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  const { create } = t.resources[collection];
  return (
    <>
      {(collection === 'staticRoutes' || collection === 'vpcRoutes') && <SeveralButton collection={collection} given={given ?? {}} />}
      <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpened(true)}>{create}</Button>
      <Dialog title={create} opened={opened} onClose={() => setOpened(false)}><CreateForm collection={collection} given={given ?? {}} stay={stay ?? false} onClose={() => setOpened(false)} /></Dialog>
    </>
  );
}

/** Many routes at once, one line for each. */
function SeveralButton({ collection, given }: { readonly collection: 'staticRoutes' | 'vpcRoutes'; readonly given: Readonly<Record<string, string>> }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>{t.form.several}</Button>
      <Dialog title={t.form.severalOf(t.resources[collection].many)} opened={opened} onClose={() => setOpened(false)}><BulkRoutes collection={collection} given={given} onClose={() => setOpened(false)} /></Dialog>
    </>
  );
}

/** Menus of rows and buttons of pages, with the dialogs they open: those belong to the list, so that a row may leave meanwhile. */
export function useActions(collection: Collection) {
  const def = RESOURCES[collection];
  const [asked, setAsked] = useState<{ verb: Verb; row: Row; etag: string | null } | null>(null);
  const ask = useCallback((verb: Verb, row: Row, etag: string | null = null) => setAsked({ verb, row, etag }), []);
  const menuOf = useCallback((row: Row) => <MenuButton of={nameOf(def, row)}><ResourceItems def={def} row={row} ask={ask} /></MenuButton>, [def, ask]);
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

function ResourceItems({ def, row, ask }: { readonly def: ResourceDef; readonly row: Row; readonly ask: Ask }) {
  const t = useTexts();
  return verbsOf(def, row, useAdminStatus(def, row)).map(({ verb, allowed, why }) => <VerbItem key={verb} verb={verb} refused={allowed ? undefined : (why?.(t) ?? '')} onClick={() => ask(verb, row)} />);
}

function PageButtons({ def, row, ask }: { readonly def: ResourceDef; readonly row: Row; readonly ask: (verb: Verb) => void }) {
  const t = useTexts();
  return verbsOf(def, row, useAdminStatus(def, row)).map(({ verb, allowed, why }) => (
    <Button key={verb} variant={verb === 'enable' ? 'filled' : 'default'} c={verb === 'delete' && allowed ? 'red' : undefined} disabled={!allowed} title={allowed ? undefined : why?.(t)} onClick={() => ask(verb)}>{t.actions[verb]}</Button>
  ));
}

function AskedDialog({ def, verb, row, etag, onClose }: { readonly def: ResourceDef; readonly verb: Verb; readonly row: Row; readonly etag: string | null; readonly onClose: () => void }) {
  const t = useTexts();
  const { region } = usePlatform();
  const [location, go] = useLocation();
  const name = nameOf(def, row);
  const id = idOf(def, row);
  const { one, deleteWarning } = t.resources[def.collection];
  if (verb === 'edit') return <Dialog opened title={t.form.editTitle(one, name)} onClose={onClose}><EditForm collection={def.collection} id={id} onClose={onClose} /></Dialog>;
  const text = verb === 'delete' ? `${t.form.deleteText(name)} ${deleteWarning ?? ''}` : verb === 'disable' ? (def.collection === 'vpnTunnels' ? t.form.disableTunnel : t.form.disableOther) : '';
  const deleted = () => { if (location.startsWith(paths.one(def.collection, id))) go(paths.list(def.collection)); };
  return <Confirm verb={verb} what={one} name={name} path={`/v1/regions/${region}/${def.collection}/${encodeURIComponent(id)}`} etag={etag} text={text} onClose={onClose} onDeleted={deleted} />;
}
