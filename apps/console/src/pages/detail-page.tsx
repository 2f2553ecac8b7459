import { Anchor, Loader, Tabs, Text } from '@mantine/core';
import { Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { COLLECTION_OF } from '../alarms/kinds.js';
import { RaisedOf } from '../alarms/raised-of.js';
import { isProblem } from '../api/problem.js';
import { useList, useOne } from '../api/queries.js';
import { fieldOf, type Collection } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { CreateButton, useActions } from '../resources/actions.js';
import { RESOURCES } from '../resources/registry.js';
import { ResourceList } from '../resources/resource-list.js';
import { CellValue, Ref } from '../ui/cells.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { TabList } from '../ui/tab-list.js';
import classes from './detail-page.module.css';
import { tabsOf } from './tabs.js';

/** What alarm rules can be about. */
const WATCHED: ReadonlySet<Collection> = new Set(Object.values(COLLECTION_OF));

/** One resource: its views, and lists of what belongs to it. */
export function DetailPage({ collection, id, tab }: { readonly collection: Collection; readonly id: string; readonly tab?: string | undefined }) {
  const t = useTexts();
  const [, go] = useLocation();
  const def = RESOURCES[collection];
  const { data, etag, loading, error } = useOne(collection, id);
  const { buttonsOf, dialogs } = useActions(collection);
  const { one, many } = t.resources[collection];
  const back = <Anchor component={Link} href={paths.list(collection)} size="sm">{t.detail.back(many)}</Anchor>;
  if (loading) return <Loader size="sm" />;
  if (!data) return <Page title={one} above={back}>{isProblem(error, 'not-found') ? <Text>{t.detail.notFound(one, id)}</Text> : <ProblemBox error={error} />}</Page>;
  const views = tabsOf(collection);
  const shown = [...views.map((view) => view.id), ...def.children.map((child) => RESOURCES[child.collection].slug)].includes(tab ?? '') ? tab! : views[0]!.id;
  const status = def.columns.find(({ cell }) => cell === 'tunnelStatus' || cell === 'vifStatus' || cell === 'haStatus');
  return (
    <Page
      title={String(fieldOf(data, def.name ?? def.id))} above={back} actions={buttonsOf(data, etag)}
      about={<>{one} <span className={classes.id}>{def.name ? id : ''}</span>{status && <span className={classes.status}><CellValue row={data} field={status.field} cell={status.cell} /></span>}{collection === 'vpnTunnels' && <TunnelOf connection={String(fieldOf(data, 'vpnConnectionId'))} />}</>}
    >
      {dialogs}
      {WATCHED.has(collection) && <RaisedOf id={id} />}
      <Tabs value={shown} onChange={(next) => next && go(paths.one(collection, id, next), { replace: true })} keepMounted={false}>
        <TabList shown={shown}>
          {views.map((view) => <Tabs.Tab key={view.id} value={view.id}>{view.label(t)}</Tabs.Tab>)}
          {def.children.map((child) => <Tabs.Tab key={child.collection} value={RESOURCES[child.collection].slug}>{t.resources[child.collection].many}</Tabs.Tab>)}
        </TabList>
        {views.map((view) => (
          <Tabs.Panel key={view.id} value={view.id} pt="md"><Suspense fallback={<Loader size="sm" />}><view.view collection={collection} id={id} row={data} /></Suspense></Tabs.Panel>
        ))}
        {def.children.map((child) => <Tabs.Panel key={child.collection} value={RESOURCES[child.collection].slug} pt="md"><Children collection={child.collection} by={child.by} id={id} /></Tabs.Panel>)}
      </Tabs>
    </Page>
  );
}

/** Whose tunnel it is: its id alone says that to nobody. */
function TunnelOf({ connection }: { readonly connection: string }) {
  const { data } = useOne('vpnConnections', connection);
  return <span className={classes.of}><Ref collection="vpnConnections" id={connection} />{data && <> · <Ref collection="customerGateways" id={data.cgwId} /></>}</span>;
}

/** What belongs to a resource, and a button for one more of it. */
function Children({ collection, by, id }: { readonly collection: Collection; readonly by: string; readonly id: string }) {
  const where = { [by]: id };
  const { rows } = useList(collection, where);
  const create = RESOURCES[collection].creatable && <CreateButton collection={collection} given={where} stay />;
  return (
    <>
      {rows.length > 0 && create && <div className={classes.create}>{create}</div>}
      <ResourceList collection={collection} where={where} createAction={create} />
    </>
  );
}
