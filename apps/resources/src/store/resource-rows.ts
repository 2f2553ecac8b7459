import type { EventMeta } from '@bordergate/contracts';
import { together, type PendingEvent, type Sql, type StoredStream } from '@bordergate/platform';
import { aggregateOf, changedDocuments, type Aggregate, type DocumentChanges, type ResourceDocument } from '@bordergate/resources-core';

/** A row of the table `resource`. */
export interface ResourceRow {
  readonly tenant: string;
  readonly region: string;
  readonly kind: ResourceDocument['kind'];
  readonly id: string;
  readonly stream: string;
  readonly fields: ResourceDocument['fields'];
  readonly version: number;
  readonly first_version: number;
  readonly created: string;
  readonly updated: string;
}

type StreamEvent = Pick<PendingEvent, 'stream' | 'version' | 'decision' | 'meta'>;

interface StreamFold {
  readonly aggregate: Aggregate;
  readonly region: string;
  state: unknown;
  documents: readonly ResourceDocument[];
}

/**
 * Folds events into rows, one event at a time whoever asks, so that what a command writes and what a rebuild writes
 * is the same to the byte. Collects what has to be written since the last `take`.
 */
export class ResourceRows {
  readonly #streams = new Map<string, StreamFold>();
  #puts = new Map<string, ResourceRow>();
  #deletes = new Map<string, ResourceRow>();

  knows(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** Takes a stream as the table has it already. */
  learn(stream: string, { first, state }: StoredStream): void {
    if (!first) return;
    const fold = this.#open(stream, first);
    fold.state = state;
    fold.documents = fold.aggregate.documents(state);
  }

  apply(event: StreamEvent): void {
    const { region, changes: { put, removed } } = this.#advance(event);
    const row = rowOf(event.stream, region, event.version, event.meta);
    for (const { kind, id, fields } of put) this.#put(row(kind, id, fields));
    for (const { kind, id } of removed) this.#remove(row(kind, id, {} as ResourceRow['fields']));
  }

  /** What to write now; the next one is about what comes after. */
  take(): { puts: ResourceRow[]; deletes: ResourceRow[] } {
    const taken = { puts: [...this.#puts.values()], deletes: [...this.#deletes.values()] };
    this.#puts = new Map();
    this.#deletes = new Map();
    return taken;
  }

  #advance({ stream, decision }: StreamEvent): { region: string; changes: DocumentChanges } {
    const fold = this.#open(stream, decision);
    const before = fold.documents;
    fold.state = fold.aggregate.evolve(fold.state, decision);
    fold.documents = fold.aggregate.documents(fold.state);
    return { region: fold.region, changes: changedDocuments(before, fold.documents) };
  }

  #open(stream: string, first: PendingEvent['decision']): StreamFold {
    const known = this.#streams.get(stream);
    if (known) return known;
    // A stream begins with a decision that says where it is.
    if (!('region' in first)) throw new Error(`the first event of ${stream}, ${first.type}, names no region`);
    const aggregate = aggregateOf(stream);
    const fold: StreamFold = { aggregate, region: first.region, state: aggregate.initial, documents: [] };
    this.#streams.set(stream, fold);
    return fold;
  }

  #put(row: ResourceRow): void {
    const key = keyOf(row);
    const before = this.#puts.get(key);
    this.#puts.set(key, before ? { ...row, created: before.created, first_version: before.first_version } : row);
  }

  #remove(row: ResourceRow): void {
    this.#puts.delete(keyOf(row));
    this.#deletes.set(keyOf(row), row);
  }
}

const keyOf = ({ tenant, region, kind, id }: ResourceRow): string => `${tenant}/${region}/${kind}/${id}`;

const rowOf = (stream: string, region: string, version: number, meta: EventMeta) => (kind: ResourceRow['kind'], id: string, fields: ResourceRow['fields']): ResourceRow =>
  ({ tenant: meta.tenant, region, kind, id, stream, fields, version, first_version: version, created: meta.at, updated: meta.at });

const CHUNK = 500;

/** Writes rows; one that exists keeps when it was created. Deletes go first: an address may leave a pool and come back. */
export async function writeRows(tx: Sql, { puts, deletes }: { puts: readonly ResourceRow[]; deletes: readonly ResourceRow[] }): Promise<void> {
  const statements: Promise<unknown>[] = []; // asked at once, done in this order
  if (deletes.length > 0) {
    statements.push(tx.query(
      'delete from resource r using jsonb_to_recordset($1::jsonb) as gone (tenant text, region text, kind text, id text) where (r.tenant, r.region, r.kind, r.id) = (gone.tenant, gone.region, gone.kind, gone.id)',
      [JSON.stringify(deletes)],
    ));
  }
  for (let from = 0; from < puts.length; from += CHUNK) {
    statements.push(tx.query(
      `insert into resource (tenant, region, kind, id, stream, fields, version, first_version, created, updated)
       select * from jsonb_to_recordset($1::jsonb)
         as row (tenant text, region text, kind text, id text, stream text, fields jsonb, version int, first_version int, created text, updated text)
       on conflict (tenant, region, kind, id) do update set fields = excluded.fields, version = excluded.version, updated = excluded.updated`,
      [JSON.stringify(puts.slice(from, from + CHUNK))],
    ));
  }
  await together(statements);
}
