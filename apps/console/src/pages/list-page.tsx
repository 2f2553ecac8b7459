import type { Collection } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { ResourceList } from '../resources/resource-list.js';
import { Page } from '../ui/page.js';

export function ListPage({ collection }: { readonly collection: Collection }) {
  const t = useTexts();
  const { many, about } = t.resources[collection];
  return <Page title={many} about={about}><ResourceList collection={collection} /></Page>;
}
