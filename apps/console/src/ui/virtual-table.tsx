import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Icon } from './icons.js';
import type { Sorting } from './sort-filter.js';
import classes from './virtual-table.module.css';

const ROW_HEIGHT = 45;

export interface Column<T> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: T) => ReactNode;
  /** What a narrow window leaves out first: 3, then 2. */
  readonly priority?: 1 | 2 | 3;
  readonly kind?: 'name' | 'actions';
}

const classOf = ({ priority = 1, kind }: Pick<Column<unknown>, 'priority' | 'kind'>) => [kind && classes[kind], classes[`p${priority}`]].filter(Boolean).join(' ');

interface Props<T> {
  readonly label: string;
  /** The same array from one drawing to the next, so that rows that are the same are not drawn again. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly sorting: Sorting | null;
  readonly onSort: (sorting: Sorting | null) => void;
}

/** A table of which only the rows in sight are drawn: a thousand of them scroll as ten do. */
export function VirtualTable<T>({ label, columns, rows, keyOf, sorting, onSort }: Props<T>) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin((frame.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const virtualizer = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW_HEIGHT, overscan: 15, scrollMargin });
  const items = virtualizer.getVirtualItems();
  const above = items.length > 0 ? items[0]!.start - scrollMargin : 0;
  const below = items.length > 0 ? virtualizer.getTotalSize() - (items.at(-1)!.end - scrollMargin) : 0;
  return (
    <div ref={frame} className={classes.frame}>
      <table className={classes.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (column.kind === 'actions'
              ? <td key={column.id} className={classOf(column)}><span className="visually-hidden">{column.label}</span></td>
              : <Head key={column.id} id={column.id} label={column.label} className={classOf(column)} sorting={sorting} onSort={onSort} />))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} />}
          {items.map(({ index }) => {
            const row = rows[index]!;
            return <TableRow key={keyOf(row)} row={row} index={index} columns={columns as readonly Column<unknown>[]} />;
          })}
          {below > 0 && <Space height={below} />}
        </tbody>
      </table>
    </div>
  );
}

/** Drawn again when it is another one, not whenever its table scrolls. */
const TableRow = memo(function TableRow({ row, index, columns }: { readonly row: unknown; readonly index: number; readonly columns: readonly Column<unknown>[] }) {
  return <tr aria-rowindex={index + 2}>{columns.map((column) => <td key={column.id} className={classOf(column)}>{column.cell(row)}</td>)}</tr>;
});

function Head({ id, label, className, sorting, onSort }: { readonly id: string; readonly label: string; readonly className: string; readonly sorting: Sorting | null; readonly onSort: (sorting: Sorting | null) => void }) {
  const sorted = sorting?.field === id;
  return (
    <th scope="col" className={className} aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" className={`${classes.head} ${sorted ? classes.sorted : ''} ${sorted && sorting.descending ? classes.descending : ''}`} onClick={() => onSort(sorted && sorting.descending ? null : { field: id, descending: sorted })}>
        {label}<span className={classes.arrow}><Icon name="up" size={10} /></span>
      </button>
    </th>
  );
}

const Space = ({ height }: { readonly height: number }) => <tr className={classes.space}><td style={{ height }} /></tr>;
