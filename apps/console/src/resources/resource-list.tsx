import { Button, Group, Loader, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { useNames, useList, type Where } from '../api/queries.js';
import { useTunnelStates } from '../api/platform.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { tunnelTone } from '../ui/cells.js';
import { Empty } from '../ui/empty.js';
import { FilterField } from '../ui/filter-field.js';
import { Icon } from '../ui/icons.js';
import { ProblemBox } from '../ui/problem-box.js';
import { ResourceTable } from '../ui/resource-table.js';
import { filterRows, sortRows, type Sorting } from '../ui/sort-filter.js';
import { useActions } from './actions.js';
import { RESOURCES, type ResourceDef } from './registry.js';

const WITHOUT_FILTER = 6;
type State = 'any' | 'up' | 'down' | 'disabled';

/** A list of resources with its filter: a page of its own, or a tab of what they belong to (`where`). */
export function ResourceList({ collection, where, createAction }: { readonly collection: Collection; readonly where?: Where; readonly createAction?: ReactNode }) {
  const t = useTexts();
  const def = RESOURCES[collection];
  const { rows, loading, more, error, refetch } = useList(collection, where);
  const [filter, setFilter] = useState('');
  const [state, setState] = useState<State>('any');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const wanted = useDeferredValue(filter);
  const textsOf = useTextsOfRow(def);
  const inState = useInState(collection, state);
  const shown = useMemo(() => sortRows(filterRows((rows as readonly Row[]).filter(inState), wanted, textsOf), sorting, fieldOf), [rows, inState, wanted, textsOf, sorting]);
  const { many } = t.resources[collection];
  const { menuOf, dialogs } = useActions(collection);

  if (error && rows.length === 0) return <ProblemBox error={error} onRetry={refetch} />;
  if (loading) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>;
  if (rows.length === 0) return <Empty text={t.resources[collection].empty} action={createAction} />;
  return (
    <Stack gap="sm">
      {dialogs}
      {error && <ProblemBox error={error} onRetry={refetch} />}
      {(rows.length >= WITHOUT_FILTER || filter !== '' || state !== 'any') && (
        <Group gap="sm">
          <FilterField label={t.list.filter(many)} placeholder={t.list.filterPlaceholder} value={filter} onChange={setFilter} />
          {def.switchable && (
            <SegmentedControl aria-label={t.list.state} size="xs" value={state} onChange={(next) => setState(next as State)} data={(['any', 'up', 'down', 'disabled'] as const).map((value) => ({ value, label: t.list.states[value] }))} />
          )}
          <Text size="sm" c="dimmed" role="status">{more ? t.list.loadingMore(rows.length) : t.list.count(shown.length, rows.length)}</Text>
        </Group>
      )}
      {shown.length === 0
        ? <Empty text={t.list.nothing} action={<Button variant="default" leftSection={<Icon name="close" />} onClick={() => { setFilter(''); setState('any'); }}>{t.list.clear}</Button>} />
        : <ResourceTable def={def} rows={shown} label={many} without={Object.keys(where ?? {})} sorting={sorting} onSort={setSorting} actionsOf={menuOf} />}
    </Stack>
  );
}

/** What the filter looks at: ids, names, and the names of what a row refers to. */
function useTextsOfRow(def: ResourceDef): (row: Row) => string[] {
  const gateways = useNames('borderGateways');
  const connections = useNames('vpnConnections');
  return useMemo(() => (row) => [
    ...Object.values(row as Readonly<Record<string, unknown>>).filter((value) => typeof value === 'string' || typeof value === 'number').map(String),
    ...def.columns.filter(({ cell }) => cell === 'list').map(({ field }) => (fieldOf(row, field) as readonly unknown[]).join(' ')),
    gateways.get(String(fieldOf(row, 'bgwId'))) ?? '', connections.get(String(fieldOf(row, 'vpnConnectionId'))) ?? '',
  ], [def, gateways, connections]);
}

/** By the present state, which moves: a tunnel that goes down while one looks at those that are up leaves the list. */
function useInState(collection: Collection, state: State): (row: Row) => boolean {
  const states = useTunnelStates();
  const moving = state === 'any' ? undefined : states; // without the filter a change of state is no change of the list
  return useMemo(() => (row) => {
    if (state === 'any') return true;
    const present = (collection === 'vpnTunnels' ? moving?.get(String(fieldOf(row, 'vpnTunnelId'))) : undefined) ?? { opStatus: String(fieldOf(row, 'opStatus')), adminStatus: String(fieldOf(row, 'adminStatus')) };
    return tunnelTone(present) === (state === 'disabled' ? 'off' : state);
  }, [collection, state, moving]);
}
