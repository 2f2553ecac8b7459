import { Anchor, Loader } from '@mantine/core';
import { Link } from 'wouter';
import { isProblem } from '../api/problem.js';
import { useOne } from '../api/queries.js';
import { fieldOf, type Collection } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { RESOURCES } from '../resources/registry.js';
import { Details } from '../resources/details.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';

/** One resource. */
export function DetailPage({ collection, id }: { readonly collection: Collection; readonly id: string; readonly tab?: string | undefined }) {
  const t = useTexts();
  const def = RESOURCES[collection];
  const { data, loading, error } = useOne(collection, id);
  const { one, many } = t.resources[collection];
  const back = <Anchor component={Link} href={paths.list(collection)} size="sm">{t.detail.back(many)}</Anchor>;
  if (loading) return <Loader size="sm" />;
  if (!data) return <Page title={one} above={back}>{isProblem(error, 'not-found') ? <p>{t.detail.notFound(one, id)}</p> : <ProblemBox error={error} />}</Page>;
  return <Page title={String(fieldOf(data, def.name ?? def.id))} about={one} above={back}><Details def={def} row={data} /></Page>;
}
