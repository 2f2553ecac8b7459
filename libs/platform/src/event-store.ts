import { upcast, type Decision, type EventMeta, type RecordedEvent } from '@bordergate/contracts';
import { newUuid } from './ids.js';
import { sqlState, together, type Sql, type Statement } from './sql.js';

/** An event that is decided and not yet in the log: all but its position is known. */
export type PendingEvent<D extends Decision = Decision> = Omit<RecordedEvent<D>, 'position'>;

/** Someone else appended to the stream first. */
export class ConcurrencyError extends Error {
  override readonly name = 'ConcurrencyError';
  constructor(readonly stream: string, readonly expectedVersion: number) {
    super(`stream ${stream} is not at version ${expectedVersion}`);
  }
}

/**
 * The log of one service: one per database. Positions are handed out under one transaction-scoped advisory lock, so
 * they become visible in order: whoever has read up to position p has seen every event that will ever have one <= p.
 * The lock is held from the append to the commit; so do the append last in a transaction.
 */
export const EVENT_STORE_SQL = `
create table if not exists events (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  stream text not null,
  version int not null,
  type text not null,
  decision jsonb not null,
  meta jsonb not null,
  at timestamptz not null,
  constraint events_stream_version unique (stream, version)
);
create or replace function append_events(p_stream text, p_expected int, p_ids uuid[], p_types text[], p_decisions jsonb[], p_meta jsonb, p_at timestamptz)
returns bigint[] language plpgsql as $fn$
declare positions bigint[];
begin
  perform pg_advisory_xact_lock(hashtextextended('bordergate.events', 0));
  if p_expected <> (select coalesce(max(version), 0) from events where stream = p_stream) then
    raise exception 'stream % is not at version %', p_stream, p_expected using errcode = 'ES409';
  end if;
  with added as (
    insert into events (id, stream, version, type, decision, meta, at)
    select i, p_stream, p_expected + n, t, d, p_meta, p_at
    from unnest(p_ids, p_types, p_decisions) with ordinality as e(i, t, d, n) order by n
    returning position)
  select array_agg(position order by position) into positions from added;
  return positions;
end $fn$;`;

/**
 * Appends to the end of one stream; several streams by several calls in one transaction.
 * @param expectedVersion version of the stream's last event; 0: the stream must not exist
 * @throws ConcurrencyError when the stream is at another version
 */
export async function append(tx: Sql, stream: string, expectedVersion: number, decisions: readonly Decision[], meta: EventMeta): Promise<RecordedEvent[]> {
  return appendPending(tx, pendingEvents(stream, expectedVersion, decisions, meta));
}

/** The events that an append at this version would record. */
export const pendingEvents = <D extends Decision>(stream: string, expectedVersion: number, decisions: readonly D[], meta: EventMeta): PendingEvent<D>[] =>
  decisions.map((decision, n) => ({ id: newUuid(), stream, version: expectedVersion + n + 1, type: decision.type, decision, meta }));

/** Records events of one stream with consecutive versions and one meta. */
async function appendPending(tx: Sql, events: readonly PendingEvent[]): Promise<RecordedEvent[]> {
  if (events.length === 0) return [];
  const { sql, parameters } = appending(events);
  return tx.query(sql, parameters).then((rows) => appended(events, rows), (error: unknown) => notAppended(events, error));
}

/**
 * Records events with the transaction's last statements, and ends it: one way to the database and back, for which the log's lock is held.
 * @param before what else belongs to it
 */
export async function appendAndCommit(tx: Sql, runs: readonly (readonly PendingEvent[])[], before: readonly Statement[]): Promise<RecordedEvent[]> {
  // All made before the first is sent: one that could not be made, with a commit behind it, would leave a part of the whole.
  const statements = runs.map(appending);
  const recorded = await together([
    ...before.map(({ sql, parameters }) => tx.query(sql, parameters).then(() => [])),
    ...runs.map((events, n) => tx.query(statements[n]!.sql, statements[n]!.parameters).then((rows) => appended(events, rows), (error: unknown) => notAppended(events, error))),
    tx.query('commit').then(() => []),
  ]);
  return recorded.flat();
}

const appending = (events: readonly PendingEvent[]): Statement => {
  const { stream, version, meta } = events[0]!;
  return {
    sql: 'select append_events($1, $2, $3, $4, $5, $6, $7)::text[] as positions',
    parameters: [stream, version - 1, events.map((e) => e.id), events.map((e) => e.type), events.map((e) => JSON.stringify(e.decision)), JSON.stringify(meta), meta.at],
  };
};

const appended = (events: readonly PendingEvent[], [row]: readonly { positions: string[] }[]): RecordedEvent[] => events.map((event, n) => ({ ...event, position: BigInt(row!.positions[n]!) }));

function notAppended([first]: readonly PendingEvent[], error: unknown): never {
  if (sqlState(error) === 'ES409') throw new ConcurrencyError(first!.stream, first!.version - 1);
  throw error;
}

/**
 * Puts back what this log had recorded before its database was restored to an older state: at the positions of then, which readers know. The
 * next version of each stream follows from the log. Takes the log's lock for the rest of the transaction.
 * @param events in log order, all after the log's end
 */
export async function putBack(tx: Sql, events: readonly Omit<RecordedEvent, 'version'>[]): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('bordergate.events', 0))");
  for (const { position, id, stream, type, decision, meta } of events) {
    await tx.query(
      `insert into events (position, id, stream, version, type, decision, meta, at) overriding system value
       values ($1, $2, $3, 1 + (select coalesce(max(version), 0) from events where stream = $3), $4, $5, $6, $7)`,
      [position.toString(), id, stream, type, JSON.stringify(decision), JSON.stringify(meta), meta.at],
    );
  }
  await tx.query("select setval(pg_get_serial_sequence('events', 'position'), (select max(position) from events))");
}

const COLUMNS = 'position, id, stream, version, type, decision, meta';

/** The events of a stream after a version, all of them by default, oldest first; none when it does not exist. */
export async function readStream<D extends Decision = Decision>(tx: Sql, stream: string, afterVersion = 0): Promise<RecordedEvent<D>[]> {
  return (await tx.query(`select ${COLUMNS} from events where stream = $1 and version > $2 order by version`, [stream, afterVersion])).map(toEvent);
}

/** At most `limit` events after a position, in log order: the next page begins after the last one's position. */
export async function readLog(tx: Sql, afterPosition: bigint, limit: number): Promise<RecordedEvent[]> {
  return (await tx.query(`select ${COLUMNS} from events where position > $1 order by position limit $2`, [afterPosition.toString(), limit])).map(toEvent);
}

/** The whole log in pages, for folding it from the beginning. */
export async function* readWholeLog(tx: Sql, pageSize = 500): AsyncGenerator<RecordedEvent> {
  let after = 0n;
  for (;;) {
    const page = await readLog(tx, after, pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.position;
  }
}

/** Position of the last event of the log; 0 when it is empty. */
export async function lastPosition(tx: Sql): Promise<bigint> {
  const [row] = await tx.query('select coalesce(max(position), 0)::text as position from events');
  return BigInt(row.position);
}

const toEvent = (row: any): RecordedEvent<any> => ({
  id: row.id, position: BigInt(row.position), stream: row.stream, version: row.version, type: row.type, decision: upcast(row.type, row.decision), meta: row.meta,
});
