import { Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { List } from '../api/queries.js';
import { useTexts } from '../i18n/index.js';
import { WithNames } from '../ui/cells.js';
import { Empty } from '../ui/empty.js';
import { FilterField } from '../ui/filter-field.js';
import { ProblemBox } from '../ui/problem-box.js';
import { filterRows, sortRows, type Sorting } from '../ui/sort-filter.js';
import { VirtualTable, type Column } from '../ui/virtual-table.js';
import { questionOf } from './question.js';
import type { Place } from './queries.js';
import { WhyDrawer } from './why.js';
import classes from './routes.module.css';

const WITHOUT_FILTER = 8;
/** What next hops are. */
const NAMED = ['borderGateways', 'vpcAttachments', 'vpnConnections', 'virtualInterfaces'] as const;

interface Props<T> {
  readonly list: List<T>;
  readonly label: string;
  readonly empty: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly prefixOf: (row: T) => string;
  /** Where "why?" of a row is asked. */
  readonly placeOf: (row: T) => Place;
}

const fieldOf = <T,>(row: T, field: string): unknown => (row as Readonly<Record<string, unknown>>)[field];
/** What the filter looks at: every word and number of a row. */
const textsOf = <T,>(row: T): readonly string[] => [JSON.stringify(Object.values(row as object))];

/** A table of routes in which every row can be asked "why?". */
export function RouteList<T>({ list: { rows, loading, error, refetch }, label, empty, columns, keyOf, prefixOf, placeOf }: Props<T>) {
  const t = useTexts();
  const ask = useAsk();
  const [filter, setFilter] = useState('');
  const wanted = useDeferredValue(filter);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const shown = useMemo(() => sortRows(filterRows(rows, wanted, textsOf), sorting, fieldOf), [rows, wanted, sorting]);
  if (error && rows.length === 0) return <ProblemBox error={error} onRetry={refetch} />;
  if (loading) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>;
  if (rows.length === 0) return <Empty text={empty} />;
  const whyColumn: Column<T> = {
    id: 'why', kind: 'actions', label: t.routes.why,
    cell: (row) => <Button variant="light" size="compact-sm" aria-label={t.routes.whyOf(prefixOf(row))} onClick={() => ask(prefixOf(row), placeOf(row))}>{t.routes.why}</Button>,
  };
  return (
    <Stack gap="sm">
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {rows.length >= WITHOUT_FILTER && (
        <Group gap="sm">
          <FilterField label={t.routes.filter} placeholder={t.routes.filterPlaceholder} value={filter} onChange={setFilter} />
          <Text size="sm" c="dimmed" role="status">{t.routes.count(shown.length, rows.length)}</Text>
        </Group>
      )}
      {shown.length === 0 ? <Empty text={t.routes.nothing} /> : <WithNames of={NAMED}><VirtualTable label={label} columns={[...columns, whyColumn]} rows={shown} keyOf={keyOf} sorting={sorting} onSort={setSorting} /></WithNames>}
    </Stack>
  );
}

/** The question stands in the address, so that an answer can be sent to somebody: ?why=10.20.0.0/16, and where it was asked when that is not the page's own resource. */
function useAsk(): (what: string, place?: Place) => void {
  const [, setSearch] = useSearchParams();
  return (what, place) => setSearch((before) => {
    const next = new URLSearchParams(before);
    next.set('why', what);
    if (place?.routeTableId) next.set('in', place.routeTableId);
    else next.delete('in');
    return next;
  });
}

/** Asks for any address or network, and shows the answer to what the page's address asks. */
export function AskWhy({ place }: { readonly place: Place }) {
  const t = useTexts();
  const ask = useAsk();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const why = search.get('why');
  const question = why === null ? null : questionOf(why);
  const close = () => setSearch((before) => {
    const next = new URLSearchParams(before);
    next.delete('why');
    next.delete('in');
    return next;
  });
  return (
    <>
      <form
        className={classes.ask}
        onSubmit={(event) => {
          event.preventDefault();
          const valid = questionOf(text) !== null;
          setRefused(!valid);
          if (valid) ask(text.trim());
        }}
      >
        <TextInput className={classes.askInput} label={t.why.askLabel} placeholder={t.why.askPlaceholder} value={text} onChange={(event) => { setText(event.currentTarget.value); setRefused(false); }} error={refused && t.why.askInvalid} />
        <Button type="submit" variant="default">{t.why.ask}</Button>
      </form>
      <WhyDrawer asked={question && { place: { ...place, routeTableId: place.kind === 'vpcs' ? search.get('in') ?? place.routeTableId : undefined }, question }} onClose={close} />
    </>
  );
}
