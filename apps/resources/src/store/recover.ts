import { TOPICS, upcast, type CloudEvent, type Decision, type JournalRecord, type RecordedEvent } from '@bordergate/contracts';
import { lastPosition, postgresCheckpoint, putBack, type Journal } from '@bordergate/platform';
import type { DataSource } from 'typeorm';
import { rebuildResourceView } from './resource-projection.js';

export interface Recovered {
  /** Decisions that the topic had and the log had not. */
  readonly decisions: number;
  /** Tunnels whose pre-shared key the vault has not: it was in the lost database only. Until each has been given a new one. */
  readonly lostPsks: readonly { readonly tunnelId: string; readonly pskRef: string }[];
}

/** The log and the topic tell different stories of the same past: nobody can say which is right but the operator. */
export class HistoriesDiffer extends Error {
  override readonly name = 'HistoriesDiffer';
  constructor(readonly position: bigint) {
    super(`the log and ${TOPICS.decisions.name} have different decisions at position ${position}: they are not of the same installation, or one of them was changed`);
  }
}

type Told = Omit<RecordedEvent, 'version'>;

/**
 * After the database was restored from a backup: appends what was decided since and is on resources.decisions.v1, so that the log and its readers
 * have one past again. To be run while resources is stopped; changes nothing when there is nothing to recover.
 * @throws HistoriesDiffer
 */
export async function recover(db: DataSource, journal: Journal): Promise<Recovered> {
  const end = await lastPosition(db.manager);
  const missing = new Map<bigint, Told>();
  await readToEnd(journal, async (events) => {
    await compare(db, events.filter(({ position }) => position <= end));
    for (const event of events) if (event.position > end) missing.set(event.position, event);
  });
  const events = [...missing.values()].sort((a, b) => (a.position < b.position ? -1 : 1));
  if (events.length === 0) return { decisions: 0, lostPsks: await lostPsks(db) };
  await db.transaction(async (tx) => {
    await putBack(tx, events);
    await postgresCheckpoint(tx, 'resources/relay').save(events.at(-1)!.position);
  });
  await rebuildResourceView(db);
  return { decisions: events.length, lostPsks: await lostPsks(db) };
}

/** Everything that the topic holds now. */
async function readToEnd(journal: Journal, take: (events: Told[]) => Promise<void>): Promise<void> {
  let [reached, failed]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const end = new Promise<void>((resolve, reject) => { [reached, failed] = [resolve, reject]; });
  const subscription = await journal.subscribe(TOPICS.decisions, { name: 'resources/recover', from: 'beginning' }, {
    batch: (records) => take(records.flatMap(toldBy)).catch(failed), // whom the same past would fail again and again
    caughtUp: () => reached(),
  });
  await end.finally(() => subscription.close());
}

function toldBy({ key, event }: JournalRecord): Told[] {
  if (!event?.sequence) return [];
  const { sequence } = event;
  const { id, time, data, tenant, actor, correlationid, causationid } = event as CloudEvent<Decision>;
  const decision = upcast<Decision>(data.type, data);
  return [{ id, position: BigInt(sequence), stream: key, type: decision.type, decision, meta: { actor, tenant, at: time, causationId: causationid, correlationId: correlationid } }];
}

async function compare(db: DataSource, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  const rows: { position: string; id: string }[] = await db.query('select position, id from events where position = any($1)', [told.map(({ position }) => position.toString())]);
  const ids = new Map(rows.map(({ position, id }) => [BigInt(position), id]));
  for (const { position, id } of told) if (ids.get(position) !== id) throw new HistoriesDiffer(position);
}

/** Of the whole log: who recovers again is told again. */
async function lostPsks(db: DataSource): Promise<Recovered['lostPsks']> {
  const rows: { decision: { type: string } }[] = await db.query("select decision from events where type in ('TunnelAdded', 'TunnelReconfigured', 'TunnelRemoved') order by position");
  const refs = new Map<string, string>();
  for (const row of rows) {
    const decision = upcast<Decision>(row.decision.type, row.decision);
    if (decision.type === 'TunnelAdded' || decision.type === 'TunnelReconfigured') refs.set(decision.tunnel.tunnelId, decision.tunnel.pskRef);
    if (decision.type === 'TunnelRemoved') refs.delete(decision.tunnelId);
  }
  const kept: { ref: string }[] = await db.query('select ref from psk where ref = any($1)', [[...refs.values()]]);
  const there = new Set(kept.map(({ ref }) => ref));
  return [...refs].filter(([, pskRef]) => !there.has(pskRef)).map(([tunnelId, pskRef]) => ({ tunnelId, pskRef }));
}
