import { Anchor } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { fieldOf, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import type { Column, ResourceDef } from '../resources/registry.js';
import { fieldLabel } from './labels.js';
import { CellValue, WithNames } from './cells.js';
import { Icon } from './icons.js';
import classes from './resource-table.module.css';
import type { Sorting } from './sort-filter.js';

const ROW_HEIGHT = 45;

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

/** A table of resources, of which only the rows in sight are drawn: a thousand of them scroll as ten do. */
export function ResourceTable({ def, rows, label, without = [], sorting, onSort, actionsOf }: Props) {
  const t = useTexts();
  const frame = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin((frame.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const virtualizer = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW_HEIGHT, overscan: 15, scrollMargin });
  const items = virtualizer.getVirtualItems();
  const above = items.length > 0 ? items[0]!.start - scrollMargin : 0;
  const below = items.length > 0 ? virtualizer.getTotalSize() - (items.at(-1)!.end - scrollMargin) : 0;
  const columns = useMemo(() => def.columns.filter(({ field }) => !without.includes(field)), [def, without.join()]);
  const nameField = def.name ?? def.id;
  const head = (field: string, text: string, className?: string) => {
    const sorted = sorting?.field === field;
    return (
      <th key={field} scope="col" className={className} aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
        <button type="button" className={`${classes.head} ${sorted ? classes.sorted : ''} ${sorted && sorting.descending ? classes.descending : ''}`} onClick={() => onSort(sorted && sorting.descending ? null : { field, descending: sorted })}>
          {text}<span className={classes.arrow}><Icon name="up" size={10} /></span>
        </button>
      </th>
    );
  };
  const named = useMemo(() => columns.flatMap(({ cell }) => (typeof cell === 'object' ? [cell.ref] : [])), [columns]);
  return (
    <WithNames of={named}><div ref={frame} className={classes.frame}>
      <table className={classes.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {head(nameField, def.name ? t.fields.name : t.detail.id)}
            {columns.map(({ field, priority }) => head(field, fieldLabel(t, field), classes[`p${priority}`]))}
            <td className={classes.actions}><span className="visually-hidden">{t.list.actions}</span></td>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} />}
          {items.map(({ index }) => {
            const row = rows[index]!;
            return <TableRow key={String(fieldOf(row, def.id))} def={def} row={row} index={index} columns={columns} actionsOf={actionsOf} />;
          })}
          {below > 0 && <Space height={below} />}
        </tbody>
      </table>
    </div></WithNames>
  );
}

interface RowProps {
  readonly def: ResourceDef;
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly actionsOf: (row: Row) => ReactNode;
}

/** Drawn again when it is another one, not whenever its table scrolls. */
const TableRow = memo(function TableRow({ def, row, index, columns, actionsOf }: RowProps) {
  const id = String(fieldOf(row, def.id));
  return (
    <tr aria-rowindex={index + 2}>
      <td className={classes.name}><Anchor component={Link} href={paths.one(def.collection, id)} inherit>{String(fieldOf(row, def.name ?? def.id))}</Anchor></td>
      {columns.map(({ field, cell, priority }) => <td key={field} className={classes[`p${priority}`]}><CellValue row={row} field={field} cell={cell} /></td>)}
      <td className={classes.actions}>{actionsOf(row)}</td>
    </tr>
  );
});

const Space = ({ height }: { readonly height: number }) => <tr className={classes.space}><td style={{ height }} /></tr>;
