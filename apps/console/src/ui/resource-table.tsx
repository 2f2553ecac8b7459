import { Anchor } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { fieldOf, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import type { ResourceDef } from '../resources/registry.js';
import { CellValue, WithNames } from './cells.js';
import { fieldLabel } from './labels.js';
import type { Sorting } from './sort-filter.js';
import { VirtualTable, type Column } from './virtual-table.js';

interface Props {
  readonly def: ResourceDef;
  readonly rows: readonly Row[];
  readonly label: string;
  /** Columns that say nothing here: a child's own parent. */
  readonly without?: readonly string[];
  readonly sorting: Sorting | null;
  readonly onSort: (sorting: Sorting | null) => void;
  readonly actionsOf: (row: Row) => ReactNode;
}

/** A table of resources, with the columns of their kind. */
export function ResourceTable({ def, rows, label, without = [], sorting, onSort, actionsOf }: Props) {
  const t = useTexts();
  const shown = useMemo(() => def.columns.filter(({ field }) => !without.includes(field)), [def, without.join()]);
  const columns = useMemo((): Column<Row>[] => {
    const nameField = def.name ?? def.id;
    return [
      { id: nameField, kind: 'name', label: def.name ? t.fields.name : t.detail.id, cell: (row) => <Anchor component={Link} href={paths.one(def.collection, String(fieldOf(row, def.id)))} inherit>{String(fieldOf(row, nameField))}</Anchor> },
      ...shown.map(({ field, cell, priority }): Column<Row> => ({ id: field, label: fieldLabel(t, field), priority, cell: (row) => <CellValue row={row} field={field} cell={cell} /> })),
      { id: 'actions', kind: 'actions', label: t.list.actions, cell: actionsOf },
    ];
  }, [def, shown, t, actionsOf]);
  const named = useMemo(() => shown.flatMap(({ cell }) => (typeof cell === 'object' ? [cell.ref] : [])), [shown]);
  return <WithNames of={named}><VirtualTable label={label} columns={columns} rows={rows} keyOf={(row) => String(fieldOf(row, def.id))} sorting={sorting} onSort={onSort} /></WithNames>;
}
