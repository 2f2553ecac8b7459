import { useList } from '../api/queries.js';
import type { Collection } from '../api/types.js';
import { CreateButton } from '../resources/actions.js';
import { RESOURCES } from '../resources/registry.js';
import { useTexts } from '../i18n/index.js';
import { ResourceList } from '../resources/resource-list.js';
import { Page } from '../ui/page.js';

export function ListPage({ collection }: { readonly collection: Collection }) {
  const t = useTexts();
  const { many, about } = t.resources[collection];
  const { rows } = useList(collection);
  const create = RESOURCES[collection].creatable && <CreateButton collection={collection} />;
  return <Page title={many} about={about} actions={rows.length > 0 && create}><ResourceList collection={collection} createAction={create} /></Page>;
}
