import { readWholeLog, type InlineViews } from '@bordergate/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { ResourceRows, writeRows } from './resource-rows.js';

/**
 * Keeps the table `resource` in the transaction of the append, so a caller reads its own writes. A unit may call it
 * several times before its events are stored: what was folded so far is kept per transaction, because a unit that is
 * tried again after a conflict starts from other events.
 */
export function inlineResourceView(): InlineViews {
  const folds = new WeakMap<EntityManager, ResourceRows>();
  return async (tx, events, before) => {
    const rows = folds.get(tx) ?? new ResourceRows();
    folds.set(tx, rows);
    for (const event of events) {
      if (!rows.knows(event.stream)) rows.learn(event.stream, before(event.stream));
      rows.apply(event);
    }
    await writeRows(tx, rows.take());
  };
}

/** Makes the table anew from the log. Readers see the old rows until it is done; commands wait. */
export async function rebuildResourceView(db: DataSource): Promise<void> {
  await db.transaction('READ COMMITTED', async (tx) => {
    // A command writes the view before it appends, so behind this lock the log holds exactly what the view must.
    await tx.query('lock table resource in share row exclusive mode');
    const rows = new ResourceRows();
    for await (const event of readWholeLog(tx)) rows.apply(event);
    await tx.query('delete from resource');
    await writeRows(tx, { puts: rows.take().puts, deletes: [] });
  });
}
