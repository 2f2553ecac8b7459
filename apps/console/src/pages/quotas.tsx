import { Button, Loader, Text } from '@mantine/core';
import { lazy, useState } from 'react';
import { listKey, usePages } from '../api/queries.js';
import { usePlatform } from '../api/platform.js';
import type { Quota } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { collectionOfId } from '../resources/registry.js';
import { Dialog } from '../ui/dialog.js';
import { Ref } from '../ui/cells.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import table from '../ui/table.module.css';

const QuotaForm = lazy(() => import('../forms/settings-forms.js').then(({ QuotaForm }) => ({ default: QuotaForm })));

/** How many of each there may be, and are. */
export function Quotas() {
  const t = useTexts();
  const { region } = usePlatform();
  const { rows, loading, error, refetch } = usePages<Quota>(`/v1/regions/${region}/quotas`, listKey(region, 'quotas'));
  const [asked, setAsked] = useState<Quota | null>(null);
  const what = (quota: Quota) => t.quotas.types[quota.type] ?? quota.type;
  return (
    <Page title={t.quotas.title} about={t.quotas.about}>
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {loading && <Loader size="sm" />}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard
        <section className={table.scroll} tabIndex={0} aria-label={t.quotas.title}>
          <table className={table.table}>
            <thead><tr><th scope="col">{t.fields.type}</th><th scope="col">{t.fields.parentResourceId}</th><th scope="col">{t.fields.count}</th><th scope="col">{t.fields.maxLimit}</th><td /></tr></thead>
            <tbody>
              {rows.map((quota) => (
                <tr key={`${quota.type} ${quota.parentResourceId}`}>
                  <th scope="row">{what(quota)}</th>
                  <td>{quota.parentResourceId === null ? (quota.count === null ? t.quotas.every : t.quotas.region) : <Parent id={quota.parentResourceId} />}</td>
                  <td>{quota.count ?? <Text span size="sm" c="dimmed">{t.quotas.eachOwn}</Text>}</td>
                  <td>{quota.maxLimit}</td>
                  <td>{quota.fixed ? <Text span size="sm" c="dimmed">{t.quotas.fixed}</Text> : <Button variant="default" size="compact-sm" aria-label={`${t.quotas.set}: ${what(quota)} ${quota.parentResourceId ?? ''}`} onClick={() => setAsked(quota)}>{t.quotas.set}</Button>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {asked && <Dialog opened title={t.quotas.setFor(what(asked))} onClose={() => setAsked(null)} size="md"><QuotaForm quota={asked} onClose={() => setAsked(null)} /></Dialog>}
    </Page>
  );
}

function Parent({ id }: { readonly id: string }) {
  const collection = collectionOfId(id);
  return collection ? <Ref collection={collection} id={id} /> : id;
}
